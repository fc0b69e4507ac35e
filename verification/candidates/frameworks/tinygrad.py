"""Functions of tinygrad's tensors."""

from typing import Any

import numpy as np

from reference.arithmetic.types import Array

from .conversion import calling
from .framework import Framework, Function, Gradient, Library


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
        def backward(*arguments: Array) -> tuple[Array, ...]:
            *variables, upstream = map(tensor, arguments)
            gradients = function(*variables).gradient(*variables, gradient=upstream)
            return tuple(array(gradient, arguments[0]) for gradient in gradients)

        return backward

    return Library(calling(tensor, array), product)


def _product(of: Gradient) -> str:
    variable = of.names[of.which]
    gradient = f"{of.function}.gradient({variable}, gradient={of.upstream})[0]{of.element}"
    return f"({gradient})({', '.join(of.arrays)})"


TINYGRAD = Framework(
    "tinygrad",
    load,
    "tinygrad.Tensor([{}], dtype='{{dtype}}')",
    product=_product,
    package="tinygrad",
    distribution="tinygrad",
    homes=("tinygrad",),
)
