"""GELU in its tanh form: x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))) = x σ(w).

With w(x) = 2 √(2/π) (x + κ x³) and κ = 0.044715, the decimal itself: (1 + tanh(w/2))/2 = σ(w).

Source: D. Hendrycks and K. Gimpel, "Gaussian error linear units (GELUs)", arXiv:1606.08415,
section 2, the first of the two approximations.
"""

from typing import Any

from reference.arithmetic.elementary import decimal, density_at_zero, logistic, sigmoid
from reference.arithmetic.sharing import shared
from reference.definition.activation import define


@shared
def argument(x: Any) -> Any:
    """w(x) = 2 √(2/π) (x + κ x³); 2 √(2/π) is 4/√(2π)."""
    kappa = decimal("0.044715", like=x)
    return 4 * density_at_zero(like=x) * (x * (1 + kappa * x * x))


def slope(x: Any) -> Any:
    """w'(x) = 2 √(2/π) (1 + 3 κ x²)."""
    kappa = decimal("0.044715", like=x)
    return 4 * density_at_zero(like=x) * (1 + 3 * kappa * x * x)


def curvature(x: Any) -> Any:
    """w''(x) = 2 √(2/π) 6 κ x."""
    kappa = decimal("0.044715", like=x)
    return 4 * density_at_zero(like=x) * (6 * kappa * x)


def value(x: Any) -> Any:
    """x σ(w)."""
    return x * sigmoid(argument(x))


def first(x: Any) -> Any:
    """σ(w) + x σ'(w) w', with σ'(w) = σ(w) σ(-w)."""
    s, c = logistic(argument(x))
    return s + x * (s * c * slope(x))


def second(x: Any) -> Any:
    """2 σ'(w) w' + x (σ''(w) w'² + σ'(w) w''), with σ''(w) = σ'(w) (σ(-w) - σ(w))."""
    s, c = logistic(argument(x))
    dw = slope(x)
    return s * c * (2 * dw + x * (curvature(x) + dw * dw * (c - s)))


W = "w = 2 * sqrt(2 / pi) * (x + 0.044715 * x**3)"
V = "v = 2 * sqrt(2 / pi) * (1 + 0.134145 * x**2)"
U = "u = 0.53658 * sqrt(2 / pi) * x"

gelu_tanh = define(
    "gelu_tanh",
    "GELU (tanh form)",
    formulas=(
        "x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3)))",
        f"sigmoid(w) + x * sigmoid(w) * sigmoid(-w) * v with {W}, {V}",
        (
            "sigmoid(w) * sigmoid(-w) * (2 * v + x * (u + v**2 * (sigmoid(-w) - sigmoid(w)))) "
            f"with {W}, {V}, {U}"
        ),
    ),
    functions=(value, first, second),
    source="D. Hendrycks and K. Gimpel, Gaussian error linear units, arXiv:1606.08415, section 2",
)
