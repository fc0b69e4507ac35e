"""ReLU, the rectified linear unit: max(0, x).

Source: V. Nair and G. E. Hinton, "Rectified linear units improve restricted Boltzmann
machines", ICML 2010, section 2, max(0, x + N(0, σ(x))) without its noise.
"""

from math import inf
from typing import Any

from .activation import Activation, Function, Kink
from .arithmetic.elementary import where


def value(x: Any) -> Any:
    return where(x > 0, x, 0.0)


def first(x: Any) -> Any:
    return where(x > 0, 1.0, 0.0)


def second(x: Any) -> Any:
    return where(x > 0, 0.0, 0.0)


relu = Activation(
    name="relu",
    title="ReLU",
    orders=(
        Function(value, "max(0, x)", r"\max(0, x)", (0.0, inf), (0.0, inf), exact=True),
        Function(first, "1 if x > 0 else 0", r"[x > 0]", (0.0, 1.0), (0.0, 1.0), exact=True),
        Function(second, "0", "0", (0.0, 0.0), (0.0, 0.0), exact=True),
    ),
    source="Nair and Hinton, ICML 2010, section 2",
    kinks=(Kink(0.0, 0.0, 1.0, 0.0, "an inactive unit passes no gradient"),),
)
