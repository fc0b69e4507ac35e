"""The right function of something else: of -x, of a clamped or scaled x, of another upstream.

Each substitution says what comes at any input, so that it can be held against those inputs as well
where the candidate is right. A limit or a scale is found from the results.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from reference.arithmetic.types import Array, Float64
from verification.activations.mistake import digits
from verification.examination.truth import Question, expected_of
from verification.formula.activation import Gated
from verification.numbers.ulp import doubles

from .gates import of_gates
from .patterns import FEW, FEW_ULP, QUORUM, TELLING, Case, crossing, median
from .substitution import Change, Formula, Substitution, lower_formats

# The share of the inputs at which a lack of precision shows.
WIDESPREAD = 0.03
# The bits after the point of an x in fixed point.
FIXED_POINT = range(1, 13)
# Where every exponential is 0 or infinite.
FURTHEST = 1100.0
# A scale shows at these x: there every smooth activation rises, and none is settled.
ACTIVE = (0.25, 4.0)
SCALES = (1 / 16, 16.0)
NEAR_1 = 1e-4


def substitutions(case: Case) -> Iterator[Substitution]:
    """All that come into question for a case."""
    question = case.question
    if case.upstream is None:
        yield Substitution("x itself is returned", (lambda x, _: x,), in_part=True)
    elif isinstance(question.activation, Gated):
        yield from of_gates(question)
    else:
        yield from _upstream(case)
    lost = "the sign of x is lost: this is the result for |x|"
    yield Substitution(lost, (_at(question, np.abs),), in_part=True)
    wrong = "the sign is wrong: this is minus the right result"
    yield Substitution(wrong, (_then(question, np.negative),), in_part=True)
    mirrored = "the argument has the wrong sign: this is the result for -x"
    yield Substitution(mirrored, (_at(question, np.negative),))
    yield from _lower(case)
    yield from _on_a_grid(question)
    yield from _clamped(case)
    swapped = _at(question, _byteswap, then=_byteswap)
    yield Substitution("the bytes of each number are in the wrong order", (swapped,))


def _at(question: Question, change: Change, *, then: Change = np.asarray) -> Formula:
    """The result for another x, changed afterwards."""
    return lambda x, u: np.asarray(then(expected_of(question, np.asarray(change(x)), u)))


def _then(question: Question, change: Change) -> Formula:
    return _at(question, np.asarray, then=change)


def _byteswap(numbers: Array) -> Array:
    bits = np.ascontiguousarray(numbers).view(f"u{numbers.dtype.itemsize}")
    return bits.byteswap().view(numbers.dtype)


def _upstream(case: Case) -> Iterator[Substitution]:
    """Something done to the upstream, or to what it multiplies."""
    activation = case.question.activation
    slope = np.asarray(activation.derivative(case.wide))
    limit = median(np.abs(case.computed / slope))
    changes: tuple[tuple[str, Change], ...] = (
        ("upstream ignored: this is the derivative alone", np.ones_like),
        ("upstream is squared", np.square),
        ("upstream is taken by its magnitude", np.abs),
        ("upstream is replaced by its sign", np.sign),
        (f"upstream is clamped at ±{limit:.4g}", lambda u: np.clip(u, -limit, limit)),
        *(
            (f"upstream is rounded to {lower.name}", via)
            for lower, via in lower_formats(case.question.format_)
        ),
    )
    for why, change in changes:

        def product(x: Array, u: Array | None, change: Change = change) -> Array:
            slope = np.asarray(activation.derivative(doubles(x)))
            factor = change(np.asarray(u).astype(np.float64))
            return np.asarray(slope * factor).astype(x.dtype)

        yield Substitution(why, (product,), about_factor=True)
    yield Substitution("the derivative is ignored: this is upstream", (lambda _, u: np.asarray(u),))
    yield Substitution(
        "upstream multiplies the value, not the derivative",
        (lambda x, u: np.asarray(np.asarray(activation(x)) * u),),
    )


def _lower(case: Case) -> Iterator[Substitution]:
    """Numbers of a lower format, or the results for inputs rounded to it."""
    question, format_ = case.question, case.question.format_
    if case.wrong <= WIDESPREAD * (case.wrong + case.right[0].size):
        return
    numbers, (mantissa, _) = digits(case.computed), np.frexp(case.computed)
    for lower, via in lower_formats(format_):
        others = doubles(case.others.got)
        others = others[digits(others)]
        if others.size and (via(others) == others).mean() < QUORUM:
            continue  # Other results are no numbers of it.
        ways = (_at(question, via), _then(question, via), _at(question, via, then=via))
        exact = numbers & (via(case.got).astype(np.float64) == case.computed)
        # Numbers of a format need all of its digits half the time; whole numbers, say, do not.
        needed = exact & (np.ldexp(mantissa, lower.precision) % 2 == 1)
        telling = lower.precision < format_.precision and needed.mean() > TELLING
        in_part = not format_.has_few_numbers
        yield Substitution(f"computed in {lower.name}", ways, exact if telling else None, in_part)


def _on_a_grid(question: Question) -> Iterator[Substitution]:
    """The results for x in fixed point, or those that a table has."""
    for bits in FIXED_POINT:

        def nearest(x: Array, scale: float = 2.0**bits) -> Array:
            return (np.rint(doubles(x) * scale) / scale).astype(x.dtype)

        why = f"x is rounded to a multiple of 1/{1 << bits}: a table, or fixed point"
        yield Substitution(why, (_at(question, nearest),), in_part=True)


def _clamped(case: Case) -> Iterator[Substitution]:
    """The results for a clamped x, or x times the gate f(x)/x of a clamped one."""
    question = case.question
    for gated in (False, True) if question.subject == "value" else (False,):
        below, above = (_limit(case, side, gated=gated) for side in (-1, 1))
        least = float(np.nanmin([below, above, np.inf]))
        if np.isinf(least) or _is_also_within(case, least):
            continue

        def clip(x: Array, low: float = -below, high: float = above) -> Array:
            wide = np.fmin(np.fmax(doubles(x), low), high)
            return np.where(np.isnan(x), x, wide.astype(x.dtype))

        def gate(x: Array, _: Array | None, clip: Change = clip) -> Array:
            wide, clipped = doubles(x), clip(x).astype(np.float64)
            slope = question.activation(clipped) / np.where(clipped == 0, 1, clipped)
            return np.asarray(wide * slope).astype(x.dtype)

        why = f"clamped at {least:.4g}"
        if question.subject == "value" and not gated:
            end = above if np.isnan(below) else -below
            why += f", or the result at {float(question.activation(end)):.3g}"
        yield Substitution(why, (gate if gated else _at(question, clip),))


def _is_also_within(case: Case, limit: float) -> bool:
    """Whether the same results come of an x within a limit as beyond it."""
    within = np.abs(doubles(case.others.x)) < limit
    return bool(np.isin(doubles(case.others.got)[within], case.computed).any())


def _limit(case: Case, side: int, *, gated: bool) -> float:
    """Where f, or f(x)/x, is what it is at most of the wrong results on a side; NaN if nowhere."""
    there = (np.sign(case.wide) == side) & np.isfinite(case.wide)
    if there.sum() < FEW:
        return np.nan
    factor = case.wide if gated else np.ones_like(case.wide)
    factor = factor if case.upstream is None else doubles(case.upstream)
    level = median((case.computed / factor)[there])
    question, first = case.question, float(np.abs(case.wide[there]).min())

    def excess(limit: Float64) -> Float64:
        result = np.asarray(question.activation.derivative(side * limit, order=question.order))
        return np.asarray(result / (side * limit if gated else 1) - level)

    return float(crossing(excess, np.array([first / 2]), np.array([max(2 * first, FURTHEST)]))[0])


def scaled(case: Case) -> Iterator[Substitution]:
    """The results for a multiple of x, or x times the gate f(x)/x of one."""
    if case.question.subject != "value" or case.upstream is not None:
        return
    activation = case.question.activation
    active = (case.wide > ACTIVE[0]) & (case.wide < ACTIVE[1]) & digits(case.computed)
    x, computed = case.wide[active], case.computed[active]
    if x.size < FEW or activation.kinks:
        return
    for gated in (False, True) if np.isinf(activation.orders[0].limits[1]) else (False,):

        def multiple(scale: Any, x: Float64, power: int = int(gated)) -> Float64:
            return np.asarray(activation(scale * x) / scale**power)

        def excess(scale: Float64, multiple: Callable[..., Float64] = multiple) -> Float64:
            return multiple(scale, x) - computed

        low, high = (np.full(x.shape, end) for end in SCALES)
        found = median(crossing(excess, low, high))
        if not abs(found - 1) >= FEW_ULP * 2.0**-case.question.format_.precision:
            continue

        def formula(
            x: Array, _: Array | None, multiple: Any = multiple, found: float = found
        ) -> Array:
            return np.asarray(multiple(found, doubles(x))).astype(x.dtype)

        number = f"{found:.6g}" if abs(found - 1) > NEAR_1 else f"(1 {found - 1:+.3g})"
        why = f"this is the result for {number} x, not x"
        if gated:
            why = f"x times the gate of {number} x, not of x: a constant in it is wrong or short"
        yield Substitution(why, (formula,))
