"""What a result has to be: the true value, and how far from it a result may lie.

The true value is the correctly rounded double of `reference`, also for results in narrower
formats, where its error of half an ulp of a double is nothing. For float64 results it is known to
half an ulp only, so half an ulp is added to every bound there.

Bounds in ulp of the result. A value or a derivative may be off by ``tolerance`` ulp. Within 1/4 of
a root of the derivative, where terms that do not vanish cancel, a derivative may also be off by the
change that half an ulp of x makes: |f''(x)| ulp(x)/2. A product may be off by |upstream| times
what the derivative may be off by, plus half an ulp for its own rounding; past the largest number,
infinity is right as well. At a kink, every element of the subdifferential is a true derivative;
where the value of a formula jumps at a place that is no number of the format, the values of both
sides are right at the number next to it. Where a formula has no limit, or no value, nothing is
wrong.

Whatever a result is multiplied by has the place of upstream: of a gate, the other input or upstream
or both (see `arguments`). Its value is a product too, of the gate's value.
"""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from reference import Activation, Kink
from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array, Float64, Mask
from verification.formula.activation import Gated
from verification.formula.landmarks import MOST_ROOTS, Jump
from verification.grade import Grade
from verification.numbers.ulp import doubles, errors, unit_exponents

from .cells import Cells
from .domain import Domain

NEXT_TO_A_ROOT = 0.25
# Of differences of the second derivative.
STEP = 2.0**-20
# How many times as far off as the baseline a result may be.
WORSE = 2.0
UNKNOWN_IN_FLOAT64 = 0.5
ROUNDING = 0.5
ORDERS = {"value": 0, "derivative": 1, "second": 2, "backward": 1}
FLUSH_TO_ZERO = "flush-to-zero"
LENGTH = "length"
ALLOWANCES = {
    FLUSH_TO_ZERO: "flush-to-zero: a subnormal input or result counts as zero",
    LENGTH: "length: the last bits may depend on an array's length, within the tolerance",
}


@dataclass(frozen=True)
class Question:
    """Which function is asked for, and how exactly; with a seed, at inputs that nobody foresees.

    A result whose grade is not the one that is required, or better, is wrong; with a baseline, only
    if it is more than twice as far off as that is thereabouts. With a domain, it is asked for there
    alone.
    """

    activation: Activation
    subject: str
    format_: Format
    tolerance: float
    allow: frozenset[str] = frozenset()
    strict: bool = False
    seed: int | None = None
    require: Grade = Grade.ACCURATE
    baseline: Cells | None = None
    domain: Domain | None = None

    @property
    def order(self) -> int:
        """The order of the derivative, of a gate that of its own."""
        if isinstance(self.activation, Gated):
            return int(self.subject == f"backward_{self.activation.gate}")
        return ORDERS[self.subject]

    @property
    def has_factor(self) -> bool:
        """Whether results are products with a second array."""
        return self.subject == "backward" or isinstance(self.activation, Gated)


@dataclass(frozen=True)
class Answer:
    """Results beside the truth, one element for each input.

    ``bound`` is what an error in ulp may be, as the question requires it.
    """

    true: Float64
    expected: Array
    ulp: Float64
    bound: Float64
    grade: Array

    @property
    def wrong(self) -> Mask:
        """Which results are off by more than they may be."""
        return self.ulp > self.bound


def expected_of(question: Question, x: Array, upstream: Array | None) -> Array:
    """Return the correctly rounded results."""
    if isinstance(question.activation, Gated):
        assert upstream is not None  # noqa: S101  it always has a factor
        return np.asarray(question.activation.product(x, upstream, question.order))
    if upstream is not None:
        return np.asarray(question.activation.backward(x, upstream))
    return np.asarray(question.activation.derivative(x, order=question.order))


def _slope(question: Question, x: Float64) -> Float64:
    """What a factor multiplies: the derivative, or the value."""
    return np.asarray(question.activation.derivative(x, order=question.order))


def _is_wide(question: Question) -> bool:
    return question.format_.name == "float64"


def _next_to_a_root(question: Question, x: Float64) -> Float64:
    """|f''(x)| ulp(x)/2 next to a root of the derivative, 0 elsewhere; of f'' likewise."""
    near, roots = np.zeros(x.shape, bool), question.activation.orders[question.order].roots
    for root in roots:
        near |= np.abs(x - root) < NEXT_TO_A_ROOT
    if len(roots) >= MOST_ROOTS:
        near |= np.abs(x) > np.abs(roots).max()
    allowance = np.zeros(x.shape)
    if near.any() and not question.strict:
        half_ulp = np.ldexp(0.5, unit_exponents(x[near], question.format_))
        allowance[near] = np.abs(_rise(question, x[near])) * half_ulp
    return allowance


def _rise(question: Question, x: Float64) -> Float64:
    """The derivative of the derivative; of the second one, by a difference."""
    derivative = question.activation.derivative
    if question.order == 1:
        return np.asarray(derivative(x, order=2))
    above, below = derivative(x + STEP, order=2), derivative(x - STEP, order=2)
    return np.asarray((above - below) / (2 * STEP))


def _bound(question: Question, x: Float64, true: Float64, upstream: Float64 | None) -> Float64:
    format_ = question.format_
    bound = np.full(x.shape, question.tolerance)
    if question.order > 0 or upstream is not None:
        slope = true if upstream is None else _slope(question, x)
        absolute = np.ldexp(bound, unit_exponents(slope, format_))
        if question.order > 0:
            absolute += _next_to_a_root(question, x)
        if upstream is not None:
            absolute *= np.abs(upstream)
        bound = np.ldexp(absolute, -unit_exponents(true, format_))
    if upstream is not None:
        bound += ROUNDING
    return bound + UNKNOWN_IN_FLOAT64 if _is_wide(question) else bound


def _nearest_legal(
    question: Question, x: Float64, got: Float64, upstream: Float64 | None, true: Float64
) -> Float64:
    """Replace the true value at a kink by the element of the subdifferential nearest to ``got``."""
    factor = np.ones_like(x) if upstream is None else upstream
    for kink in question.activation.kinks:
        at = (x == number_at(question, kink)) & ~np.isnan(got)
        left, right = (kink.left, kink.right) if question.order == 1 else kink.second[:2]
        ends = np.sort([left * factor[at], right * factor[at]], axis=0)
        true[at] = np.clip(got[at], *ends)
    return true


def number_at(question: Question, kink: Kink) -> float:
    """The number of the format next to a kink."""
    return float(np.float64(kink.at).astype(question.format_.dtype))


def _nearest_side(
    question: Question, x: Float64, got: Float64, upstream: Float64 | None, true: Float64
) -> Float64:
    """Replace the true value next to a jump by the side's that is nearest to ``got``."""
    factor = np.ones_like(x) if upstream is None else upstream
    for kink in question.activation.kinks:
        if not isinstance(kink, Jump) or not kink.jumps:
            continue
        number = number_at(question, kink)
        if kink.is_exact and number == kink.at:
            continue
        at = (x == number) & ~np.isnan(got)
        left, right = (value * factor[at] for value in kink.values)
        true[at] = np.where(np.abs(got[at] - left) < np.abs(got[at] - right), left, right)
    return true


def _is_unknown(question: Question, x: Float64, expected: Array, upstream: Float64 | None) -> Mask:
    """Where a formula has no limit or no value."""
    unknown: Mask = np.isnan(expected) & ~np.isnan(x)
    if upstream is not None and unknown.any():
        unknown &= ~np.isnan(upstream)
        unknown[unknown] = np.isnan(_slope(question, x[unknown]))
    return unknown


def _past_the_largest(
    question: Question, x: Float64, got: Float64, true: Float64, upstream: Float64
) -> Float64:
    """Errors in ulp of products past the largest number, where infinity is right; else NaN."""
    ends = 2.0**question.format_.emax
    ulp = np.full(x.shape, np.nan)
    past = (np.abs(true) / 2 >= ends) & np.isfinite(x) & np.isfinite(upstream)
    if past.any():
        half = doubles(expected_of(question, x[past], upstream[past] / 2))
        ulp[past] = np.abs(got[past] / 2 - half) / ends * 2.0**question.format_.precision
        ulp[past & (got == np.copysign(np.inf, true))] = 0.0
    return ulp


def _flushed(
    question: Question, x: Float64, got: Float64, true: Float64, upstream: Float64 | None
) -> Mask:
    """Which results are those of an input, a factor or a result flushed to zero."""
    normal = 2.0**question.format_.emin
    factors = [true] if upstream is None else [true, upstream, _slope(question, x)]
    legal: Mask = (got == 0) & (np.min(np.abs(factors), axis=0) < normal)
    tiny = (np.abs(x) < normal) & (x != 0)
    if tiny.any():
        zero = Question(question.activation, question.subject, question.format_, question.tolerance)
        narrow = partial(np.asarray, dtype=question.format_.dtype)
        at_zero = answer(
            zero,
            narrow(np.zeros(int(tiny.sum()))),
            narrow(got[tiny]),
            None if upstream is None else narrow(upstream[tiny]),
        )
        legal[tiny] |= ~at_zero.wrong
    return legal


def answer(question: Question, x: Array, got: Array, upstream: Array | None = None) -> Answer:
    """Hold results at the inputs ``x`` against the truth."""
    expected = expected_of(question, x, upstream)
    wide, computed = doubles(x), doubles(got)
    factor = None if upstream is None else doubles(upstream)
    with np.errstate(all="ignore"):
        true = doubles(expected if _is_wide(question) else expected_of(question, wide, factor))
        if question.activation.kinks:
            if question.order > 0:
                true = _nearest_legal(question, wide, computed, factor, true)
            else:
                true = _nearest_side(question, wide, computed, factor, true)
        unknown = _is_unknown(question, wide, expected, factor)
        expected[unknown], true[unknown] = got[unknown], computed[unknown]
        ulp = errors(got, true, question.format_)
        ulp[np.isinf(computed) & (computed == doubles(expected))] = 0.0
        if factor is not None:
            past = _past_the_largest(question, wide, computed, true, factor)
            ulp = np.where(np.isnan(past), ulp, past)
        bound = _bound(question, wide, true, factor)
        bound[np.isnan(bound)] = 0.0
        if FLUSH_TO_ZERO in question.allow:
            ulp[_flushed(question, wide, computed, true, factor)] = 0.0
        found = Answer(true, expected, ulp, bound, np.zeros(ulp.shape, np.int8))
        grade = _grades(question, got, found, factor)
    if question.require == Grade.ACCURATE:
        bound = np.where(grade <= Grade.ACCURATE, np.fmax(bound, ulp), bound)
    else:
        bound = np.where(grade <= question.require, np.inf, -1.0)
    if question.baseline is not None:
        bound = np.fmax(
            bound, WORSE * question.baseline.at(x, upstream, expected, question.format_)
        )
    return replace(found, bound=bound, grade=grade)


def _grades(question: Question, got: Array, found: Answer, factor: Float64 | None) -> Array:
    """The grade of each result; ``bound`` is that of accurate ones."""
    true, ulp, bound = found.true, found.ulp, found.bound
    computed, rounded = doubles(got), doubles(found.expected)
    same = (computed == rounded) | (np.isnan(computed) & np.isnan(rounded))
    is_rough = (np.isfinite(computed) & np.isfinite(rounded)) | same | (ulp <= bound)
    spacing = 2.0 ** (1 - question.format_.precision)
    scale = np.fmax(1.0 if factor is None else np.abs(factor), np.abs(true))
    allowed = question.tolerance * spacing * scale
    near = np.isfinite(true) & np.isfinite(allowed) & (np.abs(computed - true) <= allowed)
    is_close = is_rough & (near | (ulp <= question.tolerance))
    grade = np.full(ulp.shape, Grade.BROKEN, np.int8)
    for better, holds in (
        (Grade.ROUGH, is_rough),
        (Grade.CLOSE, is_close),
        (Grade.ACCURATE, ulp <= bound),
        (Grade.FAITHFUL, (ulp <= bound) & (ulp < 1)),
        (Grade.CORRECT, same | (ulp == 0)),
    ):
        grade[holds] = better
    return grade
