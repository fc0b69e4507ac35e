"""Functions and modules of MLX."""

from typing import Any

import numpy as np

from reference.arithmetic.types import Array

from .conversion import calling
from .framework import Framework, Function, Library, Write


def load(_device: str | None) -> Library:
    """Value, and vector-Jacobian product."""
    import mlx.core as mx  # noqa: PLC0415  only the framework that is asked for is loaded

    def native(x: Array) -> Any:
        if x.dtype.name == "bfloat16":
            return mx.array(x.copy().view(np.uint16)).view(mx.bfloat16)
        return mx.array(x.copy(), dtype=getattr(mx, x.dtype.name))

    def array(y: Any, like: Array) -> Array:
        if y.dtype == mx.bfloat16:
            return np.array(y.view(mx.uint16)).view(like.dtype)
        return np.array(y)

    def product(function: Function) -> Function:
        def backward(x: Array, upstream: Array) -> Array:
            _, (result,) = mx.vjp(function, [native(x)], [native(upstream)])
            return array(result, x)

        return backward

    return Library(calling(native, array), product)


def _product(call: Write, x: str, upstream: str) -> str:
    return f"mlx.core.vjp(lambda x: {call('x')}, [{x}], [{upstream}])[1][0]"


MLX = Framework(
    "mlx",
    load,
    "mlx.core.array([{}], mlx.core.{{dtype}})",
    product=_product,
    package="mlx.core",
    distribution="mlx",
    homes=("mlx",),
)
