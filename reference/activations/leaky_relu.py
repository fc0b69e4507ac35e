"""LeakyReLU: x for x > 0, negative_slope · x otherwise.

Source: A. L. Maas, A. Y. Hannun and A. Y. Ng, "Rectifier nonlinearities improve neural network
acoustic models", ICML 2013, equation (3), where the slope is 0.01.
"""

from typing import Any

from reference.arithmetic.elementary import constant, where
from reference.definition.activation import define
from reference.definition.facts import Choice

from .relu import value as relu_value


def value(x: Any, negative_slope: Any) -> Any:
    """x for x > 0, else negative_slope x; ReLU where the slope is 0."""
    if negative_slope == 0:
        return relu_value(x)
    return where(x > 0, x, negative_slope * x)


def first(x: Any, negative_slope: Any) -> Any:
    """1 for x > 0, else negative_slope."""
    return where(x > 0, 1.0, negative_slope)


def second(x: Any, negative_slope: Any) -> Any:  # noqa: ARG001  the same arguments for all
    """0."""
    return constant(0.0, like=x)


def by_negative_slope(x: Any, negative_slope: Any) -> Any:  # noqa: ARG001  likewise
    """x for x < 0, else 0: the derivative with respect to negative_slope."""
    return where(x > 0, 0.0, x)


leaky_relu = define(
    "leaky_relu",
    "LeakyReLU",
    formulas=(
        "where(x > 0, x, negative_slope * x)",
        "where(x > 0, 1, negative_slope)",
        "0",
    ),
    functions=(value, first, second),
    source=(
        "A. L. Maas, A. Y. Hannun and A. Y. Ng, Rectifier nonlinearities improve neural network "
        "acoustic models, ICML 2013, equation (3)"
    ),
    parameters={"negative_slope": 0.01},
    parameter_derivatives={"negative_slope": ("min(0, x)", by_negative_slope)},
    choices={
        "0": Choice(
            "left", "the slope of the branch x <= 0 of equation (3); PyTorch agrees, JAX takes 1"
        ),
    },
)
