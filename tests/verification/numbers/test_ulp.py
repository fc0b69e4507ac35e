"""The error unit, against exact rational arithmetic."""

from fractions import Fraction
from math import copysign, inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.arithmetic.formats import FORMATS, Format
from verification.numbers.ulp import error, errors, unit_exponent, unit_exponents

formats = st.sampled_from(list(FORMATS.values()))
doubles = st.floats(allow_nan=False, allow_infinity=False)


def exact_ulp(true: Fraction, format_: Format) -> Fraction:
    """Walk down from the largest binade to the one that holds the value."""
    unit = Fraction(2) ** (format_.emax - format_.precision + 1)
    least = Fraction(2) ** (format_.emin - format_.precision + 1)
    while unit > least and abs(true) < unit * 2 ** (format_.precision - 1):
        unit /= 2
    return unit


@st.composite
def numbers(draw, format_: Format) -> float:
    """Any number of a format, infinities included, as a double."""
    bits = draw(st.integers(0, np.iinfo(format_.bits).max))
    with np.errstate(invalid="ignore"):
        value = float(np.array(bits, format_.bits).view(format_.dtype).astype(np.float64))
    return 0.0 if np.isnan(value) else value


@given(formats, doubles)
def test_ulp_is_the_spacing_of_the_formats_numbers(format_, true):
    """Scalar and vector forms agree with the definition at every double."""
    expected = exact_ulp(Fraction(true), format_)
    assert Fraction(2) ** unit_exponent(Fraction(true), format_) == expected
    assert Fraction(2) ** int(unit_exponents(np.array(true), format_)) == expected


@given(formats, st.fractions(max_denominator=10**40))
def test_ulp_of_a_rational_is_exact(format_, true):
    """A rational just below a power of two, which a double cannot tell from it, counts as below."""
    assert Fraction(2) ** unit_exponent(true, format_) == exact_ulp(true, format_)


@pytest.mark.parametrize("format_", FORMATS.values(), ids=list(FORMATS))
def test_a_value_barely_below_a_power_of_two_has_the_smaller_ulp(format_):
    """Rounding to a double on the way would double the unit."""
    below = 1 - Fraction(1, 2**200)
    assert unit_exponent(below, format_) == -format_.precision
    assert unit_exponent(Fraction(1), format_) == 1 - format_.precision


@given(st.data(), formats, st.fractions(max_denominator=10**30))
def test_error_is_the_distance_in_ulp(data, format_, true):
    """The scalar form is exact for every finite number of the format."""
    computed = data.draw(numbers(format_).filter(np.isfinite))
    expected = abs(Fraction(computed) - true) / exact_ulp(true, format_)
    assert error(computed, true, format_) == expected


@given(st.data(), formats)
def test_vectorised_errors_agree_with_the_exact_ones(data, format_):
    """To a relative 2^-50, wherever the true value is a double."""
    computed, true = data.draw(numbers(format_)), data.draw(doubles)
    exact = error(computed, Fraction(true), format_)
    [found] = errors(np.array([computed]).astype(format_.dtype), np.array([true]), format_)
    if found == inf:
        assert exact > 2**1000
    elif computed != true:
        assert abs(Fraction(float(found)) - exact) <= exact * Fraction(1, 2**50)


@given(st.data(), formats)
def test_a_correctly_rounded_result_is_within_half_an_ulp(data, format_):
    """Rounding to nearest, overflow included, never costs more than 1/2."""
    true = data.draw(doubles)
    with np.errstate(over="ignore", under="ignore"):
        computed = float(np.array(true).astype(format_.dtype).astype(np.float64))
    # ml_dtypes rounds a double to bfloat16 twice.
    if format_.name != "bfloat16" and abs(true) < 2 * format_.largest:
        assert error(computed, Fraction(true), format_) <= Fraction(1, 2)


@pytest.mark.parametrize("name", FORMATS)
def test_infinity_is_right_from_the_overflow_threshold_on(name):
    """Half an ulp past the largest number, infinity and it are equally far."""
    format_ = FORMATS[name]
    half = exact_ulp(Fraction(format_.largest), format_) / 2
    threshold = Fraction(format_.largest) + half
    for sign in (1, -1):
        assert error(copysign(inf, sign), sign * threshold, format_) == Fraction(1, 2)
        assert error(sign * format_.largest, sign * threshold, format_) == Fraction(1, 2)
    assert error(inf, threshold - half / 2, format_) > Fraction(1, 2)
    assert error(-inf, threshold, format_) > 1


@pytest.mark.parametrize("name", FORMATS)
def test_zeros_of_either_sign_are_the_same_number(name):
    """The sign of a zero is not a distance."""
    format_ = FORMATS[name]
    assert error(-0.0, Fraction(0), format_) == 0
    assert errors(np.array([-0.0]).astype(format_.dtype), np.array([0.0]), format_) == [0]


@pytest.mark.parametrize("name", FORMATS)
def test_nan_is_infinitely_far_from_a_number(name):
    """And two NaNs, or two equal infinities, are the same answer."""
    format_ = FORMATS[name]
    computed = np.array([nan, 1.0, nan, inf, inf]).astype(format_.dtype)
    found = errors(computed, np.array([1.0, nan, nan, inf, -inf]), format_)
    assert found.tolist() == [inf, inf, 0, 0, inf]


@pytest.mark.parametrize("format_", FORMATS.values(), ids=list(FORMATS))
def test_an_infinite_result_stands_for_the_number_that_would_come_next(format_):
    """One ulp beyond the largest, of its own sign; and two infinities are the same."""
    computed = np.array([np.inf, -np.inf, -np.inf, np.inf, np.inf]).astype(format_.dtype)
    true = np.array([1.0, -1.0, 1.0, 0.5, 0.0]) * format_.largest
    true[4] = np.inf
    found = errors(computed, true, format_)
    assert found[0] == found[1] == 1
    assert found[2] == 2 ** (format_.precision + 1) - 1
    assert found[3] == 2**format_.precision + 1
    assert found[4] == 0
