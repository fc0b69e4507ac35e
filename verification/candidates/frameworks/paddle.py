"""Functions and layers of PaddlePaddle, run eagerly."""

from typing import Any

import numpy as np

from reference.arithmetic.types import Array

from .conversion import calling
from .framework import Framework, Function, Gradient, Library


def load(_device: str | None) -> Library:
    """Value, and vector-Jacobian product; zero where the function does not depend on x."""
    import paddle  # noqa: PLC0415  only the framework that is asked for is loaded

    def tensor(x: Array, *, constant: bool = True) -> Any:
        bits = x.view(np.uint16) if x.dtype.name == "bfloat16" else x  # that is its bfloat16
        return paddle.to_tensor(bits.copy(), stop_gradient=constant)

    def array(y: Any, like: Array) -> Array:
        result = y.numpy()
        return np.asarray(result.view(like.dtype) if y.dtype == paddle.bfloat16 else result)

    def product(function: Function) -> Function:
        def backward(*arguments: Array) -> tuple[Array, ...]:
            *arrays, upstream = arguments
            variables = [tensor(x, constant=False) for x in arrays]
            y = function(*variables)
            if y.stop_gradient:
                return tuple(map(np.zeros_like, arrays))
            gradients = paddle.grad([y], variables, [tensor(upstream)], allow_unused=True)
            return tuple(
                np.zeros_like(x) if gradient is None else array(gradient, x)
                for x, gradient in zip(arrays, gradients, strict=True)
            )

        return backward

    return Library(calling(tensor, array), product)


def _product(of: Gradient) -> str:
    variables = (f"paddle.to_tensor({array}, stop_gradient=False)" for array in of.arrays)
    gradient = f"paddle.grad([{of.called}], [{of.names[of.which]}], [{of.upstream}])[0]"
    start = f"lambda {', '.join(of.names)}: {gradient}{of.element}"
    return f"({start})({', '.join(variables)})"


PADDLE = Framework(
    "paddle",
    load,
    "paddle.to_tensor([{}], dtype='{{dtype}}')",
    product=_product,
    package="paddle",
    distribution="paddlepaddle",
    homes=("paddle",),
)
