"""GELU in its tanh form: x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))) = x σ(w).

With w(x) = 2 √(2/π) (x + κ x³) and κ = 0.044715, the decimal itself: (1 + tanh(w/2))/2 = σ(w).

Source: D. Hendrycks and K. Gimpel, "Gaussian error linear units (GELUs)", arXiv:1606.08415,
section 2, the first of the two approximations.
"""

from math import inf
from typing import Any

from reference.arithmetic.elementary import decimal, density_at_zero, logistic
from reference.definition.activation import Activation
from reference.definition.function import Function


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
    s, _ = logistic(argument(x))
    return x * s


def first(x: Any) -> Any:
    """σ(w) + x σ'(w) w', with σ'(w) = σ(w) σ(-w)."""
    s, c = logistic(argument(x))
    return s + x * (s * c * slope(x))


def second(x: Any) -> Any:
    """2 σ'(w) w' + x (σ''(w) w'² + σ'(w) w''), with σ''(w) = σ'(w) (σ(-w) - σ(w))."""
    s, c = logistic(argument(x))
    dw = slope(x)
    return s * c * (2 * dw + x * (curvature(x) + dw * dw * (c - s)))


SATURATION = (14.0, 32.0)  # w'² x e^-w is below 2^-150-128, and below 2^-1075-1024

gelu_tanh = Activation(
    name="gelu_tanh",
    title="GELU (tanh form)",
    orders=(
        Function(
            value,
            formula="x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3)))",
            latex=(
                r"\frac{x}{2}\,\left(1 + \tanh\left(\sqrt{2/\pi}"
                r"\,(x + 0.044715\,x^3)\right)\right)"
            ),
            limits=(-0.0, inf),
            bounds=(-0.17004075057125406, inf),
            roots=(0.0,),
            saturation=SATURATION,
            expansion=(1 / 2, 0.4, 2),
        ),
        Function(
            first,
            formula="s(w) + x * s'(w) * w', w = 2 * sqrt(2 / pi) * (x + 0.044715 * x**3)",
            latex=(r"\sigma(w) + x\,\sigma'(w)\,w', \quad w = 2\sqrt{2/\pi}\,(x + 0.044715\,x^3)"),
            limits=(-0.0, 1.0),
            bounds=(-0.12899306865877178, 1.1289930686587717),
            roots=(-0.7524614220710163,),
            saturation=SATURATION,
        ),
        Function(
            second,
            formula="2 * s'(w) * w' + x * (s''(w) * w'**2 + s'(w) * w'')",
            latex=r"2\sigma'(w)\,w' + x\,(\sigma''(w)\,w'^2 + \sigma'(w)\,w'')",
            limits=(-0.0, -0.0),
            bounds=(-0.10791351589036792, 0.7978845608028654),
            roots=(-1.4185040087908283, 1.4185040087908283),
            symmetry="even",
            saturation=SATURATION,
        ),
    ),
    monotone=False,
    source="D. Hendrycks and K. Gimpel, Gaussian error linear units, arXiv:1606.08415, section 2",
)
