"""ReLU, the rectified linear unit: max(0, x).

Source: V. Nair and G. E. Hinton, "Rectified linear units improve restricted Boltzmann
machines", ICML 2010, section 2: the noisy unit max(0, x + N(0, σ(x))) without its noise.
"""

from typing import Any

from reference.arithmetic.elementary import constant, where
from reference.definition.activation import define
from reference.definition.facts import Choice


def value(x: Any) -> Any:
    """max(0, x), with +0 for a zero of either sign."""
    return where(x > 0, x, 0.0)


def first(x: Any) -> Any:
    """1 for x > 0, else 0."""
    return where(x > 0, 1.0, 0.0)


def second(x: Any) -> Any:
    """0."""
    return constant(0.0, like=x)


relu = define(
    "relu",
    "ReLU",
    formulas=("max(0, x)", "where(x > 0, 1, 0)", "0"),
    functions=(value, first, second),
    source=(
        "V. Nair and G. E. Hinton, Rectified linear units improve restricted Boltzmann machines, "
        "ICML 2010, section 2"
    ),
    choices={
        "0": Choice(
            "left", "an inactive unit passes no gradient; PyTorch, JAX and TensorFlow agree"
        ),
    },
)
