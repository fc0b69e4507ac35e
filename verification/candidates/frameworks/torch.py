"""Functions of PyTorch, run eagerly."""

from typing import Any

import numpy as np

from reference.arithmetic.types import Array

from .framework import Backward, Forward, Framework, Function, Write


def adapt(function: Function) -> tuple[Forward, Backward]:
    """Value, and vector-Jacobian product, of arrays as tensors."""
    import torch  # noqa: PLC0415  only the framework that is asked for is loaded

    vjp: Any = torch.autograd.functional.vjp

    def tensor(x: Array) -> Any:
        if x.dtype.name == "bfloat16":
            return torch.from_numpy(x.view(np.int16)).view(torch.bfloat16)
        return torch.from_numpy(x)

    def array(y: Any, like: Array) -> Array:
        y = y.detach()
        if y.dtype == torch.bfloat16:
            return np.asarray(y.view(torch.int16).numpy().view(like.dtype))
        return np.asarray(y.numpy())

    def forward(x: Array) -> Array:
        copy = x.copy(order="K")
        result = array(function(tensor(copy)), x)
        _write_back(copy, x)
        return result

    def backward(x: Array, upstream: Array) -> Array:
        copies = [argument.copy(order="K") for argument in (x, upstream)]
        _, product = vjp(function, *map(tensor, copies))
        for copy, argument in zip(copies, (x, upstream), strict=True):
            _write_back(copy, argument)
        return array(product, x)

    return forward, backward


def _write_back(copy: Array, argument: Array) -> None:
    """Where a function works in place, do so in its argument, if that may be."""
    bits = f"i{argument.itemsize}"
    if argument.flags.writeable and not np.array_equal(copy.view(bits), argument.view(bits)):
        argument[...] = copy


def _product(call: Write, x: str, upstream: str) -> str:
    return f"torch.autograd.functional.vjp(lambda x: {call('x')}, {x}, {upstream})[1]"


TORCH = Framework("torch", adapt, "torch.tensor([{}], dtype=torch.{{dtype}})", product=_product)
