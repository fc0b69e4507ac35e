"""A formula at numbers of float32, millions at once: by the enclosures of runs, else by balls.

The bit patterns of a binade are cut into runs with a certified polynomial each (`enclosure`), once.
Where both ends of an enclosure round to one number, that is the correctly rounded result; the rest
goes to balls, and so do ±0. For doubles that are numbers of float32 it gives the middle of an
enclosure that is narrower than 2^-10 ulp of float32: enough to tell errors in that unit.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any

import numpy as np

from reference.arithmetic.formats import FORMATS
from reference.arithmetic.types import Array, Float64, Mask
from verification.errors import UsageError
from verification.formula.activation import OfFormula
from verification.formula.balls import ORDERS, Form, form

from .enclosure import Line, Polynomial, Run, beside_a_line, enclose, is_good

FORMAT = FORMATS["float32"]
BITS_OF_BINADE = FORMAT.precision - 1
SHORTEST_RUN = 64
# Fewer numbers go to balls at once.
WORTHWHILE = 256
# Formulas whose enclosures are kept, for value, derivative and backward.
CACHED = 2
# Relatively to a number, or to the smallest normal one: 2^-10 of its last bit.
CLOSE = 2.0 ** (-10 - FORMAT.precision)
NORMAL = 2.0**FORMAT.emin
Known = tuple[Run, Polynomial | Line]


@dataclass(frozen=True, eq=False, repr=False)
class ByRuns(OfFormula):
    """The same activation, which keeps the enclosures of each binade.

    What a run of the length ``shortest`` has no good enclosure for goes to balls.
    """

    form: Form = field(kw_only=True)
    shortest: int = field(kw_only=True, default=SHORTEST_RUN)
    kept: dict[tuple[int, int], list[Known]] = field(kw_only=True, default_factory=dict)

    def _rounded(self, order: int, x: Array, factor: Float64 | None) -> Array:
        if factor is not None or x.size < WORTHWHILE:
            return super()._rounded(order, x, factor)
        single = x.astype(np.float32)
        result, known = np.empty_like(x), np.zeros(x.shape, bool)
        by_pattern = np.argsort(single.view(np.uint32), kind="stable")
        patterns = single.view(np.uint32)[by_pattern].astype(np.int64)
        for run, enclosure in self._of(order, patterns):
            start, end = np.searchsorted(patterns, [run.first, run.first + run.length])
            if start == end:
                continue
            places, half = by_pattern[start:end], run.length // 2
            t = (patterns[start:end] - (run.first + half)) / half
            bounds = enclosure.bounds(single[places].astype(np.float64), t)
            result[places], known[places] = self._settled(order, run, bounds, x.dtype)
        rest = ~(known & (single == x) & (x != 0))
        result[rest] = super()._rounded(order, x[rest], None)
        return result

    def _settled(
        self, order: int, run: Run, bounds: tuple[Float64, Float64], dtype: np.dtype[Any]
    ) -> tuple[Array, Mask]:
        """Results by enclosures, and which of them are known."""
        lower, upper = bounds
        if dtype != FORMAT.dtype:
            middle = lower + (upper - lower) / 2
            return middle, upper - lower <= CLOSE * np.maximum(np.abs(middle), NORMAL)
        below, result = lower.astype(dtype), upper.astype(dtype)
        known, zero = below == result, result == 0
        if zero.any():
            negative = self._sign_of_zeros(order, run)
            known &= ~zero | (negative is not None)
            result[zero] = -0.0 if negative else 0.0
        return result, known

    def _sign_of_zeros(self, order: int, run: Run) -> bool | None:
        """Whether f is negative at both ends of a run; None if they do not agree."""
        ends = np.array([run.first | 1, run.first + run.length - 1], np.uint32).view(np.float32)
        signs = set((self.enclosed.signs(ends.astype(np.float64), order) < 0).tolist())
        return signs.pop() if len(signs) == 1 else None

    def _of(self, order: int, patterns: Array) -> Iterator[Known]:
        """The enclosures of all binades that have some of the patterns."""
        for binade in np.unique(patterns >> BITS_OF_BINADE).tolist():
            first = np.asarray(binade << BITS_OF_BINADE, np.uint32).view(np.float32)
            if not np.isfinite(first):
                continue
            key = order, binade
            if key not in self.kept:
                self.kept[key] = list(self._runs(order, binade))
            yield from self.kept[key]

    def _runs(self, order: int, binade: int) -> Iterator[Known]:
        """The runs of a binade that have a good enclosure."""
        waiting = [Run(binade << BITS_OF_BINADE, 1 << BITS_OF_BINADE)]
        while waiting:
            run = waiting.pop()
            enclosure = self.enclosure(order, run)
            if enclosure is not None:
                yield run, enclosure
            elif run.length > self.shortest:
                waiting += reversed(run.halves())

    def enclosure(self, order: int, run: Run) -> Polynomial | Line | None:
        """What encloses the function closely over a run, if anything does."""
        line = beside_a_line(self.form, order, run, FORMAT)
        if line is not None:
            return line
        polynomial = enclose(self.form, order, run, FORMAT)
        return polynomial if is_good(polynomial, FORMAT) else None


@lru_cache(maxsize=CACHED)
def by_runs(activation: OfFormula, shortest: int = SHORTEST_RUN) -> ByRuns:
    """The same activation, by runs that are not cut further than to the shortest."""
    known = {one.name: getattr(activation, one.name) for one in fields(OfFormula)}
    return ByRuns(
        **known, form=form(activation.expression, activation.parameters), shortest=shortest
    )


def refuse_what_takes_too_long(activation: OfFormula) -> None:
    """UsageError if nothing encloses many of the largest numbers at once, as of sin x."""
    if not is_enclosable(activation):
        raise UsageError(
            f"exhaustive: expected a formula that can be enclosed at many of float32's numbers "
            f"at once, but {activation.formula!r} cannot: try a 16-bit format"
        )


def is_enclosable(activation: OfFormula) -> bool:
    """Whether something encloses many of the largest numbers at once, as nothing does of sin x."""
    found = by_runs(activation)
    for sign in (0, 1):
        end = (sign << FORMAT.width - 1) + (FORMAT.emax - FORMAT.emin + 2 << BITS_OF_BINADE)
        run = Run(end - SHORTEST_RUN, SHORTEST_RUN)
        if any(found.enclosure(order, run) is None for order in range(ORDERS)):
            return False
    return True
