"""Functions and modules of PyTorch, run eagerly."""

import copy
import importlib
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from reference.arithmetic.types import Array

from .conversion import write_back
from .device import require
from .framework import Framework, Function, Library, Write


def load(device: str | None) -> Library:
    """Value, and vector-Jacobian product, of arrays as tensors."""
    torch: Any = importlib.import_module("torch")  # only the framework that is asked for is loaded
    place = "cuda" if device == "gpu" else device
    if place is not None:
        require(device, lambda: torch.zeros(1, device=place))
    tensors = _Tensors(torch, place)
    return Library(tensors.call, tensors.product)


class _Tensors:
    """Functions of tensors on a device as functions of arrays."""

    def __init__(self, torch: Any, place: str | None) -> None:
        self._torch, self._place = torch, place

    def call(self, function: Function) -> Function:
        """The function as one of arrays."""
        applied = self._applied(function)

        def value(*arguments: Array) -> Array:
            copies = [argument.copy(order="K") for argument in arguments]
            tensors = list(map(self._tensor, copies))
            result = self._array(applied(tensors[0])(*tensors), arguments[0])
            write_back(copies, arguments)
            return result

        return value

    def product(self, function: Function) -> Function:
        """Its vector-Jacobian product as a function of arrays."""
        vjp, applied = self._torch.autograd.functional.vjp, self._applied(function)

        def backward(x: Array, upstream: Array) -> Array:
            copies = [argument.copy(order="K") for argument in (x, upstream)]
            tensors = list(map(self._tensor, copies))
            _, result = vjp(applied(tensors[0]), *tensors)
            write_back(copies, (x, upstream))
            return self._array(result, x)

        return backward

    def _tensor(self, x: Array) -> Any:
        if x.dtype.name == "bfloat16":
            here = self._torch.from_numpy(x.view(np.int16)).view(self._torch.bfloat16)
        else:
            here = self._torch.from_numpy(x)
        return here if self._place is None else here.to(self._place)

    def _array(self, y: Any, like: Array) -> Array:
        y = y.detach().cpu()
        if y.dtype == self._torch.bfloat16:
            return np.asarray(y.view(self._torch.int16).numpy().view(like.dtype))
        return np.asarray(y.numpy())

    def _applied(self, function: Function) -> Callable[[Any], Function]:
        """What is applied to a tensor: of a module a copy that learns nothing, and has its dtype.

        Any other function is applied itself.
        """
        if not isinstance(function, self._torch.nn.Module):
            return lambda _: function
        frozen = cache(lambda dtype, device: _frozen(function, dtype, device))
        return lambda x: frozen(x.dtype, x.device)


def _frozen(module: Any, dtype: Any, device: Any) -> Any:
    return copy.deepcopy(module).eval().requires_grad_(requires_grad=False).to(device, dtype)


def _product(call: Write, x: str, upstream: str) -> str:
    return f"torch.autograd.functional.vjp(lambda x: {call('x')}, {x}, {upstream})[1]"


TORCH = Framework(
    "torch",
    load,
    "torch.tensor([{}], dtype=torch.{{dtype}}{})",
    product=_product,
    has_devices=True,
    on=", device={device!r}",
    package="torch",
    distribution="torch",
    homes=("torch", "torchvision", "transformers", "timm"),
)
