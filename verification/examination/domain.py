"""The inputs that are judged, if not all of them are: intervals of finite numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from numbers import Real
from sys import float_info
from typing import Any, Self

import numpy as np

from reference.arithmetic.types import Array, Mask
from verification.errors import UsageError
from verification.numbers.inputs import GOLDEN
from verification.numbers.ulp import doubles

FINITE = "finite"
EXPECTED = "expected a domain such as -20 20, or finite"


@dataclass(frozen=True)
class Domain:
    """Intervals, their ends included, of x and of the other input of a gate.

    Upstreams there are between 2^-10 and 2^11 in size.
    """

    intervals: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, given: Any) -> Self | None:
        """That of a pair of numbers, of several, or of "finite"; None for None; or UsageError."""
        if given is None:
            return None
        if given == FINITE:
            return cls(((-float_info.max, float_info.max),))
        if not isinstance(given, Iterable) or isinstance(given, str):
            raise UsageError(f"{EXPECTED}, but got {given!r}")
        parts = list(given)
        pairs = [parts] if parts and all(isinstance(part, Real) for part in parts) else parts
        return cls(tuple(map(_interval, pairs)) or cls._none(given))

    @staticmethod
    def _none(given: Any) -> tuple[tuple[float, float], ...]:
        raise UsageError(f"{EXPECTED}, but got {given!r}")

    def covers(self, x: Array) -> Mask:
        """Which numbers are in it."""
        wide = doubles(x)
        found: Mask = np.any([(wide >= a) & (wide <= b) for a, b in self.intervals], axis=0)
        return found

    def kept(self, numbers: Array) -> Array:
        """The numbers; in the place of those that are not in it others that are, evenly spread."""
        kept = numbers.reshape(-1).copy()
        outside = np.flatnonzero(~self.covers(kept))
        steps = np.arange(outside.size)
        low, high = np.array(self.intervals)[steps % len(self.intervals)].reshape(-1, 2).T
        share = steps * GOLDEN % 1
        narrow = (low * (1 - share) + high * share).astype(numbers.dtype)
        inside = narrow[self.covers(narrow)]  # An end may have been rounded out of it.
        if inside.size:
            kept[outside] = np.resize(inside, outside.size)
        return kept.reshape(numbers.shape)

    def __str__(self) -> str:
        if self == self.of(FINITE):
            return FINITE
        return ", ".join(f"[{low:g}, {high:g}]" for low, high in self.intervals)


def _interval(given: Any) -> tuple[float, float]:
    try:
        low, high = map(float, given)
    except (TypeError, ValueError):
        raise UsageError(f"{EXPECTED}, but got {given!r}") from None
    if not (isfinite(low) and isfinite(high) and low <= high):
        raise UsageError(f"{EXPECTED}: two finite numbers, the smaller first, not {given!r}")
    return low, high
