"""Tanh, the hyperbolic tangent.

Source: NIST Digital Library of Mathematical Functions, equation 4.28.4; as an activation,
Y. LeCun, L. Bottou, G. B. Orr and K.-R. Müller, "Efficient BackProp" (1998), section 4.4.
"""

from typing import Any

from reference.arithmetic import elementary
from reference.arithmetic.elementary import logistic
from reference.definition.activation import Activation
from reference.definition.function import Function


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


SATURATION = (100.0, 750.0)  # e^-200 < 2^-150-128, e^-1500 < 2^-1075-1024

tanh = Activation(
    name="tanh",
    title="Tanh",
    orders=(
        Function(
            value,
            formula="(exp(x) - exp(-x)) / (exp(x) + exp(-x))",
            latex=r"\tanh x = \frac{e^x - e^{-x}}{e^x + e^{-x}}",
            limits=(-1.0, 1.0),
            bounds=(-1.0, 1.0),
            roots=(0.0,),
            symmetry="odd",
            saturation=SATURATION,
            expansion=(1.0, -1 / 3, 3),
        ),
        Function(
            first,
            formula="1 - tanh(x)**2",
            latex=r"1 - \tanh^2 x",
            limits=(0.0, 0.0),
            bounds=(0.0, 1.0),
            symmetry="even",
            saturation=SATURATION,
        ),
        Function(
            second,
            formula="-2 * tanh(x) * (1 - tanh(x)**2)",
            latex=r"-2 \tanh x\,(1 - \tanh^2 x)",
            limits=(0.0, -0.0),
            bounds=(-0.769800358919501, 0.769800358919501),
            roots=(0.0,),
            symmetry="odd",
            saturation=SATURATION,
            expansion=(-2.0, 8 / 3, 3),
        ),
    ),
    source=(
        "NIST DLMF, equation 4.28.4; as an activation: Y. LeCun, L. Bottou, G. B. Orr and "
        "K.-R. Müller, Efficient BackProp (1998), section 4.4"
    ),
)
