"""Patterns of wrong results: what they look like, and what that says about their cause.

Each is a sentence and a function that says of which results it is true. `MISTAKES` name a cause,
`LOOKS` only describe.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from math import log
from typing import Any

import numpy as np

from reference.arithmetic.types import Array, Float64, Mask

from .truth import Question, expected_of
from .ulp import FORMATS, LEAST_MANTISSA, errors

QUORUM = 0.9
# A lack of precision shows at so many of the inputs; factors and offsets, at so many numbers.
WIDESPREAD = 0.03
SEVERAL = 8
# Wrong results that have digits, beside zeros, powers of two and infinities.
TELLING = 0.05
NEAR = 0.05
FACTOR_WITHIN = 0.01
# NaN from a power of x begins near to where it overflows, with a factor before it, or before.
BEFORE, BEYOND = 2, 4
# A factor, in ulp of 1, that is none.
FEW_ULP = 16
CLAMPS = (1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 15, 16, 18, 20, 24, 25, 30, 32, 36, 40, 50, 64, 80, 88)
CLAMPS_WIDE = (*CLAMPS, 100, 128, 200, 256, 500, 700, 709, 1000)


@dataclass(frozen=True)
class Case:
    """Some of ``wrong`` wrong results of one subject, and the inputs where it is right."""

    question: Question
    x: Array
    got: Array
    upstream: Array | None
    right: tuple[Array, Array | None]
    wrong: int

    @cached_property
    def expected(self) -> Array:
        """The correctly rounded results."""
        return expected_of(self.question, self.x, self.upstream)

    @cached_property
    def wide(self) -> Float64:
        """The inputs as doubles."""
        return self.x.astype(np.float64)

    @cached_property
    def computed(self) -> Float64:
        """The results as doubles."""
        return self.got.astype(np.float64)

    def of(self, results: Array) -> Array:
        """Narrow what a formula gives, and multiply it by upstream where the subject does."""
        narrow = np.asarray(results).astype(self.question.format_.dtype)
        return narrow if self.upstream is None else np.asarray(narrow * self.upstream)

    def truth(self, x: Array) -> Array:
        """Correctly rounded results at other inputs."""
        return expected_of(self.question, x.astype(self.question.format_.dtype), self.upstream)


def near(case: Case, other: Array, share: float = NEAR) -> Mask:
    """Which results are those of ``other``: within 2 ulp, or a small share of their own error."""
    wide, computed = other.astype(np.float64), case.computed
    error = np.abs(computed - case.expected.astype(np.float64))
    format_ = case.question.format_
    ulp = errors(case.got, case.expected.astype(np.float64), format_)
    close: Mask = errors(case.got, wide, format_) <= np.minimum(2, ulp / 4)
    close |= np.abs(computed - wide) <= share * error
    # What is infinitely wrong is explained by the same infinity alone.
    close &= np.isfinite(error) | (computed == wide) | (np.isnan(computed) & np.isnan(wide))
    return close


def _negated(case: Case) -> Mask:
    return near(case, -case.expected)


def _mirrored(case: Case) -> Mask:
    return near(case, case.truth(-case.x))


def _of_magnitude(case: Case) -> Mask:
    return near(case, case.truth(np.abs(case.x)))


def _flushed(case: Case) -> Mask:
    """Zeros for subnormal numbers: the result, the derivative, x, or what x is multiplied by."""
    normal, format_ = _normal(case), case.question.format_
    slope = case.question.activation.derivative(case.wide, order=case.question.order)
    expected = case.expected.astype(np.float64)
    least = np.minimum(np.abs(slope), np.abs(expected))
    factor = np.clip(np.abs(case.wide), 1, (format_.precision - format_.emin) * log(2))
    results: Mask = (case.computed == 0) & (least < normal * factor)
    tiny = (np.abs(case.wide) < normal) & (case.wide != 0)
    results |= tiny & near(case, case.truth(np.zeros_like(case.x)))
    return results


def _kept(case: Case) -> Mask:
    tiny = (np.abs(case.wide) < _normal(case)) & (case.wide != 0)
    return np.asarray(tiny & (case.computed == case.wide))


def _lower(name: str, case: Case) -> Mask:
    """Results that are numbers of a lower format, or those of inputs rounded to it."""
    lower, format_ = FORMATS[name], case.question.format_
    narrower = lower.precision < format_.precision or lower.emax < format_.emax
    everywhere = case.wrong > WIDESPREAD * (case.wrong + case.right[0].size)
    if name == format_.name or not narrower or not everywhere:
        return np.zeros(case.x.shape, bool)
    through = case.x.astype(lower.dtype).astype(format_.dtype)
    same = near(case, case.truth(through)) | near(case, _via(lower.dtype, case.expected))
    same |= near(case, _via(lower.dtype, case.truth(through)))
    if lower.precision < format_.precision:
        exact = case.computed == _via(lower.dtype, case.got).astype(np.float64)
        mantissa, _ = np.frexp(case.computed)
        telling = (np.abs(mantissa) != LEAST_MANTISSA) & np.isfinite(case.computed)
        telling &= case.computed != 0
        # Fewer digits show in numbers, not in zeros alone.
        same |= exact
        same &= telling.mean() > TELLING
    return same


def _via(dtype: np.dtype[Any], numbers: Array) -> Array:
    return numbers.astype(dtype).astype(numbers.dtype)


def _clamped(limit: float, case: Case) -> Mask:
    whole = np.abs(case.wide) >= limit
    if whole.mean() < QUORUM:
        return whole & False
    both = np.clip(case.x, -limit, limit)
    ways = [both, np.maximum(case.x, -limit), np.minimum(case.x, limit)]
    same = np.zeros(case.x.shape, bool)
    for clipped in ways:
        same |= whole & near(case, case.truth(clipped))
        gated = case.truth(clipped).astype(np.float64) / clipped.astype(np.float64) * case.wide
        if case.question.subject == "value":
            same |= whole & np.isfinite(case.wide) & near(case, gated.astype(case.got.dtype))
    return same


def _cut_off(case: Case) -> Mask:
    """Results that are the limit, further out than any that are right and are not."""
    if case.wrong < SEVERAL:
        return np.zeros(case.x.shape, bool)
    limits = case.of(_limits(case.question, case.wide)).astype(np.float64)
    right, upstream = case.right
    wide = right.astype(np.float64)
    expected = expected_of(case.question, right, upstream).astype(np.float64)
    slope = expected if upstream is None else expected / upstream.astype(np.float64)
    alive: Mask = (slope != _limits(case.question, wide)) & (np.abs(slope) >= _normal(case))
    last_below = np.abs(wide[alive & (wide < 0)]).max(initial=1.0)
    last_above = np.abs(wide[alive & (wide > 0)]).max(initial=1.0)
    beyond = np.abs(case.wide) > np.where(case.wide < 0, last_below, last_above)
    return np.asarray(beyond & (case.computed == limits))


def _limits(question: Question, x: Float64) -> Float64:
    """Return the limit on the side of each x; where it is infinite, x itself."""
    below, above = question.activation.orders[question.order].limits
    limit = np.where(x > 0, above, below)
    return np.where(np.isinf(limit), x, limit)


def _normal(case: Case) -> float:
    return float(2.0**case.question.format_.emin)


def median(numbers: Float64) -> float:
    """Return the median of the finite numbers."""
    finite = numbers[np.isfinite(numbers)]
    return float(np.median(finite)) if finite.size else float("nan")


def _factor(case: Case) -> Mask:
    ratio = case.computed / case.expected.astype(np.float64)
    usual = median(ratio)
    close = abs(usual - 1) < FEW_ULP * 2.0**-case.question.format_.precision
    if np.isfinite(ratio).sum() < SEVERAL or close:
        return np.zeros(case.x.shape, bool)
    scaled = (case.expected.astype(np.float64) * usual).astype(case.got.dtype)
    return near(case, scaled) | (np.abs(ratio - usual) <= FACTOR_WITHIN * abs(usual - 1))


def _offset(case: Case) -> Mask:
    gap = case.computed - case.expected.astype(np.float64)
    usual = median(gap)
    if np.isfinite(gap).sum() < SEVERAL or usual == 0:
        return np.zeros(case.x.shape, bool)
    return np.asarray(np.abs(gap - usual) <= NEAR * abs(usual))


def nan_from_infinity(case: Case) -> Mask:
    """Which results are NaN at an infinity."""
    return np.isnan(case.computed) & np.isinf(case.wide)


def _nan_from_overflow(case: Case) -> Mask:
    return np.isnan(case.computed) & np.isfinite(case.wide)


def _nan_from_power(power: int, case: Case) -> Mask:
    """NaN from where on a power of x overflows, with or without a factor."""
    nans = _nan_from_overflow(case)
    first = case.question.format_.largest ** (1 / power)
    start = float(np.abs(case.wide[nans]).min(initial=np.inf))
    begins = first / BEFORE <= start < first * BEYOND
    return nans if begins else np.zeros_like(nans)


def _infinity(case: Case) -> Mask:
    return np.isinf(case.computed) & np.isfinite(case.wide) & np.isfinite(case.expected)


def _infinity_from_double(case: Case) -> Mask:
    doubled = np.abs(case.wide) >= case.question.format_.largest / 2
    return np.asarray(_infinity(case) & doubled)


def _nan_lost(case: Case) -> Mask:
    return np.isnan(case.wide) & ~np.isnan(case.computed)


def _products(case: Case, factor: Array, *, with_slope: bool) -> Mask:
    if case.upstream is None:
        return np.zeros(case.x.shape, bool)
    slope = np.asarray(case.question.activation.derivative(case.wide))
    other = slope * factor.astype(np.float64) if with_slope else factor.astype(np.float64)
    return near(case, other.astype(case.got.dtype))


def _upstream(change: Callable[[Array], Array], case: Case, *, with_slope: bool = True) -> Mask:
    if case.upstream is None:
        return np.zeros(case.x.shape, bool)
    return _products(case, change(case.upstream), with_slope=with_slope)


def _value_times_upstream(case: Case) -> Mask:
    if case.upstream is None:
        return np.zeros(case.x.shape, bool)
    return near(case, case.of(np.asarray(case.question.activation(case.x))))


Table = tuple[tuple[str, Callable[[Case], Mask]], ...]

# Pattern of the results, and the sentence; {limit} is the smallest magnitude among the inputs.
# Subnormal numbers come first: of a piecewise linear function, 0 for them is the result for -x too.
MISTAKES: Table = (
    ("flush to zero: a subnormal number counts as 0", _flushed),
    ("a comparison takes a subnormal x for 0, and x is returned as it is", _kept),
    ("upstream ignored: this is the derivative alone", partial(_upstream, np.ones_like)),
    ("the derivative is ignored: this is upstream", partial(_upstream, np.array, with_slope=False)),
    ("upstream is squared", partial(_upstream, np.square)),
    ("upstream is taken by its magnitude", partial(_upstream, np.abs)),
    (
        "upstream is replaced by its mean",
        partial(_upstream, lambda u: np.full(u.shape, u.astype(np.float64).mean())),
    ),
    ("upstream is replaced by its sign", partial(_upstream, np.sign)),
    ("upstream multiplies the value, not the derivative", _value_times_upstream),
    ("the sign of x is lost: this is the result for |x|", _of_magnitude),
    ("the sign is wrong: this is minus the right result", _negated),
    ("the argument has the wrong sign: this is the result for -x", _mirrored),
    *(
        (f"computed in {name}", partial(_lower, name))
        for name in ("float32", "float16", "bfloat16")
    ),
    *((f"clamped at {limit}", partial(_clamped, float(limit))) for limit in CLAMPS_WIDE),
    ("NaN is taken for a number, by a comparison, fmax or clip", _nan_lost),
    ("∞ - ∞, ∞/∞ or 0·∞: NaN at an infinity", nan_from_infinity),
    ("x² overflows beyond {limit}: NaN", partial(_nan_from_power, 2)),
    ("x³ overflows beyond {limit}: NaN", partial(_nan_from_power, 3)),
    ("an intermediate result overflows: NaN", _nan_from_overflow),
    ("2x, an intermediate result, overflows", _infinity_from_double),
    ("an intermediate result overflows", _infinity),
)
# What is known by its looks alone, and said where no cause is found.
LOOKS: Table = (
    ("the tail is cut off at {limit}: from there on it is the limit", _cut_off),
    ("off by a constant factor of {factor}", _factor),
    ("off by a constant of {offset}", _offset),
)
