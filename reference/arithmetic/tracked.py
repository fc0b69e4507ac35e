"""float64 arrays with a running bound of their error, for formulas whose cancellation is unknown.

After Wilkinson (N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, section
3.3): with a the number as computed and e its bound, the bound of a sum is e_a + e_b, of a product
|a| e_b + |b| e_a + e_a e_b, of a quotient (e_a + |a/b| e_b) / (|b| - e_b), and of a function g the
largest |g'| within e times e; on top of it comes the rounding of the step itself, u times the
result for arithmetic, and a few u for the functions, with u = 2^-53.

The bounds are themselves computed in float64: `SLACK` covers that.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from . import gaussian_tail
from .double_double import is_power_of_two
from .selection import select
from .types import Float64, Mask

UNIT = 2.0**-53
SLACK = 1 + 2.0**-20
# NumPy's exponentials and logarithm are within 4 ulp, so 8 u; the tail is within 2^-48.
FUNCTION_UNITS = 8.0
TAIL_UNITS = 32.0
# The least that a rounding below the normal range may cost.
SMALLEST = 2.0**-1022


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """Where a comparison holds for the numbers as computed, and where it is open for the true ones.

    A comparison of exact numbers is a mask instead.
    """

    holds: Mask
    is_open: Mask

    __array_ufunc__ = None

    def __and__(self, other: "Mask | Condition") -> "Condition":
        b = _as_condition(other)
        return Condition(self.holds & b.holds, self.is_open | b.is_open)

    __rand__ = __and__

    def __or__(self, other: "Mask | Condition") -> "Condition":
        b = _as_condition(other)
        return Condition(self.holds | b.holds, self.is_open | b.is_open)

    __ror__ = __or__

    def __invert__(self) -> "Condition":
        return Condition(~self.holds, self.is_open)


def _as_condition(condition: "Mask | Condition") -> Condition:
    if isinstance(condition, Condition):
        return condition
    return Condition(condition, np.zeros(np.shape(condition), bool))


@dataclass(frozen=True, slots=True)
class Tracked:
    """Numbers, and how far they may be from the true ones."""

    value: Float64
    error: Float64

    __array_ufunc__ = None
    __hash__ = None  # type: ignore[assignment]  # arrays have none

    def __neg__(self) -> "Tracked":
        return Tracked(-self.value, self.error)

    def __abs__(self) -> "Tracked":
        return Tracked(np.abs(self.value), self.error)

    def __eq__(self, other: object) -> Any:
        return self._condition(np.equal, other)

    def __lt__(self, other: Any) -> "Mask | Condition":
        return self._condition(np.less, other)

    def __le__(self, other: Any) -> "Mask | Condition":
        return self._condition(np.less_equal, other)

    def __gt__(self, other: Any) -> "Mask | Condition":
        return self._condition(np.greater, other)

    def __ge__(self, other: Any) -> "Mask | Condition":
        return self._condition(np.greater_equal, other)

    def _condition(self, compare: Any, other: Any) -> "Mask | Condition":
        b = as_tracked(other)
        holds: Mask = compare(self.value, b.value)
        error = self.error + b.error
        if not error.any():
            return holds
        return Condition(holds, ~(np.abs(self.value - b.value) > error))

    def __add__(self, other: Any) -> "Tracked":
        b = as_tracked(other)
        return _rounded(self.value + b.value, self.error + b.error)

    __radd__ = __add__

    def __sub__(self, other: Any) -> "Tracked":
        return self + -as_tracked(other)

    def __rsub__(self, other: Any) -> "Tracked":
        return as_tracked(other) + -self

    def __mul__(self, other: Any) -> "Tracked":
        if is_power_of_two(other):
            return Tracked(self.value * other, self.error * abs(other))
        b = as_tracked(other)
        error = np.abs(self.value) * b.error + np.abs(b.value) * self.error + self.error * b.error
        return _rounded(self.value * b.value, error)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> "Tracked":
        b = as_tracked(other)
        quotient = self.value / b.value
        least = np.abs(b.value) - b.error
        error = (self.error + np.abs(quotient) * b.error) / np.where(least > 0, least, np.nan)
        return _rounded(quotient, error)

    def __rtruediv__(self, other: Any) -> "Tracked":
        return as_tracked(other) / self

    def exp(self) -> "Tracked":
        """e^x."""
        power = np.exp(self.value)
        return _rounded(power, power * np.expm1(self.error), FUNCTION_UNITS)

    def expm1(self) -> "Tracked":
        """e^x - 1."""
        slope = np.exp(self.value) * np.expm1(self.error)
        return _rounded(np.expm1(self.value), slope, FUNCTION_UNITS)

    def log1p(self) -> "Tracked":
        """ln(1 + x)."""
        least = 1 + self.value - self.error
        error = self.error / np.where(least > 0, least, np.nan)
        return _rounded(np.log1p(self.value), error, FUNCTION_UNITS)

    def scaled_tail(self) -> "Tracked":
        """R(a), whose slope is above -1/√(2π)."""
        return _rounded(gaussian_tail.scaled_tail_float64(self.value), self.error / 2, TAIL_UNITS)


def _rounded(value: Float64, error: Float64, units: float = 1.0) -> Tracked:
    return Tracked(value, (error + units * UNIT * np.abs(value)) * SLACK + SMALLEST)


def as_tracked(number: Any) -> Tracked:
    """A number that is exact, or one that is tracked already."""
    if isinstance(number, Tracked):
        return number
    exact = np.asarray(number, dtype=np.float64)
    return Tracked(exact, np.zeros(exact.shape))


def where(condition: Mask | Condition, chosen: Any, otherwise: Any) -> Tracked:
    """``chosen`` where ``condition`` holds, else ``otherwise``; where it is open, either."""
    a, b = as_tracked(chosen), as_tracked(otherwise)
    holds = condition.holds if isinstance(condition, Condition) else condition
    value, error = select(holds, a.value, b.value), select(holds, a.error, b.error)
    if isinstance(condition, Condition):
        either = (np.maximum(a.error, b.error) + np.abs(a.value - b.value)) * SLACK
        error = np.where(condition.is_open, either, error)
    return Tracked(value, error)
