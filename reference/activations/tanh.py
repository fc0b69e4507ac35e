"""Tanh, the hyperbolic tangent.

Source: NIST Digital Library of Mathematical Functions, equation 4.28.4; as an activation,
Y. LeCun, L. Bottou, G. B. Orr and K.-R. Müller, "Efficient BackProp" (1998), section 4.4.
"""

from typing import Any

from reference.arithmetic import elementary
from reference.arithmetic.elementary import logistic
from reference.definition.activation import define


def value(x: Any) -> Any:
    """tanh(x)."""
    return elementary.tanh(x)


def first(x: Any) -> Any:
    """4 σ(2x) σ(-2x), which is 1 - tanh² without the difference."""
    s, c = logistic(2 * x)
    return 4 * (s * c)


def second(x: Any) -> Any:
    """-2 tanh(x) (1 - tanh²(x)) = -8 tanh(x) σ(2x) σ(-2x)."""
    s, c = logistic(2 * x)
    return -8 * (s * c * elementary.tanh(x))


tanh = define(
    "tanh",
    "Tanh",
    formulas=(
        "(exp(x) - exp(-x)) / (exp(x) + exp(-x))",
        "1 - tanh(x)**2",
        "-2 * tanh(x) * (1 - tanh(x)**2)",
    ),
    functions=(value, first, second),
    source=(
        "NIST DLMF, equation 4.28.4; as an activation: Y. LeCun, L. Bottou, G. B. Orr and "
        "K.-R. Müller, Efficient BackProp (1998), section 4.4"
    ),
)
