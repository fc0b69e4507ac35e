"""Laws that hold between results, so that no true value is needed to judge them.

Reflection.  f(x) + s f(-x) is a number, or x:  σ(x) + σ(-x) = 1, tanh x + tanh(-x) = 0,
gelu(x) - gelu(-x) = x and likewise for silu and relu; and so for the derivatives. (Not for
leaky_relu, where it is (1 + a) x, with a factor that is no double.) Two correctly rounded
results are off by half an ulp each, so their sum, taken exactly, is off by at most one ulp of
the larger: the bound is 1 ulp.

Doubling.  tanh x = 2σ(2x) - 1, tanh'(x) = 4σ'(2x), tanh''(x) = 8σ''(2x): half an ulp of the left
side and half an ulp of the term with σ. The unit is the larger of the two, for the 1 cancels.

Symmetry.  Where f(-x) = ±f(x) is declared, it holds to the bit: rounding is symmetric.

Order.  Rounding is monotone: if a function rises from one number to the next, its correctly
rounded results do not fall. So between two roots of the next derivative the results are in
order, none below an earlier one.

Bounds.  Likewise no result passes the infimum or supremum, rounded to the format.

Roots.  At the two neighbours of a declared root in float64 the results differ in sign.

Limits.  At ±inf a result is the declared limit, with the sign of its zero.
"""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np

from reference import ACTIVATIONS, Activation
from reference.arithmetic.formats import FORMATS, Format
from reference.arithmetic.types import Array, Float64
from verification.activations.lore import Reflection, lore_of
from verification.numbers.inputs import neighbours
from verification.numbers.ulp import CORRECTLY_ROUNDED, doubles, unit_exponents

from .row import Claim, Row

Derivative = Callable[..., Array]


def _exact_sum(a: Float64, b: Float64) -> tuple[Float64, Float64]:
    """Return a + b as a rounded sum and its error (Knuth's two-sum)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def _off_by(terms: list[Float64], format_: Format) -> tuple[Float64, Float64]:
    """|sum of three terms| in ulp of the largest of the first two, and absolutely."""
    total, low = _exact_sum(terms[0], terms[1])
    absolute = np.abs((total + terms[2]) + low)
    larger = np.maximum(np.abs(terms[0]), np.abs(terms[1]))
    return np.ldexp(absolute, -unit_exponents(larger, format_)), absolute


def reflection(law: Reflection, f: Derivative, claim: Claim, x: Array) -> Row:
    """Check f(x) + sign f(-x) = constant + slope x, within two roundings."""
    format_ = FORMATS[claim.dtype]
    wide = doubles(x)
    x = x[np.abs(wide) <= format_.largest / 2]
    right = -law.constant - law.slope * doubles(x)
    ulp, absolute = _off_by([doubles(f(x)), law.sign * doubles(f(-x)), right], format_)
    return claim.judge(x, ulp, absolute, 2 * CORRECTLY_ROUNDED)


def doubling(order: int, g: Derivative, f: Derivative, claim: Claim, x: Array) -> Row:
    """Check f⁽ᵏ⁾(x) = 2^(k+1) g⁽ᵏ⁾(2x), less 1 for k = 0, within two roundings."""
    format_ = FORMATS[claim.dtype]
    x = x[np.abs(doubles(x)) <= format_.largest / 2]
    right = doubles(g(2 * x))
    # The rounding of a subnormal result, scaled up, is more than half an ulp.
    normal = np.abs(right) >= 2.0**format_.emin
    x, scaled = x[normal], 2.0 ** (order + 1) * right[normal]
    terms = [doubles(f(x)), -scaled, np.full(x.shape, 1.0 if order == 0 else 0.0)]
    ulp, absolute = _off_by(terms, format_)
    return claim.judge(x, ulp, absolute, 2 * CORRECTLY_ROUNDED)


def symmetry(kind: str, f: Derivative, claim: Claim, x: Array) -> Row:
    """Check f(-x) = f(x) for an even function, -f(x) for an odd one, to the bit."""
    expected = f(x) if kind == "even" else -f(x)
    mirrored = f(-x)
    broken = (mirrored != expected) | (np.signbit(mirrored) != np.signbit(expected))
    return claim.law(x, broken)


def _out_of_order(results: Float64) -> Float64:
    """By how much each result is below an earlier one, or above it if they fall on the whole."""
    rising = results if results[-1] >= results[0] else -results
    return np.maximum.accumulate(rising) - rising


def order_kept(turns: list[float], f: Derivative, claim: Claim, x: Array) -> Row:
    """Check that between two ``turns``, the roots of the next derivative, results are in order."""
    format_ = FORMATS[claim.dtype]
    x = np.sort(x)
    results, wide = doubles(f(x)), doubles(x)
    absolute = np.zeros(x.size)
    for left, right in pairwise([-np.inf, *turns, np.inf]):
        piece = (wide > left) & (wide < right)
        if piece.any():
            absolute[piece] = _out_of_order(results[piece])
    ulp = np.ldexp(absolute, -unit_exponents(results, format_))
    return claim.judge(x, ulp, absolute, 0.0)


def bounds(limits: tuple[float, float], f: Derivative, claim: Claim, x: Array) -> Row:
    """Check inf f <= f(x) <= sup f, with both rounded to the format."""
    format_ = FORMATS[claim.dtype]
    with np.errstate(over="ignore"):
        lower, upper = doubles(np.array(limits).astype(format_.dtype))
    results = doubles(f(x))
    absolute = np.maximum(np.maximum(lower - results, results - upper), 0)
    ulp = np.ldexp(absolute, -unit_exponents(results, format_))
    return claim.judge(x, ulp, absolute, 0.0)


def roots(declared: tuple[float, ...], f: Derivative, claim: Claim) -> Row:
    """Check that the sign, which a zero has too, changes across each declared root."""
    x = np.array(declared)
    below, _, above = neighbours(x, FORMATS["float64"], count=1).reshape(-1, 3).T
    return claim.law(x, np.signbit(f(below)) == np.signbit(f(above)))


def limits(declared: tuple[float, float], f: Derivative, claim: Claim) -> Row:
    """Check that f(±inf) is the limit, to the sign of its zero, once rounded to the format."""
    dtype = FORMATS[claim.dtype].dtype
    x = np.array([-np.inf, np.inf], dtype)
    results, expected = f(x), np.array(declared).astype(dtype)
    return claim.law(x, (results != expected) | (np.signbit(results) != np.signbit(expected)))


def _rows(activation: Activation, order: int, format_: Format, x: Array) -> list[Row]:
    function = activation.orders[order]
    f = partial(activation.derivative, order=order)

    def claim(law: str) -> Claim:
        return Claim(activation.name, order, f"identities, {law}", format_.name)

    rows = [
        limits(function.limits, f, claim("limits")),
        bounds(function.bounds, f, claim("bounds"), x),
    ]
    if order + 1 < len(activation.orders):
        monotone = order == 0 and activation.monotone
        turns = [] if monotone else sorted(activation.orders[order + 1].roots)
        rows.append(order_kept(turns, f, claim("order"), x))
    if function.symmetry:
        rows.append(symmetry(function.symmetry, f, claim("symmetry"), x))
    if function.roots and format_.name == "float64":
        rows.append(roots(function.roots, f, claim("roots")))
    lore = lore_of(activation.name)
    if lore.reflection is not None:
        law = lore.reflection
        for _ in range(order):
            law = law.derivative()
        smooth = x[~np.isin(x, [kink.at for kink in activation.kinks])]
        rows.append(reflection(law, f, claim("reflection"), smooth))
    if lore.doubles:
        g = partial(ACTIVATIONS[lore.doubles].derivative, order=order)
        rows.append(doubling(order, g, f, claim("doubling"), x))
    return rows


def witness(activation: Activation, format_: Format, x: Array) -> list[Row]:
    """Judge value and derivatives at the finite inputs ``x`` by every law that applies."""
    with np.errstate(over="ignore", under="ignore"):
        return [
            row
            for order in range(len(activation.orders))
            for row in _rows(activation, order, format_, x)
        ]
