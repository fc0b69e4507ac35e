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
from verification.examination.truth import Question, answer, expected_of, number_at
from verification.examination.zone import PRACTICAL
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
# The part of subnormal results that may be right beside those that are flushed.
KEPT_OF_FLUSHED, KEPT_OF_PRODUCTS = 0.05, 0.5
# How much later than at the half of the largest number 2x is seen to overflow.
NEARLY = 1.05
LEAST_ACTIVE = 1 / 64
# A factor, in ulp of 1, that is none.
FEW_ULP = 16
HALVINGS = 64


@dataclass(frozen=True)
class Others:
    """Further wrong inputs and results, which another reason may have.

    ``weight`` is of how many of them each is a sample.
    """

    x: Array
    got: Array
    upstream: Array | None
    weight: Float64


@dataclass(frozen=True)
class Case:
    """Some of ``wrong`` wrong results of one subject, and the inputs where it is right."""

    question: Question
    x: Array
    got: Array
    upstream: Array | None
    right: tuple[Array, Array | None]
    wrong: int
    others: Others

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
    # Of noise the error is the measure; a formula gives the result itself.
    size = error if share > NEAR else np.minimum(error, np.abs(wide))
    close |= np.abs(computed - wide) <= share * size
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
    least_normal, format_ = normal(case), case.question.format_
    factor = np.clip(np.abs(case.wide), 1, (format_.precision - format_.emin) * log(2))
    least = np.minimum(_slopes(case, case.x), np.abs(doubles(case.expected)))
    tiny = _tiny(case, case.wide)
    results = (case.computed == 0) & (least > 0) & (least < least_normal * factor)
    inputs = tiny & near(case, case.truth(np.zeros_like(case.x)))
    in_full = format_.has_few_numbers and case.upstream is None
    reach = REACH_16_BIT if in_full else REACH
    right, upstream = case.right
    zeros = np.zeros_like(right)
    at_zero = expected_of(case.question, zeros, upstream)
    tiny, slopes = _tiny(case, doubles(right)), _slopes(case, right)
    subnormal = ~tiny & (slopes < least_normal) & (slopes > 0)
    allowed = KEPT_OF_FLUSHED if upstream is None else KEPT_OF_PRODUCTS
    for explained, sizes, others, flushed, wrong in (
        (results, least, subnormal, zeros, _subnormal_others(case)),
        (inputs, np.abs(case.wide), tiny, at_zero, 0),
    ):
        kept = others & answer(case.question, right, flushed, upstream).wrong
        begins = sizes[explained].max(initial=0.0) * reach >= least_normal
        more = (case.computed == 0) & ~explained & (least >= least_normal * factor)
        begins &= upstream is not None or more.sum() <= max(FEW, allowed * explained.sum())
        enough = max(FEW, allowed * explained.sum())
        if not begins or kept.sum() > enough or wrong > enough * case.wrong / case.x.size:
            explained[:] = False
    return np.asarray(results | inputs)


def _subnormal_others(case: Case) -> float:
    """How many wrong results of the other parts are numbers where the truth is subnormal."""
    others = case.others
    expected = np.abs(doubles(expected_of(case.question, others.x, others.upstream)))
    subnormal = (expected < normal(case)) & (expected > 0)
    return float(others.weight[subnormal & (doubles(others.got) != 0)].sum())


def _slopes(case: Case, x: Array) -> Float64:
    """The magnitude of the value or of the derivative."""
    slopes = case.question.activation.derivative(doubles(x), order=case.question.order)
    return np.asarray(np.abs(slopes))


def _tiny(case: Case, x: Float64) -> Mask:
    return np.asarray((np.abs(x) < normal(case)) & (x != 0))


def _kept(case: Case) -> Mask:
    return np.asarray(_tiny(case, case.wide) & (case.computed == case.wide))


def _sign_of_zero(case: Case) -> Mask:
    zeros = (case.computed == 0) & (doubles(case.expected) == 0)
    return np.asarray(zeros & np.signbit(case.expected) & ~np.signbit(case.got))


def normal(case: Case) -> float:
    """The smallest normal number."""
    return float(2.0**case.question.format_.emin)


def roughness(case: Case, results: Array) -> float:
    """How much errors change from one input to the next, by their size; NaN if they are few.

    Nearer to 0 than 1/64, and beyond 20, most functions are settled, and so are errors.
    """
    order = np.argsort(case.wide, kind="stable")
    sizes = np.abs(case.wide[order])
    order = order[(sizes >= LEAST_ACTIVE) & (sizes <= PRACTICAL)]
    numbers = doubles(results)[order]
    error = numbers / doubles(case.expected)[order] - 1
    error = error[np.isfinite(error) & (error != 0) & (numbers != 0)]
    if error.size < SEVERAL:
        return np.nan
    return float(np.median(np.abs(np.diff(error))) / np.median(np.abs(error)))


def median(numbers: Float64) -> float:
    """Return the median of the finite numbers."""
    finite = numbers[np.isfinite(numbers)]
    return float(np.median(finite)) if finite.size else float("nan")


def band(x: Float64) -> str:
    """Two ends, "from low to high", in as many digits as tell them apart; or "= x"."""
    low, high = np.fmin.reduce(x, initial=np.nan), np.fmax.reduce(x, initial=np.nan)
    if not low < high:
        return f"= {low:.9g}"
    digits = next(digits for digits in (3, 6, 9, 17) if f"{low:.{digits}g}" != f"{high:.{digits}g}")
    return f"from {low:.{digits}g} to {high:.{digits}g}"


def crossing(function: Callable[[Float64], Float64], low: Float64, high: Float64) -> Float64:
    """Where each element of a function changes its sign, NaN where it has one sign at both ends."""
    sign = np.sign(function(low))
    changes = sign * np.sign(function(high)) < 0
    if not changes.any():
        return np.full(low.shape, np.nan)
    for _ in range(HALVINGS):
        middle = np.sqrt(low * high)
        same = np.sign(function(middle)) == sign
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return np.where(changes, high, np.nan)


def nan_from_infinity(case: Case) -> Mask:
    """Which results are NaN at an infinity, if there are numbers elsewhere."""
    somewhere = bool(np.isfinite(doubles(case.right[0])).any())
    return np.asarray(np.isnan(case.computed) & np.isinf(case.wide) & somewhere)


def _nan_at_a_point(case: Case) -> Mask:
    """NaN at one or two numbers, and numbers on both sides of them."""
    nans = np.isnan(case.computed) & np.isfinite(case.wide)
    points, right = np.unique(np.abs(case.wide[nans])), doubles(case.right[0])
    inside = [(right > point).any() and (right < point).any() for point in points]
    is_alone = 0 < points.size < FEW and all(inside) and case.wrong <= 2 * nans.sum()
    # Of a product it may be the factor's, but at 0.
    is_alone &= case.upstream is None or bool((points == 0).all())
    return nans if is_alone else np.zeros_like(nans)


def _nan_from_overflow(case: Case) -> Mask:
    nans = np.isnan(case.computed) & np.isfinite(case.wide)
    right = np.abs(doubles(case.right[0]))
    beyond = (right > np.abs(case.wide[nans]).max(initial=0.0)) & np.isfinite(right)
    # No power and no exponential of a smaller x overflows, and all of a larger one do.
    is_overflow = (np.abs(case.wide[nans]) > 1).all() and not beyond.any()
    return nans if is_overflow else np.zeros_like(nans)


def _nan_from_power(power: int, case: Case) -> Mask:
    """NaN from where on a power of x overflows, with or without a factor."""
    nans = _nan_from_overflow(case)
    first = case.question.format_.largest ** (1 / power)
    start = float(np.abs(case.wide[nans]).min(initial=np.inf))
    begins = first / BEFORE <= start < first * BEYOND
    return nans if begins else np.zeros_like(nans)


def _infinity(case: Case) -> Mask:
    """Infinities on a side where no number is left further out."""
    infinite = np.isinf(case.computed) & np.isfinite(case.wide) & np.isfinite(case.expected)
    right = doubles(case.right[0])
    # An infinity is right too as long as it is within the tolerance of the largest number.
    format_, size = case.question.format_, np.abs(doubles(expected_of(case.question, *case.right)))
    within = (case.question.tolerance + 1) * 2.0 ** (1 - format_.precision)
    right = right[size < (1 - within) * format_.largest]
    others = doubles(case.others.x)[np.isfinite(doubles(case.others.got))]
    numbers = np.concatenate([right, others, case.wide[np.isfinite(case.computed)]])
    numbers = numbers[np.isfinite(numbers)]
    for side in (-1, 1):
        there = infinite & (np.sign(case.wide) == side)
        nearest = np.abs(case.wide[there]).min(initial=np.inf)
        if (side * numbers > nearest).any():
            infinite[there] = False
    return infinite


def _infinity_from_double(case: Case) -> Mask:
    infinite, half = _infinity(case), case.question.format_.largest / 2
    first = np.abs(case.wide[infinite]).min(initial=np.inf)
    return infinite if half <= first <= NEARLY * half else np.zeros_like(infinite)


def _at_a_kink(case: Case) -> Mask:
    kinks = [number_at(case.question, kink) for kink in case.question.activation.kinks]
    return np.isin(case.wide, kinks) & (case.question.order > 0)


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
    ("at the kink {points}, neither side's derivative nor one between them", _at_a_kink),
    ("the sign of zero is lost: +0 for -0", _sign_of_zero),
    ("NaN is taken for a number, as by a comparison, fmax or clip", _nan_lost),
    ("∞ - ∞, ∞/∞ or 0·∞: NaN at an infinity", nan_from_infinity),
    ("0/0, or likewise: NaN at x = {points} alone", _nan_at_a_point),
    ("x² overflows beyond {limit}: NaN", partial(_nan_from_power, 2)),
    ("x³ overflows beyond {limit}: NaN", partial(_nan_from_power, 3)),
    ("an intermediate result overflows: NaN", _nan_from_overflow),
    ("2x, an intermediate result, overflows", _infinity_from_double),
    ("it overflows from |x| = {limit} on", _infinity),
)
