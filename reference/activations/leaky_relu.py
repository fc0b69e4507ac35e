"""LeakyReLU: x for x > 0, negative_slope · x otherwise.

Source: A. L. Maas, A. Y. Hannun and A. Y. Ng, "Rectifier nonlinearities improve neural network
acoustic models", ICML 2013, equation (3), where the slope is 0.01.
"""

from math import inf
from typing import Any

from reference.arithmetic.elementary import constant, where
from reference.definition.activation import Activation, Kink
from reference.definition.function import Function

from .relu import value as relu_value


def value(x: Any, negative_slope: float) -> Any:
    """x for x > 0, else negative_slope x; ReLU where the slope is 0."""
    if negative_slope == 0:
        return relu_value(x)
    return where(x > 0, x, negative_slope * x)


def first(x: Any, negative_slope: float) -> Any:
    """1 for x > 0, else negative_slope."""
    return where(x > 0, 1.0, negative_slope)


def second(x: Any, negative_slope: float) -> Any:  # noqa: ARG001  the same arguments for all
    """0."""
    return constant(0.0, like=x)


def by_negative_slope(x: Any, negative_slope: float) -> Any:  # noqa: ARG001  likewise
    """x for x < 0, else 0: the derivative with respect to negative_slope."""
    return where(x > 0, 0.0, x)


leaky_relu = Activation(
    name="leaky_relu",
    title="LeakyReLU",
    orders=(
        Function(
            value,
            formula="x for x > 0, else negative_slope * x",
            latex=r"x \;(x > 0), \quad a\,x \;(x \leq 0)",
            limits=(-inf, inf),
            bounds=(-inf, inf),
            roots=(0.0,),
            exact=True,
        ),
        Function(
            first,
            formula="1 for x > 0, else negative_slope",
            latex=r"1 \;(x > 0), \quad a \;(x \leq 0)",
            limits=(0.01, 1.0),
            bounds=(0.01, 1.0),
            exact=True,
        ),
        Function(
            second,
            formula="0",
            latex="0",
            limits=(0.0, 0.0),
            bounds=(0.0, 0.0),
            symmetry="even",
            exact=True,
        ),
    ),
    parameters={"negative_slope": 0.01},
    parameter_derivatives={
        "negative_slope": Function(
            by_negative_slope,
            formula="min(0, x)",
            latex=r"\min(0, x)",
            limits=(-inf, 0.0),
            bounds=(-inf, 0.0),
            exact=True,
        ),
    },
    kinks=(
        Kink(
            at=0.0,
            left=0.01,
            right=1.0,
            chosen=0.01,
            reason="the slope of the branch x <= 0 of equation (3); PyTorch agrees, JAX takes 1",
        ),
    ),
    source=(
        "A. L. Maas, A. Y. Hannun and A. Y. Ng, Rectifier nonlinearities improve neural network "
        "acoustic models, ICML 2013, equation (3)"
    ),
)
