"""Why: wrong results matched against known wrong ways to compute them.

Two tables. `variants.VARIANTS` are formulas: one explains a result that lies within 2 ulp of its
own, or much nearer to it than to the truth. `MISTAKES` are patterns of the results themselves.
What explains most of the wrong results is the reason given, the earlier of two that explain
equally many; if it explains too few of them, none is given.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from math import log
from typing import Any

import numpy as np

from reference.arithmetic.types import Array, Float64, Mask

from .truth import Question, answer, expected_of
from .ulp import FORMATS, LEAST_MANTISSA, errors
from .variants import SINGLE, VARIANTS, Variant

QUORUM = 0.9
NOISY_QUORUM = 0.6
# What explains more explains it all: the order of the tables decides.
CERTAIN = 0.97
# Where the candidate is barely right, a formula of its kind may be barely wrong.
LENIENT = 4
# Wrong results that have digits, beside zeros, powers of two and infinities.
TELLING = 0.05
# A lack of precision shows at so many of the inputs; factors and offsets, at so many numbers.
WIDESPREAD = 0.03
SEVERAL = 8
FACTOR = "factor"
# So many of the inputs where a formula is wrong may be right in the candidate.
CONTRADICTED = 0.15
NEAR = 0.05
NOISY_NEAR = 0.5
FACTOR_WITHIN = 0.01
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


def _near(case: Case, other: Array, share: float = NEAR) -> Mask:
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
    return _near(case, -case.expected)


def _mirrored(case: Case) -> Mask:
    return _near(case, case.truth(-case.x))


def _of_magnitude(case: Case) -> Mask:
    return _near(case, case.truth(np.abs(case.x)))


def _flushed(case: Case) -> Mask:
    normal = 2.0**case.question.format_.emin
    slope = case.question.activation.derivative(case.wide, order=case.question.order)
    results: Mask = (case.computed == 0) & (np.abs(slope) < normal)
    tiny = (np.abs(case.wide) < normal) & (case.wide != 0)
    results |= tiny & _near(case, case.truth(np.zeros_like(case.x)))
    return results


def _lower(name: str, case: Case) -> Mask:
    """Results that are numbers of a lower format, or those of inputs rounded to it."""
    lower, format_ = FORMATS[name], case.question.format_
    narrower = lower.precision < format_.precision or lower.emax < format_.emax
    everywhere = case.wrong > WIDESPREAD * (case.wrong + case.right[0].size)
    if name == format_.name or not narrower or not everywhere:
        return np.zeros(case.x.shape, bool)
    through = case.x.astype(lower.dtype).astype(format_.dtype)
    same = _near(case, case.truth(through)) | _near(case, _via(lower.dtype, case.expected))
    same |= _near(case, _via(lower.dtype, case.truth(through)))
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
        same |= whole & _near(case, case.truth(clipped))
        gated = case.truth(clipped).astype(np.float64) / clipped.astype(np.float64) * case.wide
        if case.question.subject == "value":
            same |= whole & np.isfinite(case.wide) & _near(case, gated.astype(case.got.dtype))
    return same


def _cut_off(case: Case) -> Mask:
    if case.wrong < SEVERAL:
        return np.zeros(case.x.shape, bool)
    below, above = case.question.activation.orders[case.question.order].limits
    limit = np.where(case.wide > 0, above, below)
    limit = np.where(np.isinf(limit), case.wide, limit)
    limits = case.of(limit).astype(np.float64)
    return np.asarray((np.abs(case.wide) >= 1) & (case.computed == limits))


def _median(numbers: Float64) -> float:
    finite = numbers[np.isfinite(numbers)]
    return float(np.median(finite)) if finite.size else float("nan")


def _factor(case: Case) -> Mask:
    ratio = case.computed / case.expected.astype(np.float64)
    usual = _median(ratio)
    if np.isfinite(ratio).sum() < SEVERAL or usual == 1:
        return np.zeros(case.x.shape, bool)
    scaled = (case.expected.astype(np.float64) * usual).astype(case.got.dtype)
    return _near(case, scaled) | (np.abs(ratio - usual) <= FACTOR_WITHIN * abs(usual - 1))


def _offset(case: Case) -> Mask:
    gap = case.computed - case.expected.astype(np.float64)
    usual = _median(gap)
    if np.isfinite(gap).sum() < SEVERAL or usual == 0:
        return np.zeros(case.x.shape, bool)
    return np.asarray(np.abs(gap - usual) <= NEAR * abs(usual))


def _nan_from_infinity(case: Case) -> Mask:
    return np.isnan(case.computed) & np.isinf(case.wide)


def _nan_from_overflow(case: Case) -> Mask:
    return np.isnan(case.computed) & np.isfinite(case.wide)


def _nan_lost(case: Case) -> Mask:
    return np.isnan(case.wide) & ~np.isnan(case.computed)


def _products(case: Case, factor: Array, *, with_slope: bool) -> Mask:
    if case.upstream is None:
        return np.zeros(case.x.shape, bool)
    slope = np.asarray(case.question.activation.derivative(case.wide))
    other = slope * factor.astype(np.float64) if with_slope else factor.astype(np.float64)
    return _near(case, other.astype(case.got.dtype))


def _upstream(change: Callable[[Array], Array], case: Case, *, with_slope: bool = True) -> Mask:
    if case.upstream is None:
        return np.zeros(case.x.shape, bool)
    return _products(case, change(case.upstream), with_slope=with_slope)


def _value_times_upstream(case: Case) -> Mask:
    if case.upstream is None:
        return np.zeros(case.x.shape, bool)
    return _near(case, case.of(np.asarray(case.question.activation(case.x))))


# Pattern of the results, and the sentence; {limit} is the smallest magnitude among the inputs.
MISTAKES: tuple[tuple[str, Callable[[Case], Mask]], ...] = (
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
    ("flush to zero: a subnormal number counts as 0", _flushed),
    *(
        (f"computed in {name}", partial(_lower, name))
        for name in ("float32", "float16", "bfloat16")
    ),
    *((f"clamped at {limit}", partial(_clamped, float(limit))) for limit in CLAMPS_WIDE),
    ("NaN is taken for a number, by a comparison, fmax or clip", _nan_lost),
    ("the tail is cut off at {limit}: from there on it is the limit", _cut_off),
    ("∞ - ∞, ∞/∞ or 0·∞: NaN at an infinity", _nan_from_infinity),
    ("an intermediate result overflows: NaN", _nan_from_overflow),
    ("off by a constant factor of {factor}", _factor),
    ("off by a constant of {offset}", _offset),
)


def _contradicted(case: Case, variant: Variant) -> bool:
    """Whether the candidate is right at many of the inputs where a formula is wrong."""
    where_right = _misses(case, variant, *case.right, LENIENT)
    where_wrong = _misses(case, variant, case.x, case.upstream, 1) * case.wrong / case.x.size
    return where_right > CONTRADICTED * (where_right + where_wrong)


def _misses(case: Case, variant: Variant, x: Array, upstream: Array | None, lenient: float) -> int:
    results = np.asarray(variant.formula(x.copy())).astype(case.got.dtype)
    if upstream is not None:
        results = np.asarray(results * upstream)
    found = answer(case.question, x, results, upstream)
    return int((found.ulp > lenient * found.bound).sum())


def _score(case: Case, variant: Variant) -> float:
    near = NOISY_NEAR if variant.noisy else NEAR
    results = case.of(np.asarray(variant.formula(case.x.copy())))
    return min(float(_near(case, results, near).mean()), CERTAIN)


def _numbers(case: Case) -> dict[str, str]:
    """Numbers that a sentence may name."""
    format_ = case.question.format_
    magnitudes = np.abs(case.wide)
    expected = case.expected.astype(np.float64)
    ratio = case.computed / expected
    finite = magnitudes[~np.isnan(magnitudes)]
    numbers = {
        "one": format_.precision * log(2),
        "half_one": (format_.precision + 2) * log(2) / 2,
        "overflow": (format_.emax + 1) * log(2),
        "limit": finite.min(initial=np.inf),
        FACTOR: _median(ratio),
        "offset": _median(case.computed - expected),
    }
    return {name: f"{number:.{7 if name == FACTOR else 3}g}" for name, number in numbers.items()}


def diagnose(case: Case) -> str | None:
    """Return the sentence for what explains the wrong results, None if nothing known does."""
    subject = "value" if case.question.order == 0 else "derivative"
    best, sentence = 0.0, None
    with np.errstate(all="ignore"):
        for variant in VARIANTS:
            single = variant.why == SINGLE and case.question.format_.name != "float64"
            asked = (case.question.activation.name, subject)
            if (variant.activation, variant.subject) == asked and not single:
                score = _score(case, variant)
                quorum = NOISY_QUORUM if variant.noisy else QUORUM
                if score >= quorum and score > best and not _contradicted(case, variant):
                    best, sentence = score, variant.why
        for why, explains in MISTAKES:
            score = min(float(explains(case).mean()), CERTAIN)
            if score >= QUORUM and score > best:
                best, sentence = score, why
        return None if sentence is None else sentence.format(**_numbers(case))
