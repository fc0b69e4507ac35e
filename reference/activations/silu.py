"""SiLU, also Swish: x σ(x).

Sources: D. Hendrycks and K. Gimpel, "Gaussian error linear units (GELUs)", arXiv:1606.08415,
section 2, which names it; S. Elfwing, E. Uchibe and K. Doya, "Sigmoid-weighted linear units for
neural network function approximation in reinforcement learning", arXiv:1702.03118, whose equation
(10) is the derivative; P. Ramachandran, B. Zoph and Q. V. Le, "Searching for activation
functions", arXiv:1710.05941, section 4 (Swish with β = 1).
"""

from math import inf
from typing import Any

from reference.arithmetic.elementary import logistic
from reference.definition.activation import Activation
from reference.definition.function import Function


def value(x: Any) -> Any:
    """x σ(x)."""
    s, _ = logistic(x)
    return x * s


def first(x: Any) -> Any:
    """σ(x) (1 + x (1 - σ(x)))."""
    s, c = logistic(x)
    return s * (1 + x * c)


def second(x: Any) -> Any:
    """σ(x) (1 - σ(x)) (2 + x (1 - 2 σ(x)))."""
    s, c = logistic(x)
    return s * c * (2 + x * (c - s))


SATURATION = (210.0, 1520.0)  # x² e^-x is below 2^-150-128, and below 2^-1075-1024

silu = Activation(
    name="silu",
    title="SiLU/Swish",
    orders=(
        Function(
            value,
            formula="x / (1 + exp(-x))",
            latex=r"x\,\sigma(x) = \frac{x}{1 + e^{-x}}",
            limits=(-0.0, inf),
            bounds=(-0.2784645427610738, inf),
            roots=(0.0,),
            saturation=SATURATION,
            expansion=(1 / 2, 1 / 4, 2),
        ),
        Function(
            first,
            formula="sigmoid(x) * (1 + x * (1 - sigmoid(x)))",
            latex=r"\sigma(x)\,(1 + x\,(1 - \sigma(x)))",
            limits=(-0.0, 1.0),
            bounds=(-0.09983932012886691, 1.099839320128867),
            roots=(-1.2784645427610737,),
            saturation=SATURATION,
        ),
        Function(
            second,
            formula="sigmoid(x) * (1 - sigmoid(x)) * (2 + x * (1 - 2 * sigmoid(x)))",
            latex=r"\sigma(x)\,(1 - \sigma(x))\,(2 + x\,(1 - 2\sigma(x)))",
            limits=(-0.0, -0.0),
            bounds=(-0.036914373199893186, 0.5),
            roots=(-2.3993572805154675, 2.3993572805154675),
            symmetry="even",
            saturation=SATURATION,
        ),
    ),
    monotone=False,
    source=(
        "D. Hendrycks and K. Gimpel, arXiv:1606.08415, section 2; S. Elfwing, E. Uchibe and "
        "K. Doya, arXiv:1702.03118, equation (10) for the derivative; P. Ramachandran, B. Zoph "
        "and Q. V. Le, arXiv:1710.05941, section 4"
    ),
)
