"""Then values: NaN, infinities, zeros, subnormals, the largest numbers, and no warnings."""

import warnings
from math import inf

import numpy as np
import pytest

from verification.examination.tried import inputs_of
from verification.examination.truth import Question, answer
from verification.formula import balls
from verification.formula.language import formula_of
from verification.numbers.ulp import CORRECTLY_ROUNDED


def doubles(results):
    """Widen results, exactly; a signaling NaN is no matter here."""
    with np.errstate(invalid="ignore"):
        return np.asarray(results).astype(np.float64)


def of_formula(activation, x):
    """f, f' and f'' of the formula text, by ball arithmetic."""
    form = balls.form(formula_of(activation.name), activation.parameters)
    return [float(ball.mid()) for ball in balls.jet(form, x, 128)]


def patterns(format_):
    """All bit patterns of a 16-bit format, or as many of a wider one."""
    if format_.dtype.itemsize == 2:
        return np.arange(1 << 16).astype(np.uint16).view(format_.dtype)
    rng = np.random.default_rng(15)
    largest = np.iinfo(format_.bits).max
    return rng.integers(0, largest, 1 << 14, format_.bits, endpoint=True).view(format_.dtype)


def quiet_nans(format_):
    """Quiet NaNs of both signs with several payloads."""
    infinity = int(np.array(inf).astype(format_.dtype).view(format_.bits))
    quiet = infinity | 1 << format_.precision - 2
    negative = 1 << format_.width - 1
    bits = [quiet | payload | sign for payload in (0, 1, 0x15, 0x3F) for sign in (0, negative)]
    return np.array(bits, np.uint64).astype(format_.bits).view(format_.dtype)


def test_nan_is_kept_with_its_payload(order_and_call, implementation, format_, hold):
    """A quiet NaN comes back as it is, in forward and derivative; of others, as some NaN."""
    order, call = order_and_call
    x = quiet_nans(format_)
    if not implementation.ignores_nan(order):
        hold(x, call(x), x)


def test_nan_and_nothing_else_gives_nan(order_and_call, implementation, format_):
    """For every pattern, the signaling ones included."""
    order, call = order_and_call
    x = patterns(format_)
    if implementation.ignores_nan(order):
        x = x[~np.isnan(doubles(x))]
    with np.errstate(invalid="ignore"):
        wrong = x[np.isnan(doubles(call(x))) != np.isnan(doubles(x))]
    assert not wrong.size, f"NaN at {wrong.size} of {x.size} inputs, such as {wrong[:3]}"


@pytest.mark.parametrize("side", [0, 1], ids=["-inf", "+inf"])
def test_infinity_gives_the_limit(order_and_call, implementation, format_, side, hold):
    """To the sign of a zero, rounded to the format."""
    order, call = order_and_call
    limit = implementation.facts.orders[order].limits[side]
    x = np.array([(-inf, inf)[side]]).astype(format_.dtype)
    hold(x, call(x), np.array([limit]).astype(format_.dtype))


def test_zero_keeps_its_sign_where_the_function_changes_sign(
    forward, implementation, format_, hold
):
    """Elsewhere both zeros give one value: +0 for relu, 1/2 for sigmoid."""
    zeros = np.array([0.0, -0.0]).astype(format_.dtype)
    value, *_ = of_formula(implementation.facts, 0.0)
    changes_sign = 0.0 in implementation.facts.orders[0].roots
    expected = zeros if changes_sign else np.full_like(zeros, value)
    hold(zeros, forward(zeros), expected, exactly=changes_sign)


def test_both_zeros_have_one_derivative(derivative, implementation, format_, hold):
    """At a kink, the one that is stated; of others, any between its sides."""
    zeros = np.array([0.0, -0.0]).astype(format_.dtype)
    slopes = derivative(zeros)
    hold(zeros, slopes[::-1], slopes, exactly=True)
    for kink in implementation.facts.kinks:
        ends = np.array([kink.left, kink.right]).astype(format_.dtype)
        assert doubles(ends)[0] <= doubles(slopes)[0] <= doubles(ends)[1]
        if implementation.exact:
            hold(zeros, slopes, np.full_like(zeros, kink.chosen))


def test_subnormal_inputs_are_not_flushed(forward, implementation, format_, hold):
    """The results are f(0) where that is not 0, else slope x rounded to a subnormal number."""
    facts = implementation.facts
    counts = np.arange(-33, 34)
    x = (counts * format_.smallest).astype(format_.dtype)
    results = forward(x)
    if results[33] != 0:
        hold(x, results, np.full_like(x, results[33]))
        return
    kinks = [kink for kink in facts.kinks if kink.at == 0]
    left, right = (kinks[0].left, kinks[0].right) if kinks else [of_formula(facts, 0.0)[1]] * 2
    # What bends the curve is far below the last bit, and decides the ties of the slope.
    before, after = (np.sign(of_formula(facts, x)[2]) for x in (-(2.0**-20), 2.0**-20))
    bend = np.where(counts < 0, before, after)
    exact = np.where(counts < 0, left, right) * counts + bend * 1e-9
    expected = (np.rint(exact) * format_.smallest).astype(format_.dtype)
    # The sign of a zero is the subject of another law.
    hold(x, results + format_.dtype.type(0), expected + format_.dtype.type(0))


def test_subnormal_inputs_have_the_derivative_at_zero(derivative, implementation, format_, hold):
    """On either side of a kink, that side's own."""
    sides = np.array([-format_.smallest, format_.smallest]).astype(format_.dtype)
    slopes = derivative(sides)
    for kink in implementation.facts.kinks:
        hold(sides, slopes, np.array([kink.left, kink.right]).astype(format_.dtype))
    if not implementation.facts.kinks:
        hold(sides, slopes, np.resize(derivative(np.zeros_like(sides)), 2))


def test_the_largest_numbers_give_what_the_limit_says(
    order_and_call, implementation, format_, hold
):
    """The limit where it is finite, and x, or the slope times x, where it is not."""
    order, call = order_and_call
    x = np.array([-format_.largest, format_.largest])
    slopes = np.array(implementation.facts.orders[1].limits)
    limits = np.array(implementation.facts.orders[order].limits)
    expected = np.where(np.isinf(limits), x * slopes, limits).astype(format_.dtype)
    hold(x.astype(format_.dtype), call(x.astype(format_.dtype)), expected)


def test_results_are_within_the_bounds(order_and_call, implementation, format_, hold):
    """Rounded to the format, for every pattern."""
    order, call = order_and_call
    low, high = doubles(np.array(implementation.facts.orders[order].bounds).astype(format_.dtype))
    x = patterns(format_)
    with np.errstate(invalid="ignore"):
        results = call(x)
        numbers = ~np.isnan(doubles(results))
        inside = np.clip(doubles(results), low, high).astype(format_.dtype)
    hold(x[numbers], results[numbers], inside[numbers])


def test_results_are_within_the_tolerance(order_and_call, implementation, format_, hold):
    """That of `check`, over the active range and the tails."""
    order, call = order_and_call
    subject = ("value", "derivative")[order]
    tolerance = CORRECTLY_ROUNDED if implementation.exact else implementation.tolerance(format_)
    question = Question(implementation.facts, subject, format_, tolerance)
    x = inputs_of(question)
    x = x[~np.isnan(doubles(x))]
    with np.errstate(all="ignore"):
        got = call(x)
        found = answer(question, x, got)
    hold(x[found.wrong], got[found.wrong], found.expected[found.wrong])


def test_no_warning_reaches_the_caller(call, implementation, format_):
    """Under ``np.errstate(all="raise")``, whatever the input; others may underflow."""
    under = "raise" if implementation.exact else "ignore"
    with np.errstate(all="raise", under=under), warnings.catch_warnings():
        warnings.simplefilter("error")
        call(patterns(format_))


def test_the_callers_error_state_is_left_alone(call, format_):
    """What was to be raised before is to be raised after."""
    with np.errstate(over="raise", under="ignore", divide="call", invalid="warn"):
        before = np.geterr()
        call(patterns(format_)[:100])
        assert np.geterr() == before
