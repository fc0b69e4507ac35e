"""ReLU, the rectified linear unit: max(0, x).

Source: V. Nair and G. E. Hinton, "Rectified linear units improve restricted Boltzmann
machines", ICML 2010, section 2: the noisy unit max(0, x + N(0, σ(x))) without its noise.
"""

from math import inf
from typing import Any

from reference.arithmetic.elementary import constant, where
from reference.definition.activation import Activation, Kink
from reference.definition.function import Function


def value(x: Any) -> Any:
    """max(0, x), with +0 for a zero of either sign."""
    return where(x > 0, x, 0.0)


def first(x: Any) -> Any:
    """1 for x > 0, else 0."""
    return where(x > 0, 1.0, 0.0)


def second(x: Any) -> Any:
    """0."""
    return constant(0.0, like=x)


relu = Activation(
    name="relu",
    title="ReLU",
    orders=(
        Function(
            value,
            formula="max(0, x)",
            latex=r"\max(0, x)",
            limits=(0.0, inf),
            bounds=(0.0, inf),
            exact=True,
        ),
        Function(
            first,
            formula="1 for x > 0, else 0",
            latex=r"1 \;(x > 0), \quad 0 \;(x \leq 0)",
            limits=(0.0, 1.0),
            bounds=(0.0, 1.0),
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
    kinks=(
        Kink(
            at=0.0,
            left=0.0,
            right=1.0,
            chosen=0.0,
            reason="an inactive unit passes no gradient; PyTorch, JAX and TensorFlow agree",
        ),
    ),
    source=(
        "V. Nair and G. E. Hinton, Rectified linear units improve restricted Boltzmann machines, "
        "ICML 2010, section 2"
    ),
)
