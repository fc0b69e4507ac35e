"""Functions and modules of MLX."""

from typing import Any

import numpy as np

from reference.arithmetic.types import Array

from .conversion import calling
from .framework import Framework, Function, Gradient, Library


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
        def backward(*arguments: Array) -> tuple[Array, ...]:
            *arrays, upstream = map(native, arguments)
            _, gradients = mx.vjp(function, arrays, [upstream])
            return tuple(array(gradient, arguments[0]) for gradient in gradients)

        return backward

    return Library(calling(native, array), product)


def _product(of: Gradient) -> str:
    product = f"mlx.core.vjp({of.function}, [{', '.join(of.arrays)}], [{of.upstream}])[1]"
    return f"{product}[{of.which}]{of.element}"


MLX = Framework(
    "mlx",
    load,
    "mlx.core.array([{}], mlx.core.{{dtype}})",
    product=_product,
    package="mlx.core",
    distribution="mlx",
    homes=("mlx",),
)
