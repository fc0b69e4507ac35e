"""SiLU, also Swish: x σ(x).

Sources: D. Hendrycks and K. Gimpel, "Gaussian error linear units (GELUs)", arXiv:1606.08415,
section 2, which names it; S. Elfwing, E. Uchibe and K. Doya, "Sigmoid-weighted linear units for
neural network function approximation in reinforcement learning", arXiv:1702.03118, whose equation
(10) is the derivative; P. Ramachandran, B. Zoph and Q. V. Le, "Searching for activation
functions", arXiv:1710.05941, section 4 (Swish with β = 1).
"""

from typing import Any

from reference.arithmetic.elementary import logistic, sigmoid
from reference.definition.activation import define


def value(x: Any) -> Any:
    """x σ(x)."""
    return x * sigmoid(x)


def first(x: Any) -> Any:
    """σ(x) (1 + x (1 - σ(x)))."""
    s, c = logistic(x)
    return s * (1 + x * c)


def second(x: Any) -> Any:
    """σ(x) (1 - σ(x)) (2 + x (1 - 2 σ(x)))."""
    s, c = logistic(x)
    return s * c * (2 + x * (c - s))


silu = define(
    "silu",
    "SiLU/Swish",
    formulas=(
        "x / (1 + exp(-x))",
        "sigmoid(x) * (1 + x * (1 - sigmoid(x)))",
        "sigmoid(x) * (1 - sigmoid(x)) * (2 + x * (1 - 2 * sigmoid(x)))",
    ),
    functions=(value, first, second),
    source=(
        "D. Hendrycks and K. Gimpel, arXiv:1606.08415, section 2; S. Elfwing, E. Uchibe and "
        "K. Doya, arXiv:1702.03118, equation (10) for the derivative; P. Ramachandran, B. Zoph "
        "and Q. V. Le, arXiv:1710.05941, section 4"
    ),
)
