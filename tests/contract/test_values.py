"""Then values: NaN, infinities, zeros, subnormals, the largest numbers, and no warnings."""

import warnings
from math import copysign, inf, isinf

import numpy as np
import pytest


def doubles(results):
    """Widen results, exactly."""
    return np.asarray(results).astype(np.float64)


def is_number(computed, expected):
    """Whether a result is a number, to the sign of a zero."""
    return computed == expected and copysign(1, computed) == copysign(1, expected)


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
    negative = 1 << format_.dtype.itemsize * 8 - 1
    bits = [quiet | payload | sign for payload in (0, 1, 0x15, 0x3F) for sign in (0, negative)]
    return np.array(bits, np.uint64).astype(format_.bits).view(format_.dtype)


def test_nan_is_kept_with_its_payload(order_and_call, format_, same):
    """A quiet NaN comes back as it is, in forward and derivative."""
    _, call = order_and_call
    x = quiet_nans(format_)
    assert same(call(x), x)


def test_nan_and_nothing_else_gives_nan(order_and_call, format_):
    """For every pattern, the signaling ones included."""
    _, call = order_and_call
    x = patterns(format_)
    with np.errstate(invalid="ignore"):
        assert np.array_equal(np.isnan(doubles(call(x))), np.isnan(doubles(x)))


@pytest.mark.parametrize("side", [0, 1], ids=["-inf", "+inf"])
def test_infinity_gives_the_limit(order_and_call, implementation, format_, side):
    """To the sign of a zero, rounded to the format."""
    order, call = order_and_call
    limit = implementation.facts.orders[order].limits[side]
    [result] = doubles(call(np.array([(-inf, inf)[side]]).astype(format_.dtype)))
    assert is_number(result, float(np.array(limit).astype(format_.dtype)))


def test_zero_keeps_its_sign_where_the_function_changes_sign(implementation, format_):
    """Elsewhere both zeros give one value: +0 for relu, 1/2 for sigmoid."""
    zeros = np.array([0.0, -0.0]).astype(format_.dtype)
    positive, negative = doubles(implementation.forward(zeros)).tolist()
    changes_sign = 0.0 in implementation.facts.orders[0].roots
    expected = 0.5 if implementation.name == "sigmoid" else 0.0
    assert is_number(positive, expected)
    assert is_number(negative, -0.0 if changes_sign else expected)


def test_both_zeros_have_one_derivative(implementation, format_):
    """At a kink, the one that is stated."""
    zeros = np.array([0.0, -0.0]).astype(format_.dtype)
    positive, negative = doubles(implementation.derivative(zeros)).tolist()
    assert is_number(negative, positive)
    for kink in implementation.facts.kinks:
        assert positive == float(np.array(kink.chosen).astype(format_.dtype))


def test_subnormal_inputs_are_not_flushed(implementation, format_):
    """The results are f(0) where that is not 0, else slope x rounded to a subnormal number."""
    function = implementation.facts.orders[0]
    counts = np.arange(-33, 34)
    results = doubles(implementation.forward((counts * format_.smallest).astype(format_.dtype)))
    if results[33] != 0:
        assert set(results.tolist()) == {results[33]}
        return
    if function.expansion:
        slope, coefficient, power = function.expansion
        # The second term is far below the last bit, and decides the ties of the first.
        exact = slope * counts + coefficient * 1e-9 * np.sign(counts) ** power
    else:
        (kink,) = implementation.facts.kinks
        exact = np.where(counts < 0, kink.left, kink.right) * counts
    assert np.array_equal(results, np.rint(exact) * format_.smallest)


def test_subnormal_inputs_have_the_derivative_at_zero(implementation, format_):
    """On either side of a kink, that side's own."""
    sides = np.array([-format_.smallest, format_.smallest, 0.0]).astype(format_.dtype)
    left, right, centre = doubles(implementation.derivative(sides)).tolist()
    for kink in implementation.facts.kinks:
        expected = [
            float(np.array(slope).astype(format_.dtype)) for slope in (kink.left, kink.right)
        ]
        assert [left, right] == expected
    if not implementation.facts.kinks:
        assert left == centre == right


def test_the_largest_numbers_give_what_the_limit_says(order_and_call, implementation, format_):
    """The limit where it is finite, and x, or the slope times x, where it is not."""
    order, call = order_and_call
    x = np.array([-format_.largest, format_.largest])
    results = doubles(call(x.astype(format_.dtype))).tolist()
    slopes = (implementation.facts.parameters.get("negative_slope", 0.0), 1.0)
    limits = implementation.facts.orders[order].limits
    for point, result, limit, slope in zip(x, results, limits, slopes, strict=True):
        expected = point * slope if isinf(limit) else limit
        assert is_number(result, float(np.array(expected).astype(format_.dtype)))


def test_results_are_within_the_bounds(order_and_call, implementation, format_):
    """Rounded to the format, for every pattern."""
    order, call = order_and_call
    bounds = np.array(implementation.facts.orders[order].bounds)
    low, high = doubles(bounds.astype(format_.dtype))
    with np.errstate(invalid="ignore"):
        results = doubles(call(patterns(format_)))
    results = results[~np.isnan(results)]
    assert low <= results.min()
    assert results.max() <= high


def test_no_warning_reaches_the_caller(call, format_):
    """Under ``np.errstate(all="raise")``, whatever the input."""
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        call(patterns(format_))


def test_the_callers_error_state_is_left_alone(call, format_):
    """What was to be raised before is to be raised after."""
    with np.errstate(over="raise", under="ignore", divide="call", invalid="warn"):
        before = np.geterr()
        call(patterns(format_)[:100])
        assert np.geterr() == before
