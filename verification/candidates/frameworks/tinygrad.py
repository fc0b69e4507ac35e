"""Functions of tinygrad's tensors."""

from typing import Any

import numpy as np

from reference.arithmetic.types import Array

from .conversion import calling
from .framework import Framework, Function, Library, Write


def load(_device: str | None) -> Library:
    """Value, and vector-Jacobian product."""
    from tinygrad import Tensor, dtypes  # noqa: PLC0415  only what is asked for is loaded

    def tensor(x: Array) -> Any:
        if x.dtype.name == "bfloat16":
            return Tensor(np.ascontiguousarray(x).view(np.uint16)).bitcast(dtypes.bfloat16)
        return Tensor(np.array(x, order="C"))

    def array(y: Any, like: Array) -> Array:
        if y.dtype == dtypes.bfloat16:
            return np.asarray(y.bitcast(dtypes.uint16).numpy().view(like.dtype))
        return np.asarray(y.numpy())

    def product(function: Function) -> Function:
        def backward(x: Array, upstream: Array) -> Array:
            variable = tensor(x)
            [gradient] = function(variable).gradient(variable, gradient=tensor(upstream))
            return array(gradient, x)

        return backward

    return Library(calling(tensor, array), product)


def _product(call: Write, x: str, upstream: str) -> str:
    return f"(lambda x: {call('x')}.gradient(x, gradient={upstream})[0])({x})"


TINYGRAD = Framework(
    "tinygrad",
    load,
    "tinygrad.Tensor([{}], dtype='{{dtype}}')",
    product=_product,
    package="tinygrad",
    distribution="tinygrad",
    homes=("tinygrad",),
)
