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
from .framework import Framework, Function, Gradient, Library, Write


def load(device: str | None) -> Library:
    """Value, vector-Jacobian product and second derivative, of arrays as tensors."""
    torch: Any = importlib.import_module("torch")  # only the framework that is asked for is loaded
    place = "cuda" if device == "gpu" else device
    if place is not None:
        require(device, lambda: torch.zeros(1, device=place))
    tensors = _Tensors(torch, place)
    return Library(tensors.call, tensors.product, tensors.second)


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

        def backward(*arguments: Array) -> tuple[Array, ...]:
            copies = [argument.copy(order="K") for argument in arguments]
            *inputs, upstream = map(self._tensor, copies)
            _, gradients = vjp(applied(inputs[0]), tuple(inputs), upstream)
            write_back(copies, arguments)
            return tuple(self._array(gradient, arguments[0]) for gradient in gradients)

        return backward

    def second(self, function: Function) -> Function:
        """Its second derivative as a function of arrays; of a first one without a graph it is 0."""
        vjp, applied = self._torch.autograd.functional.vjp, self._applied(function)
        ones = self._torch.ones_like

        def slope(x: Any) -> Any:
            return vjp(applied(x), x, ones(x), create_graph=True)[1]

        def twice(x: Array) -> Array:
            tensor = self._tensor(copy := x.copy(order="K"))
            _, result = vjp(slope, tensor, ones(tensor))
            write_back([copy], [x])
            return self._array(result, x)

        return twice

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


def _product(of: Gradient) -> str:
    product = "torch.autograd.functional.vjp({function}, {arrays}, {upstream})[1]"
    if len(of.arrays) == 1:
        [x] = of.arrays
        line = product.format(function=of.function, arrays=x, upstream=of.upstream)
    else:
        arrays = f"({', '.join(of.arrays)})"
        line = product.format(function=of.function, arrays=arrays, upstream=of.upstream)
        line += f"[{of.which}]"
    return line + of.element


def _second(call: Write, x: str, one: str) -> str:
    vjp = "torch.autograd.functional.vjp"
    slope = f"{vjp}(lambda x: {call('x')}, x, {one}, create_graph=True)[1]"
    return f"{vjp}(lambda x: {slope}, {x}, {one})[1]"


TORCH = Framework(
    "torch",
    load,
    "torch.tensor([{}], dtype=torch.{{dtype}}{})",
    product=_product,
    second=_second,
    has_devices=True,
    on=", device={device!r}",
    package="torch",
    distribution="torch",
    homes=("torch", "torchvision", "transformers", "timm"),
)
