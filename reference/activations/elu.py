"""ELU, the exponential linear unit: x for x > 0, α (e^x - 1) otherwise.

Source: D.-A. Clevert, T. Unterthiner and S. Hochreiter, "Fast and accurate deep network learning
by exponential linear units (ELUs)", arXiv:1511.07289, section 3.
"""

from typing import Any

from reference.arithmetic.elementary import exp, expm1, where
from reference.definition.activation import define
from reference.definition.facts import Choice


def value(x: Any, alpha: Any) -> Any:
    """x for x > 0, else α (e^x - 1)."""
    return where(x > 0, x, alpha * expm1(x))


def first(x: Any, alpha: Any) -> Any:
    """1 for x > 0, else α e^x."""
    return where(x > 0, 1.0, alpha * exp(x))


def second(x: Any, alpha: Any) -> Any:
    """0 for x > 0, else α e^x."""
    return where(x > 0, 0.0, alpha * exp(x))


def by_alpha(x: Any, alpha: Any) -> Any:  # noqa: ARG001  the same arguments for all
    """0 for x > 0, else e^x - 1: the derivative with respect to α."""
    return where(x > 0, 0.0, expm1(x))


elu = define(
    "elu",
    "ELU",
    formulas=(
        "where(x > 0, x, alpha * (exp(x) - 1))",
        "where(x > 0, 1, alpha * exp(x))",
        "where(x > 0, 0, alpha * exp(x))",
    ),
    functions=(value, first, second),
    source=(
        "D.-A. Clevert, T. Unterthiner and S. Hochreiter, Fast and accurate deep network learning "
        "by exponential linear units, arXiv:1511.07289, section 3"
    ),
    parameters={"alpha": 1.0},
    parameter_derivatives={"alpha": ("where(x > 0, 0, exp(x) - 1)", by_alpha)},
    choices={
        "0": Choice(
            "left",
            "the derivative of the branch x <= 0 of section 3; PyTorch, JAX, TensorFlow "
            "and Keras agree",
        ),
    },
)
