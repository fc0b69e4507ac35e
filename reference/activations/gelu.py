"""GELU, the Gaussian error linear unit: x Φ(x), with Φ the standard normal distribution function.

Source: D. Hendrycks and K. Gimpel, "Gaussian error linear units (GELUs)", arXiv:1606.08415,
section 2: GELU(x) = x P(X <= x) = x Φ(x) = x/2 (1 + erf(x/√2)).
"""

from math import inf
from typing import Any

from reference.arithmetic.elementary import normal, normal_density
from reference.definition.activation import Activation
from reference.definition.function import Function


def value(x: Any) -> Any:
    """x Φ(x)."""
    cdf, _ = normal(x)
    return x * cdf


def first(x: Any) -> Any:
    """Φ(x) + x φ(x)."""
    cdf, density = normal(x)
    return cdf + x * density


def second(x: Any) -> Any:
    """(2 - x²) φ(x)."""
    return (2 - x * x) * normal_density(x)


SATURATION = (20.0, 56.0)  # x² e^(-x²/2) is below 2^-150-128, and below 2^-1075-1024

gelu = Activation(
    name="gelu",
    title="GELU",
    orders=(
        Function(
            value,
            formula="x * Phi(x) = x / 2 * (1 + erf(x / sqrt(2)))",
            latex=r"x\,\Phi(x) = \frac{x}{2}\,\left(1 + \mathrm{erf}\frac{x}{\sqrt{2}}\right)",
            limits=(-0.0, inf),
            bounds=(-0.16997120747990366, inf),
            roots=(0.0,),
            saturation=SATURATION,
            expansion=(1 / 2, 0.4, 2),
        ),
        Function(
            first,
            formula="Phi(x) + x * phi(x)",
            latex=r"\Phi(x) + x\,\varphi(x)",
            limits=(-0.0, 1.0),
            bounds=(-0.12890414518515478, 1.1289041451851547),
            roots=(-0.7517915246935645,),
            saturation=SATURATION,
        ),
        Function(
            second,
            formula="(2 - x**2) * phi(x)",
            latex=r"(2 - x^2)\,\varphi(x)",
            limits=(-0.0, -0.0),
            bounds=(-0.1079819330263761, 0.7978845608028654),
            roots=(-1.4142135623730951, 1.4142135623730951),
            symmetry="even",
            saturation=SATURATION,
        ),
    ),
    monotone=False,
    source="D. Hendrycks and K. Gimpel, Gaussian error linear units, arXiv:1606.08415, section 2",
)
