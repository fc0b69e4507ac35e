"""Where a smooth formula, or one of its derivatives, changes its sign: certified by balls.

An interval on which the enclosure of g excludes 0 has no root; one on which that of g' does has
one at most, and has one if the signs at its ends differ. Any other is cut in two. So all numbers
within a reach are covered without a gap; beyond it, where g is next to its limit, signs are
compared at a point of each binade of float64, and a change there is refused.
"""

from collections.abc import Mapping
from fractions import Fraction

from flint import arb, arb_series, ctx

from verification.errors import UsageError

from .balls import PRECISIONS, Form, exact, form, terms
from .language import Expression

# How far an infinite interval is looked at, if the caller knows no better.
REACH = 2.0**11
Bracket = tuple[Fraction, Fraction]
# An interval is cut until it is as narrow as this, beside its distance from 0.
NARROWEST = Fraction(1, 2**80)
# A root is known to so many bits beyond those of a double.
WIDTH = Fraction(1, 2**160)
BITS, MANY_BITS = 256, 4096
MOST_INTERVALS = 100_000
LAST_BINADE = 1023


def sign_changes(
    expression: Expression,
    parameters: Mapping[str, float],
    order: int,
    left: Fraction | None = None,
    right: Fraction | None = None,
) -> list[float]:
    """The doubles nearest to the roots of the derivative of an order, between two points."""
    brackets = isolated(form(expression, parameters), order, left, right, REACH)
    return [nearest_double(bracket) for bracket in brackets]


def nearest_double(bracket: Bracket) -> float:
    """The double nearest to all numbers of a narrow interval."""
    low, high = map(float, bracket)
    if low != high:
        raise UsageError(f"a root is known as [{low!r}, {high!r}] only")
    return low


def isolated(
    function: Form, order: int, left: Fraction | None, right: Fraction | None, reach: float
) -> list[Bracket]:
    """Narrow intervals, one around each root with a change of sign, rising.

    An end that is None is infinite, and looked at as far as ``reach`` without a gap.
    """
    low = min(Fraction(-reach), (right or Fraction(0)) - 1) if left is None else left
    high = max(Fraction(reach), (left or Fraction(0)) + 1) if right is None else right
    found: list[Bracket] = []
    waiting = [(low, high)]
    for _ in range(MOST_INTERVALS):
        if not waiting:
            break
        a, b = waiting.pop()
        is_free, is_monotone = _decided(function, order, a, b)
        if is_free:
            continue
        if is_monotone:
            signs = sign_at(function, order, a), sign_at(function, order, b)
            if signs[0] * signs[1] < 0:
                found.append(_narrowed(function, order, a, b, signs[0]))
            elif signs[1] == 0 and b < high:
                found.append((b, b))
        elif b - a > NARROWEST * max(abs(a), abs(b), Fraction(1, 2**60)):
            middle = _middle(a, b)
            waiting += [(middle, b), (a, middle)]
        else:
            found += _at_the_narrowest(function, order, a, b)
    if waiting:
        raise UsageError(f"{MOST_INTERVALS} intervals do not show where a formula changes its sign")
    _compare_beyond(function, order, (left, right), reach)
    return found


def _at_the_narrowest(function: Form, order: int, a: Fraction, b: Fraction) -> list[Bracket]:
    """A root with a change of sign where the slope is 0 as well; a pole counts as one."""
    before, at, behind = (sign_at(function, order, x) for x in (a, b, 2 * b - a))
    if before * at < 0:
        return [_narrowed(function, order, a, b, before)]
    return [(b, b)] if at == 0 and before * behind < 0 else []


def _decided(function: Form, order: int, a: Fraction, b: Fraction) -> tuple[bool, bool]:
    """Whether an interval has no root, and whether it has one at most.

    Where terms cancel to the exponential of hundreds, that takes many bits.
    """
    for bits in (BITS, MANY_BITS) if b - a <= 1 else (BITS,):
        with ctx.workprec(bits), terms(order + 2):
            value, slope = _enclosed(function, order, a, b)
        if value > 0 or value < 0 or value == 0:
            return True, True
        if slope > 0 or slope < 0:
            return False, True
    return False, False


def _middle(a: Fraction, b: Fraction) -> Fraction:
    """A short number near the middle; never 0, where many a function has its root."""
    middle = (a + b) / 2
    if middle == 0:
        middle = b / 3
    return Fraction(float(middle)) if a < Fraction(float(middle)) < b else middle


def _compare_beyond(
    function: Form, order: int, ends: tuple[Fraction | None, Fraction | None], reach: float
) -> None:
    """Refuse a change of sign beyond the reach, as far as a point in each binade shows."""
    binades = range(int(reach).bit_length(), LAST_BINADE + 1)
    for end, side in zip(ends, (-1, 1), strict=True):
        points = [side * Fraction(2) ** binade for binade in binades] if end is None else []
        if len({sign_at(function, order, x) for x in points} - {0}) > 1:
            raise UsageError(f"a formula changes its sign beyond |x| = {reach:g}")


def _enclosed(function: Form, order: int, a: Fraction, b: Fraction) -> tuple[arb, arb]:
    """The derivative of an order over [a, b], and the next one."""
    middle, radius = (a + b) / 2, (b - a) / 2
    around = exact(middle) + exact(radius) * arb(0, 1)
    series = function(arb_series([around, 1]))
    value, slope = series[order], series[order + 1]
    # The mean value theorem is the better enclosure of a narrow interval.
    centre = function(arb_series([exact(middle), 1]))[order]
    nearby = centre + slope * (order + 1) * exact(radius) * arb(0, 1)
    if value.is_finite() and nearby.is_finite() and value.overlaps(nearby):
        value = value.intersection(nearby)
    return value, slope


def sign_at(function: Form, order: int, x: Fraction) -> int:
    """The sign of the derivative of an order at a point; 0 if it is 0 or far below all formats."""
    for bits in PRECISIONS:
        with ctx.workprec(bits), terms(order + 1):
            value = function(arb_series([exact(x), 1]))[order]
        if value > 0 or value < 0:
            return 1 if value > 0 else -1
        if value == 0:
            return 0
    return 0


def _narrowed(function: Form, order: int, a: Fraction, b: Fraction, sign: int) -> Bracket:
    if a < 0 < b and sign_at(function, order, Fraction(0)) == 0:
        return Fraction(0), Fraction(0)
    while b - a > WIDTH * max(abs(a), abs(b)):
        middle = (a + b) / 2
        at = sign_at(function, order, middle)
        if at == 0:
            return middle, middle
        a, b = (middle, b) if at == sign else (a, middle)
    return a, b
