"""What some thousand points show of a formula: limits, roots, bounds and symmetry, in a moment.

`facts` certifies the same, in seconds to minutes, and refuses some formulas. Here each number is
right, but a root between two points without a change of sign is not seen, and neither is an
extremum there; a limit is what numbers far out come to. So no law may rest on them alone: results
are held to a law only where the true results at the same inputs keep it.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import inf, isnan, nan
from typing import TYPE_CHECKING

import numpy as np
from flint import arb

from reference import Kink
from reference.arithmetic.types import Float64
from reference.definition.facts import Facts

from .balls import ORDERS
from .derivative import Derivative, may_be_equal, middle
from .landmarks import MOST_ROOTS, Jump

if TYPE_CHECKING:
    from .enclosed import Enclosed

GOLDEN = 0.6180339887498949
# Half-widths and numbers of points that are spread over them.
DENSE = ((4.0, 1000), (40.0, 1000), (1000.0, 1000))
BINADES = np.arange(-1074, 1024, 4)
MANTISSAS = (1.0, 1.37)
FLOAT64 = np.dtype(np.float64)
FARTHEST = float(np.finfo(np.float64).max)
# Binades in which a limit is looked for; a number that grows by this factor from each to the next
# has an infinite one.
FAR = tuple(2**n for n in range(7, 12))
GROWTH = 1.5
SETTLED = arb(2) ** -60


def seen(enclosed: "Enclosed") -> tuple[list[Facts], bool]:
    """The facts about value and derivatives, and whether the value is monotone."""
    points = _points(enclosed)
    roots = [_roots(enclosed, points, order) for order in range(ORDERS)]
    found = []
    for order in range(ORDERS):
        limits = tuple(_limit(enclosed.derivatives[order], side) for side in (-1, 1))
        turns = roots[order + 1] if order + 1 < ORDERS else None
        found.append(
            Facts(
                limits=(limits[0], limits[1]),
                bounds=_bounds(enclosed, order, points, limits, turns),
                roots=tuple(roots[order]),
                symmetry=_symmetry(enclosed, order, points[points > 0]),
            )
        )
    return found, _is_monotone(enclosed, points)


def vanishes(enclosed: "Enclosed") -> bool:
    """Whether a piece of the formula is zero, and no more than that."""
    for piece in enclosed.pieces:
        width = Fraction(1) if piece.right is None else piece.right - piece.inner
        points = np.array([float(piece.inner + width * step / 8) for step in range(4)])
        if not any(enclosed.signs(points, order).any() for order in range(ORDERS)):
            return True
    return False


def kinks_of(enclosed: "Enclosed") -> tuple[Kink, ...]:
    """Where the value or a derivative jumps; the left derivatives are chosen."""
    found = []
    for left, right in pairwise(enclosed.pieces):
        place = left.right
        assert place is not None  # noqa: S101  pieces meet at points
        sides = [(order.at(place, left), order.at(place, right)) for order in enclosed.derivatives]
        if all(may_be_equal(*pair) for pair in sides):
            continue
        value, first, second = ((_double(a), _double(b)) for a, b in sides)
        if may_be_equal(*sides[0]):
            value = value[0], value[0]
        at = float(place)
        found.append(
            Jump(
                at,
                *first,
                first[0],
                "the derivative of the left piece",
                (*second, second[0]),
                values=value,
                is_exact=at == place,
            )
        )
    return tuple(found)


def _double(value: arb) -> float:
    """The double in the middle of a ball; an infinity if nothing is known."""
    return middle(value) if value.is_finite() else inf


def _points(enclosed: "Enclosed") -> Float64:
    """Doubles of all binades and both signs, many near 0, and those beside the pieces' ends."""
    dense = [width * (2 * (np.arange(count) * GOLDEN % 1) - 1) for width, count in DENSE]
    powers = np.concatenate([np.ldexp(mantissa, BINADES) for mantissa in MANTISSAS])
    ends = np.array([float(p.right) for p in enclosed.pieces if p.right is not None])
    beside = [np.nextafter(ends, side * inf) for side in (-1, 1)]
    points = np.concatenate([*dense, powers, ends, *beside, [0.0, 1.0]])
    return np.unique(np.concatenate([points, -points]) + 0.0)


def _roots(enclosed: "Enclosed", points: Float64, order: int) -> list[float]:
    """The doubles next to the changes of sign, the nearest to 0 if there are many."""
    signs = enclosed.signs(points, order)
    known = ~np.isnan(signs)
    points, signs = points[known], signs[known]
    zeros = np.flatnonzero(signs == 0)
    inner = zeros[(zeros > 0) & (zeros < signs.size - 1)]
    exact = points[inner[signs[inner - 1] * signs[inner + 1] < 0]]
    changes = np.flatnonzero(signs[:-1] * signs[1:] < 0)
    changes = changes[np.argsort(np.abs(points[changes]), kind="stable")][:MOST_ROOTS]
    low, high = points[changes], points[changes + 1]
    roots = np.concatenate([exact, _bisected(enclosed, order, low, high, signs[changes])])
    nearest = roots[np.argsort(np.abs(roots), kind="stable")][:MOST_ROOTS]
    return sorted((nearest + 0.0).tolist())


def _bisected(
    enclosed: "Enclosed", order: int, low: Float64, high: Float64, sign: Float64
) -> Float64:
    """Of the two doubles between which each change of sign is, the one with the smaller number."""
    first, last = _ordinals(low), _ordinals(high)
    while (last - first > 1).any():
        half = first + (last - first) // 2
        same = enclosed.signs(_from_ordinals(half), order) == sign
        first, last = np.where(same, half, first), np.where(same, last, half)
    ends = _from_ordinals(first), _from_ordinals(last)
    sizes = [np.abs(enclosed.rounded(end, order, FLOAT64)) for end in ends]
    return np.where(sizes[0] < sizes[1], *ends)


def _ordinals(x: Float64) -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]]":
    bits = np.abs(x).view(np.int64)
    return np.where(x < 0, -bits, bits)


def _from_ordinals(positions: "np.ndarray[tuple[int, ...], np.dtype[np.int64]]") -> Float64:
    return np.copysign(np.abs(positions).view(np.float64), positions)


def _limit(derivative: Derivative, side: int) -> float:
    """What the numbers far out come to; NaN if they come to nothing."""
    values = [derivative.at(side * Fraction(2) ** binade) for binade in FAR]
    *_, before, last = values
    if abs(last - before) < SETTLED * (1 + abs(last)):
        return derivative.limit(side)
    grows = all(abs(b) > abs(a) * GROWTH and a * b > 0 for a, b in pairwise(values))
    return (inf if last > 0 else -inf) if grows else nan


def _bounds(
    enclosed: "Enclosed",
    order: int,
    points: Float64,
    limits: Sequence[float],
    turns: Sequence[float] | None,
) -> tuple[float, float]:
    """The least and the largest of all values that were seen.

    Infinite if a limit or the turns are unknown.
    """
    if turns is None or len(turns) == MOST_ROOTS or any(map(isnan, limits)):
        return -inf, inf
    values = enclosed.rounded(np.concatenate([points, turns]), order, FLOAT64)
    everything = np.concatenate([values[~np.isnan(values)], limits])
    return float(everything.min()) + 0.0, float(everything.max()) + 0.0


def _symmetry(enclosed: "Enclosed", order: int, points: Float64) -> str:
    here, there = (enclosed.rounded(side * points, order, FLOAT64) for side in (1, -1))
    if np.array_equal(here, there, equal_nan=True):
        return "even"
    return "odd" if np.array_equal(here, -there, equal_nan=True) else ""


def _is_monotone(enclosed: "Enclosed", points: Float64) -> bool:
    values = enclosed.rounded(points, 0, FLOAT64)
    with np.errstate(invalid="ignore"):
        steps = np.diff(values[~np.isnan(values)])
    return bool((~(steps < 0)).all() or (~(steps > 0)).all())
