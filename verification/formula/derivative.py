"""A derivative of a formula in pieces, and what balls say of it: values, limits, roots, bounds."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import copysign, factorial, frexp, inf, isinf, perm
from typing import Any

from flint import arb, arb_series, ctx

from .balls import PRECISIONS, exact, form, terms
from .fractions import coefficients
from .pieces import Piece
from .roots import Bracket, isolated, sign_at

# Where every formula has its limit, to every format's last digit.
FAR = Fraction(10) ** 1000
# What is lost in rounding, also times the largest upstream (see `reference.definition.guide`).
NEGLIGIBLE = (arb(2) ** -278, arb(2) ** -2099)
NOTHING = arb(2) ** -3000
# A second point, for one alone may be a root.
BESIDE = (Fraction(1), Fraction(17, 16))
LARGEST = 1.7976931348623157e308
BITS, GOOD_BITS, MANY_BITS = 320, 200, 8192
POINTS = [Fraction(n * n * n + 7, 1999) for n in range(1, 41)]
# Binades, furthest first, in which the sign of a tail is looked for.
SEEN_FROM = (3000, 100, 20, 10, 8, 6, 4, 2)
POWER_OF_TWO = 0.5  # the mantissa that frexp gives
TERMS = 8


@dataclass(frozen=True)
class Derivative:
    """The derivative of an order of a formula in pieces."""

    pieces: tuple[Piece, ...]
    parameters: tuple[tuple[str, float], ...]
    order: int

    def at(self, x: Fraction, piece: Piece | None = None) -> arb:
        """A ball around its value: of the piece that x lies in, or of another that ends there."""
        value = arb(0)
        for bits in PRECISIONS:
            with ctx.workprec(bits), terms(self.order + 1):
                value = self._ball(x, piece)
            if value == 0 or value.rel_accuracy_bits() >= GOOD_BITS or abs(value) < NOTHING:
                break
        return value

    def _ball(self, x: Fraction, piece: Piece | None = None) -> arb:
        function = form((piece or self.piece_at(x)).expression, dict(self.parameters))
        return function(arb_series([exact(x), 1]))[self.order] * factorial(self.order)

    def piece_at(self, x: Fraction) -> Piece:
        """The piece that a point lies in; of two that meet there, the left one."""
        return next(p for p in self.pieces if p.right is None or x <= p.right)

    def roots(self, reach: float) -> list[Bracket]:
        """Its roots with a change of sign, those at the boundaries of pieces included."""
        found: list[Bracket] = []
        for piece in self.pieces:
            function = form(piece.expression, dict(self.parameters))
            found += isolated(function, self.order, piece.left, piece.right, reach)
        for left, right in pairwise(self.pieces):
            place = left.right
            assert place is not None  # noqa: S101  pieces meet at points
            signs = self._sign_beside(left, place, -1), self._sign_beside(right, place, 1)
            if signs[0] * signs[1] < 0:
                found.append((place, place))
        return sorted(found)

    def _sign_beside(self, piece: Piece, x: Fraction, side: int) -> int:
        """The sign just beside a point, within a piece."""
        other_end = piece.left if side < 0 else piece.right
        width = Fraction(1) if other_end is None else abs(other_end - x)
        beside = x + side * width / 2**40
        return sign_at(form(piece.expression, dict(self.parameters)), self.order, beside)

    def limit(self, side: int) -> float:
        """The limit at an infinity, as the nearest double, with the sign that a zero has there."""
        value = self.at(side * FAR)
        if value == 0:
            return 0.0
        if abs(value) < NOTHING:
            return -0.0 if self.sign_towards(side) < 0 else 0.0
        if abs(value) > arb(2) ** 1024:
            return inf if value > 0 else -inf
        return middle(value)

    def sign_towards(self, side: int) -> int:
        """The sign far out, where it is known furthest."""
        for binade in SEEN_FROM:
            value = self.at(side * Fraction(2) ** binade)
            if value > 0 or value < 0:
                return 1 if value > 0 else -1
        return 0

    def saturation(self, negligible: arb) -> float:
        """The smallest integer from which on it is its limit, or x, but for what is lost."""
        return max(self._saturation(side, negligible) for side in (-1, 1))

    def _saturation(self, side: int, negligible: arb) -> float:
        limit = self.limit(side)
        grows = isinf(limit)

        def is_settled(distance: int) -> bool:
            return all(is_settled_at(side * distance * beside) for beside in BESIDE)

        def is_settled_at(x: Fraction) -> bool:
            with ctx.workprec(MANY_BITS), terms(self.order + 1):
                end = exact(x) if grows else self._ball(side * FAR)
                value = self._ball(x)
            has_its_sign = value == 0 or bool(value < 0 if copysign(1, limit) < 0 else value > 0)
            return has_its_sign and bool(abs(value - end) < negligible)

        low, high = 0, 1
        while not is_settled(high):
            low, high = high, 2 * high
            if high > LARGEST:
                return LARGEST
        while high - low > 1:
            half = (low + high) // 2
            low, high = (low, half) if is_settled(half) else (half, high)
        return float(high)

    def symmetry(self) -> str:
        """Whether it is "even" or "odd"; empty if neither."""
        pairs = [(self.at(x), self.at(-x)) for x in POINTS]
        if all(may_be_equal(a, b) for a, b in pairs):
            return "even"
        return "odd" if all(may_be_equal(a, -b) for a, b in pairs) else ""

    def bounds(self, limits: tuple[float, float], reach: float) -> tuple[float, float]:
        """Infimum and supremum, as the nearest doubles, from all the places where they may be."""
        values = [middle(value) for value in self._extremes(reach)]
        everything = [*limits, *values]
        return _without_sign(min(everything)), _without_sign(max(everything))

    def _extremes(self, reach: float) -> Iterator[arb]:
        slope = Derivative(self.pieces, self.parameters, self.order + 1)
        for piece in self.pieces:
            function = form(piece.expression, dict(self.parameters))
            brackets = isolated(function, slope.order, piece.left, piece.right, reach)
            yield from (self.at((low + high) / 2, piece) for low, high in brackets)
            yield from (self.at(end, piece) for end in (piece.left, piece.right) if end is not None)

    def expansion(self) -> list[float] | None:
        """(slope, coefficient, power) at 0, if the slope is a power of two there."""
        piece = self.piece_at(Fraction(0))
        if piece.right == 0 or self.at(Fraction(0)) != 0:
            return None
        _, slope, *others = self._taylor(piece)
        if not slope.is_exact() or abs(frexp(float(slope))[0]) != POWER_OF_TWO:
            return None
        for power, coefficient in enumerate(others, start=2):
            if coefficient > 0 or coefficient < 0:
                return [float(slope), middle(coefficient), power]
            if coefficient != 0:
                break
        return None

    def _taylor(self, piece: Piece) -> list[arb]:
        """The coefficients at 0, as fractions if they are."""
        count = TERMS + self.order
        with ctx.workprec(BITS), terms(count):
            try:
                series: list[Any] = list(
                    coefficients(piece.expression, dict(self.parameters), Fraction(0), count)
                )
            except ValueError:
                found = form(piece.expression, dict(self.parameters))(arb_series([0, 1]))
                series = [found[n] for n in range(count)]
            factors = [perm(n + self.order, self.order) for n in range(TERMS)]
            return [
                exact(coefficient * factor)
                for coefficient, factor in zip(series[self.order :], factors, strict=True)
            ]


def may_be_equal(a: arb, b: arb) -> bool:
    """Whether two balls that are narrow can be of the same number."""
    return bool((a - b).contains(0))


def middle(value: arb) -> float:
    """The double in the middle of a narrow ball."""
    return float(value.mid())


def _without_sign(number: float) -> float:
    """A bound that is 0 is +0."""
    return number or 0.0
