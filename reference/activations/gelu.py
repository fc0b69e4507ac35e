"""GELU, the Gaussian error linear unit: x Φ(x), with Φ the standard normal distribution function.

Source: D. Hendrycks and K. Gimpel, "Gaussian error linear units (GELUs)", arXiv:1606.08415,
section 2: GELU(x) = x P(X <= x) = x Φ(x) = x/2 (1 + erf(x/√2)).
"""

from typing import Any

from reference.arithmetic.elementary import normal, normal_cdf, normal_density
from reference.definition.activation import define


def value(x: Any) -> Any:
    """x Φ(x)."""
    return x * normal_cdf(x)


def first(x: Any) -> Any:
    """Φ(x) + x φ(x)."""
    cdf, density = normal(x)
    return cdf + x * density


def second(x: Any) -> Any:
    """(2 - x²) φ(x)."""
    return (2 - x * x) * normal_density(x)


gelu = define(
    "gelu",
    "GELU",
    formulas=("x * Phi(x)", "Phi(x) + x * phi(x)", "(2 - x**2) * phi(x)"),
    functions=(value, first, second),
    source="D. Hendrycks and K. Gimpel, Gaussian error linear units, arXiv:1606.08415, section 2",
)
