"""Patterns of wrong results: what they look like, and what that says about their cause.

Each is a sentence and a function that says of which results it is true. `SUBNORMAL` and
`MISTAKES` name a cause, `LOOKS` only describe.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from math import log

import numpy as np

from reference.arithmetic.types import Array, Float64, Mask
from verification.examination.truth import Question, answer, expected_of
from verification.numbers.ulp import doubles, errors

QUORUM = 0.9
# A formula shows at more than one or two numbers; a factor, an offset or a tail, at several.
FEW = 3
SEVERAL = 8
# The least share of the explained results that have digits: zeros alone come of anything.
TELLING = 0.05
# Flushing to zero begins at the smallest normal number, and inputs are tried that have a result
# within this factor of it; in 16-bit formats all are tried, of upstreams not.
REACH, REACH_16_BIT = 16, 2.5
NEAR = 0.05
FACTOR_WITHIN = 0.01
# NaN from a power of x begins near to where it overflows, with a factor before it, or before.
BEFORE, BEYOND = 2, 4
# A factor, in ulp of 1, that is none.
FEW_ULP = 16


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
        return doubles(self.x)

    @cached_property
    def computed(self) -> Float64:
        """The results as doubles."""
        return doubles(self.got)

    def of(self, results: Array) -> Array:
        """Narrow what a formula gives, and multiply it by upstream where the subject does."""
        narrow = np.asarray(results).astype(self.question.format_.dtype)
        return narrow if self.upstream is None else np.asarray(narrow * self.upstream)

    def truth(self, x: Array) -> Array:
        """Correctly rounded results at other inputs."""
        return expected_of(self.question, x.astype(self.question.format_.dtype), self.upstream)


def near(case: Case, other: Array, share: float = NEAR) -> Mask:
    """Which results are those of ``other``: within 2 ulp, or a small share of their own error."""
    wide, computed = doubles(other), case.computed
    error = np.abs(computed - doubles(case.expected))
    format_ = case.question.format_
    ulp = errors(case.got, doubles(case.expected), format_)
    close: Mask = errors(case.got, wide, format_) <= np.minimum(2, ulp / 4)
    close |= np.abs(computed - wide) <= share * error
    # What is infinitely wrong is explained by the same infinity alone.
    close &= np.isfinite(error) | (computed == wide) | (np.isnan(computed) & np.isnan(wide))
    # Of a zero that is right but for its sign, only a zero of the same sign is the reason.
    zeros = (computed == 0) & (doubles(case.expected) == 0)
    close &= ~zeros | (np.signbit(other) == np.signbit(case.got))
    return close


def _flushed(case: Case) -> Mask:
    """Zeros for subnormal numbers: the result, the derivative, x, or what x is multiplied by.

    Not where others of them are right, or where zeros begin far below the normal numbers.
    """
    normal, format_ = _normal(case), case.question.format_
    factor = np.clip(np.abs(case.wide), 1, (format_.precision - format_.emin) * log(2))
    least = np.minimum(_slopes(case, case.x), np.abs(doubles(case.expected)))
    tiny = _tiny(case, case.wide)
    results = (case.computed == 0) & (least > 0) & (least < normal * factor)
    inputs = tiny & near(case, case.truth(np.zeros_like(case.x)))
    in_full = format_.has_few_numbers and case.upstream is None
    reach = REACH_16_BIT if in_full else REACH
    right, upstream = case.right
    zeros = np.zeros_like(right)
    at_zero = expected_of(case.question, zeros, upstream)
    tiny, slopes = _tiny(case, doubles(right)), _slopes(case, right)
    subnormal = ~tiny & (slopes < normal) & (slopes > 0)
    for explained, sizes, others, flushed in (
        (results, least, subnormal, zeros),
        (inputs, np.abs(case.wide), tiny, at_zero),
    ):
        kept = others & answer(case.question, right, flushed, upstream).wrong
        begins = sizes[explained].max(initial=0.0) * reach >= normal
        if not begins or 2 * kept.sum() >= explained.sum():
            explained[:] = False
    return np.asarray(results | inputs)


def _slopes(case: Case, x: Array) -> Float64:
    """The magnitude of the value or of the derivative."""
    slopes = case.question.activation.derivative(doubles(x), order=case.question.order)
    return np.asarray(np.abs(slopes))


def _tiny(case: Case, x: Float64) -> Mask:
    return np.asarray((np.abs(x) < _normal(case)) & (x != 0))


def _kept(case: Case) -> Mask:
    return np.asarray(_tiny(case, case.wide) & (case.computed == case.wide))


def _sign_of_zero(case: Case) -> Mask:
    zeros = (case.computed == 0) & (doubles(case.expected) == 0)
    return np.asarray(zeros & np.signbit(case.expected) & ~np.signbit(case.got))


def _cut_off(case: Case) -> Mask:
    """Results that are the limit, further out than any that are right and are not."""
    if case.wrong < SEVERAL:
        return np.zeros(case.x.shape, bool)
    limits = case.of(_limits(case.question, case.wide)).astype(np.float64)
    right, upstream = case.right
    wide = doubles(right)
    expected = expected_of(case.question, right, upstream).astype(np.float64)
    slope = expected if upstream is None else expected / doubles(upstream)
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
    ratio = case.computed / doubles(case.expected)
    usual = median(ratio)
    close = abs(usual - 1) < FEW_ULP * 2.0**-case.question.format_.precision
    if np.isfinite(ratio).sum() < SEVERAL or close or usual == 0:
        return np.zeros(case.x.shape, bool)
    scaled = (doubles(case.expected) * usual).astype(case.got.dtype)
    return near(case, scaled) | (np.abs(ratio - usual) <= FACTOR_WITHIN * abs(usual - 1))


def _offset(case: Case) -> Mask:
    gap = case.computed - doubles(case.expected)
    usual = median(gap)
    if np.isfinite(gap).sum() < SEVERAL or usual == 0:
        return np.zeros(case.x.shape, bool)
    return np.asarray(np.abs(gap - usual) <= NEAR * abs(usual))


def _clipped(case: Case) -> Mask:
    """Results that are all of one size, which no right one exceeds and all the true ones do."""
    sizes, expected = np.abs(case.computed), np.abs(doubles(case.expected))
    level = median(sizes)
    right = np.abs(expected_of(case.question, *case.right).astype(np.float64))
    most = right[np.isfinite(right)].max(initial=0.0)
    if case.wrong < SEVERAL or not 0 < level >= most:
        return np.zeros(case.x.shape, bool)
    return np.asarray((sizes == level) & (expected > level))


def nan_from_infinity(case: Case) -> Mask:
    """Which results are NaN at an infinity, if there are numbers elsewhere."""
    somewhere = bool(np.isfinite(doubles(case.right[0])).any())
    return np.asarray(np.isnan(case.computed) & np.isinf(case.wide) & somewhere)


def _nan_from_overflow(case: Case) -> Mask:
    nans = np.isnan(case.computed) & np.isfinite(case.wide)
    # No power and no exponential of a smaller x overflows.
    return np.asarray(nans & bool((np.abs(case.wide[nans]) > 1).all()))


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


Table = tuple[tuple[str, Callable[[Case], Mask]], ...]

# Pattern of the results, and the sentence; {limit} is the smallest magnitude among the inputs.
# Subnormal numbers come before all else: of a function of pieces, 0 is the result for -x too.
SUBNORMAL: Table = (
    ("flush to zero: a subnormal number counts as 0", _flushed),
    ("a comparison takes a subnormal x for 0, and x is returned as it is", _kept),
)
MISTAKES: Table = (
    ("the sign of zero is lost: +0 for -0", _sign_of_zero),
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
    ("the result is clipped at ±{level}", _clipped),
    ("off by a constant factor of {factor}", _factor),
    ("off by a constant of {offset}", _offset),
)
