"""Numbers of a format, for formulas that choose between them and round at most once.

A rectifier needs no wider arithmetic: it compares, chooses, and multiplies by a slope. That product
is rounded once, to the format, with Ziv's test; there is no arithmetic on what has been rounded.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import copysign
from typing import Any

import numpy as np

from .rounding import narrow, narrow_between
from .selection import select
from .types import Array, Mask

FLOAT64 = np.dtype(np.float64)
# Of the product of two doubles.
ONE_ROUNDING = 2.0**-52
CACHED = 256  # constants of the formulas


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """Where a comparison of inputs holds, and the format to choose in."""

    holds: Mask
    dtype: np.dtype[Any]

    def __and__(self, other: "Condition") -> "Condition":
        return Condition(self.holds & other.holds, self.dtype)

    def __or__(self, other: "Condition") -> "Condition":
        return Condition(self.holds | other.holds, self.dtype)

    def __invert__(self) -> "Condition":
        return Condition(~self.holds, self.dtype)


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """Inputs, constants or products of the two, and which of them may be one of two numbers.

    ``in_doubt`` is None where none are. ``is_input`` says that nothing has been rounded yet. A
    comparison with a number between two of the format is one with the nearer of the two.
    """

    value: Array
    in_doubt: Mask | None = None
    is_input: bool = False

    __array_ufunc__ = None
    __hash__ = None  # type: ignore[assignment]  # arrays have none

    def __eq__(self, other: object) -> Any:
        raise TypeError("a rectifier compares by <, <=, > and >=")

    def __lt__(self, other: float) -> Condition:
        near = _narrowed(other, self.value.dtype)
        compare = np.less_equal if float(near) < other else np.less
        return Condition(compare(self._input, near), self.value.dtype)

    def __le__(self, other: float) -> Condition:
        near = _narrowed(other, self.value.dtype)
        compare = np.less if float(near) > other else np.less_equal
        return Condition(compare(self._input, near), self.value.dtype)

    def __gt__(self, other: float) -> Condition:
        near = _narrowed(other, self.value.dtype)
        compare = np.greater_equal if float(near) > other else np.greater
        return Condition(compare(self._input, near), self.value.dtype)

    def __ge__(self, other: float) -> Condition:
        near = _narrowed(other, self.value.dtype)
        compare = np.greater if float(near) < other else np.greater_equal
        return Condition(compare(self._input, near), self.value.dtype)

    def __mul__(self, other: float) -> "Chosen":
        if not isinstance(other, int | float):
            return NotImplemented
        product = self._input.astype(np.float64) * other
        if self.value.dtype == FLOAT64:
            return Chosen(product)
        result, in_doubt = narrow_between(product, ONE_ROUNDING, self.value.dtype)
        return Chosen(result, in_doubt & np.isfinite(product) if in_doubt.any() else None)

    __rmul__ = __mul__

    @property
    def _input(self) -> Array:
        if not self.is_input:
            raise TypeError("there is no arithmetic on what may have been rounded")
        return self.value


def constant(number: float, like: Chosen) -> Chosen:
    """``number``, rounded to the format, in the shape of ``like``."""
    return Chosen(np.full(like.value.shape, _narrowed(number, like.value.dtype)))


def where(condition: Condition, chosen: Any, otherwise: Any) -> Chosen:
    """``chosen`` where ``condition`` holds, else ``otherwise``."""
    a, b = _in_format(chosen, condition.dtype), _in_format(otherwise, condition.dtype)
    in_doubt = None
    if a.in_doubt is not None or b.in_doubt is not None:
        none = np.zeros((), bool)
        doubts = [none if part.in_doubt is None else part.in_doubt for part in (a, b)]
        in_doubt = np.where(condition.holds, *doubts)
    return Chosen(select(condition.holds, a.value, b.value, condition.dtype), in_doubt)


def _in_format(number: Any, dtype: np.dtype[Any]) -> Chosen:
    return number if isinstance(number, Chosen) else Chosen(_narrowed(number, dtype))


def _narrowed(number: float, dtype: np.dtype[Any]) -> Array:
    return _kept(number, copysign(1.0, number), dtype)


@lru_cache(maxsize=CACHED)
def _kept(number: float, _: float, dtype: np.dtype[Any]) -> Array:
    """A constant in a format, by its sign, too: -0 is not 0."""
    constant = np.asarray(narrow(np.asarray(number, dtype=np.float64), dtype))
    constant.flags.writeable = False
    return constant
