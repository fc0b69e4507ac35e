"""Functions and layers of PaddlePaddle, run eagerly."""

from typing import Any

import numpy as np

from reference.arithmetic.types import Array

from .conversion import calling
from .framework import Framework, Function, Library, Write


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
        def backward(x: Array, upstream: Array) -> Array:
            variable = tensor(x, constant=False)
            y = function(variable)
            if y.stop_gradient:
                return np.zeros_like(x)
            [gradient] = paddle.grad([y], [variable], [tensor(upstream)], allow_unused=True)
            return np.zeros_like(x) if gradient is None else array(gradient, x)

        return backward

    return Library(calling(tensor, array), product)


def _product(call: Write, x: str, upstream: str) -> str:
    variable = f"paddle.to_tensor({x}, stop_gradient=False)"
    return f"(lambda x: paddle.grad([{call('x')}], [x], [{upstream}])[0])({variable})"


PADDLE = Framework(
    "paddle",
    load,
    "paddle.to_tensor([{}], dtype='{{dtype}}')",
    product=_product,
    package="paddle",
    distribution="paddlepaddle",
    homes=("paddle",),
)
