"""Rounding to each format, against rounding by the definition in exact rational arithmetic."""

from fractions import Fraction
from math import copysign, inf, isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.arithmetic import rounding
from reference.arithmetic.double_double import ZERO, DoubleDouble, nearest_pair
from reference.arithmetic.formats import FORMATS
from reference.arithmetic.rounding import (
    add_to_odd,
    narrow,
    narrow_between,
    narrow_double_double,
    nearest,
)

formats = st.sampled_from(list(FORMATS.values()))
OVERFLOW = (2 - 2.0**-8) * 2.0**127
narrow_formats = st.sampled_from([f for f in FORMATS.values() if f.name != "float64"])
each_format = pytest.mark.parametrize("format_", FORMATS.values(), ids=list(FORMATS))
signs = st.sampled_from([1, -1])


def rounded(y: Fraction, format_) -> float:
    """Round to nearest, ties to even: the definition, with the unit found by halving."""
    unit = Fraction(2) ** (format_.emax - format_.precision + 1)
    while unit > format_.smallest and abs(y) < unit * 2 ** (format_.precision - 1):
        unit /= 2
    count, rest = divmod(abs(y), unit)
    count += rest > unit / 2 or (rest == unit / 2 and count % 2 == 1)
    magnitude = count * unit
    return copysign(inf if magnitude > format_.largest else float(magnitude), -1 if y < 0 else 1)


def same(computed, expected: float) -> bool:
    """Whether a number is the one expected, to the sign of a zero."""
    computed = float(computed)
    return computed == expected and copysign(1, computed) == copysign(1, expected)


@st.composite
def near_midpoints(draw, format_) -> Fraction:
    """Numbers of a format, midpoints of two, and what is a hair or a far cry off them."""
    largest = int(np.array(format_.largest).astype(format_.dtype).view(format_.bits))
    edges = [0, 1, 2, 2 ** (format_.precision - 1) - 1, 2 ** (format_.precision - 1), largest]
    position = draw(st.one_of(st.integers(0, largest), st.sampled_from(edges)))
    low = Fraction(float(np.array(position, format_.bits).view(format_.dtype)))
    unit = Fraction(2) ** max(_binade(low) - format_.precision + 1, _binade(format_.smallest))
    away = draw(st.sampled_from([0, 1, -1])) * Fraction(1, 2 ** draw(st.integers(2, 120)))
    return draw(signs) * (low + unit * (draw(st.sampled_from([0, 1])) * Fraction(1, 2) + away))


def _binade(number) -> int:
    _, exponent = np.frexp(float(number))
    return int(exponent) - 1


@st.composite
def doubles_near_midpoints(draw, format_) -> float:
    """The same as doubles, and the doubles beside them."""
    y = float(draw(near_midpoints(format_)))
    return y + draw(st.integers(-2, 2)) * float(np.spacing(y))


doubles = st.floats(allow_nan=False, allow_infinity=False)


@given(st.data(), formats)
def test_nearest_rounds_by_the_definition(data, format_):
    """Rationals: ties, subnormals, past the overflow threshold."""
    y = data.draw(st.one_of(near_midpoints(format_), st.fractions(max_denominator=10**30)))
    y *= data.draw(st.sampled_from([1, Fraction(1, 2**1000), Fraction(2**130)]))
    assert same(nearest(y, format_.dtype), rounded(y, format_))


@given(st.data(), narrow_formats)
def test_narrow_rounds_by_the_definition(data, format_):
    """Doubles: any, and those near the midpoints of the format."""
    y = data.draw(st.one_of(doubles_near_midpoints(format_), doubles))
    if y == 0:
        return
    with np.errstate(all="ignore"):
        [result] = narrow(np.array([y]), format_.dtype)
    assert same(result, rounded(Fraction(y), format_))


@each_format
def test_narrow_keeps_what_is_no_ordinary_number(format_):
    """Zeros with their signs, infinities, NaN."""
    with np.errstate(all="ignore"):
        zero, negative_zero, above, below, none = narrow(
            np.array([0.0, -0.0, inf, -inf, nan]), format_.dtype
        )
    assert same(zero, 0.0)
    assert same(negative_zero, -0.0)
    assert (float(above), float(below)) == (inf, -inf)
    assert isnan(float(none))


@each_format
@pytest.mark.parametrize("error", [0.0, 2.0**-51, 2.0**-12])
def test_both_ends_of_an_error_are_narrowed(format_, error):
    """At all numbers of a format's binades, at the midpoints of those and beside, and far out."""
    rng = np.random.default_rng(32)
    binades = np.arange(format_.emin - format_.precision - 2, format_.emax + 3)
    with np.errstate(all="ignore"):
        numbers = np.ldexp(rng.uniform(1, 2, (200, 1)), binades).ravel().astype(format_.dtype)
        numbers = np.concatenate([numbers.astype(np.float64), [0.0, format_.largest]])
        numbers = numbers[np.isfinite(numbers)]
        spacing = np.exp2(np.maximum(np.frexp(numbers)[1] - 1, format_.emin) + 1)
        midpoints = numbers + spacing * 2.0 ** -(format_.precision + 1)
        beside = np.concatenate([np.nextafter(midpoints, inf), np.nextafter(midpoints, 0)])
        y = np.concatenate([numbers, midpoints, beside, [inf, 5e-324, 1e300]])
        y = np.concatenate([y, -y])
        result, in_doubt = narrow_between(y, error, format_.dtype)
        ends = [narrow(y * (1 + sign * error), format_.dtype) for sign in (-1, 1)]
    assert np.array_equal(in_doubt, ends[0] != ends[1])
    assert result[~in_doubt].tobytes() == ends[1][~in_doubt].tobytes()
    assert in_doubt.any() == (error > 0)


@pytest.mark.parametrize(
    ("y", "expected"),
    [
        pytest.param(1 + 2.0**-8 + 2.0**-30, 1 + 2.0**-7, id="past the midpoint"),
        pytest.param(1 + 3 * 2.0**-8 - 2.0**-40, 1 + 2.0**-7, id="before the midpoint"),
        pytest.param(2.0**-134 + 2.0**-170, 2.0**-133, id="past half the smallest"),
        pytest.param(OVERFLOW * (1 - 2.0**-50), (2 - 2.0**-7) * 2.0**127, id="before overflow"),
    ],
)
def test_a_double_that_would_round_twice_rounds_once(y, expected):
    """By way of a rounded float32 each lands on the midpoint, and on the wrong neighbour."""
    bfloat16 = FORMATS["bfloat16"].dtype
    assert float(np.float32(y).astype(bfloat16)) != expected
    assert float(narrow(np.array([y]), bfloat16)[0]) == expected


moderate = st.floats(-(2.0**500), 2.0**500)


@st.composite
def overlapping(draw) -> tuple[float, float]:
    """Two doubles of which the second is about an ulp of the first, or far less."""
    a = draw(st.floats(1, 2)) * draw(signs)
    return a, draw(signs) * draw(st.floats(0, 1)) * 2.0 ** -draw(st.integers(0, 170))


@given(st.one_of(overlapping(), st.tuples(moderate, moderate)))
def test_a_sum_rounded_to_odd_is_exact_or_odd(pair):
    """It is one of the two doubles around the exact sum, and the one whose last bit is 1."""
    exact = Fraction(pair[0]) + Fraction(pair[1])
    [total] = add_to_odd(np.array([pair[0]]), np.array([pair[1]]))
    if exact == Fraction(float(exact)):
        assert total == float(exact)
        return
    below, above = sorted([float(exact), _other_neighbour(exact)])
    assert total in (below, above)
    assert int(total.view(np.int64)) & 1


def _other_neighbour(exact: Fraction) -> float:
    """Return the double on the other side of an inexact number than the nearest one."""
    near = float(exact)
    return float(np.nextafter(near, inf if near < exact else -inf))


@pytest.mark.parametrize("a", [inf, -inf, 0.0, -0.0])
def test_a_sum_rounded_to_odd_keeps_infinities_and_zeros(a):
    """To the sign, as addition does."""
    b = a if a == 0 else 1.0
    with np.errstate(all="ignore"):
        [total] = add_to_odd(np.array([a]), np.array([b]))
    assert same(total, a)


@st.composite
def pairs(draw, format_) -> tuple[DoubleDouble, Fraction]:
    """Double-double numbers near the midpoints of a format, with exponents of their own."""
    y = draw(near_midpoints(format_)) or Fraction(1, 2**2200)
    binade = abs(y.numerator).bit_length() - y.denominator.bit_length()
    scale = binade + draw(st.integers(-60, 60))
    hi, lo = nearest_pair(y / Fraction(2) ** scale)
    true = (Fraction(hi) + Fraction(lo)) * Fraction(2) ** scale
    return DoubleDouble(np.array([hi]), np.array([lo]), np.array([scale], np.int32)), true


@given(st.data(), formats)
def test_a_double_double_rounds_once(data, format_):
    """With an exponent of its own: ties, subnormals, past the overflow threshold."""
    y, true = data.draw(pairs(format_))
    with np.errstate(all="ignore"):
        [result] = narrow_double_double(y, np.zeros(1), format_.dtype)
    expected = rounded(true, format_)
    assert same(result, copysign(expected, y.hi[0]))


@given(st.data(), formats)
def test_a_double_double_of_unit_scale_rounds_once(data, format_):
    """Without an exponent of its own, while the result is normal in float64."""
    y = data.draw(near_midpoints(format_))
    if not Fraction(1, 2**900) < abs(y) < 2**900:
        y = Fraction(3)
    hi, lo = nearest_pair(y)
    number = DoubleDouble(np.array([hi]), np.array([lo]))
    with np.errstate(all="ignore"):
        [result] = narrow_double_double(number, np.zeros(1), format_.dtype)
    assert same(result, rounded(Fraction(hi) + Fraction(lo), format_))


@given(st.data(), formats, st.integers(60, 100), signs)
def test_the_error_moves_the_number(data, format_, exponent, sign):
    """It is added, in the units of the number, before the one rounding."""
    y, _ = data.draw(pairs(format_))
    error = sign * np.abs(y.hi) * 2.0**-exponent
    moved = Fraction(y.hi[0]) + Fraction(float(y.lo[0] + error[0]))
    with np.errstate(all="ignore"):
        [result] = narrow_double_double(y, error, format_.dtype)
    expected = rounded(moved * Fraction(2) ** int(y.exponent[0]), format_)
    assert same(result, copysign(expected, y.hi[0]))


@pytest.mark.parametrize("exponent", [0, np.array([0]), np.array([-700])], ids=str)
@each_format
def test_a_double_double_zero_keeps_its_sign(format_, exponent):
    """At any scale."""
    for sign in (1, -1):
        zero = DoubleDouble(np.array([sign * 0.0]), np.array([sign * 0.0]), exponent)
        [result] = narrow_double_double(zero, sign * np.zeros(1), format_.dtype)
        assert same(result, sign * 0.0)


@each_format
def test_a_negative_number_underflows_to_negative_zero(format_):
    """And a positive one to zero, however small."""
    for exponent in (-1200, -3000, -(10**6)):
        for sign in (1, -1):
            y = DoubleDouble(np.array([sign * 1.5]), np.array([0.0]), np.array([exponent]))
            [result] = narrow_double_double(y, np.zeros(1), format_.dtype)
            assert same(result, sign * 0.0)
            assert same(
                nearest(Fraction(sign, 2 ** min(-exponent, 4000)), format_.dtype), sign * 0.0
            )


@each_format
def test_overflow_begins_at_its_threshold(format_):
    """The midpoint past the largest number is a tie that goes to infinity."""
    half = Fraction(2) ** (format_.emax - format_.precision)
    threshold = Fraction(format_.largest) + half
    hair = half / 2**40
    for y, expected in ((threshold, inf), (threshold - hair, format_.largest)):
        hi, lo = nearest_pair(y / 2**format_.emax)
        number = DoubleDouble(np.array([hi]), np.array([lo]), np.array([format_.emax]))
        with np.errstate(all="ignore"):
            [result] = narrow_double_double(number, np.zeros(1), format_.dtype)
        assert float(result) == expected
        assert nearest(y, format_.dtype) == expected
        assert nearest(-y, format_.dtype) == -expected


def wrong_roundings(format_, sums) -> int:
    """Count the pairs just past a midpoint that do not round away from it."""
    unit = 2.0 ** (1 - format_.precision)
    midpoint = DoubleDouble(np.array([1 + unit / 2]), np.array([2.0**-100]))
    odd_midpoint = DoubleDouble(np.array([1 + 3 * unit / 2]), np.array([-(2.0**-100)]))
    results = [sums(y, np.zeros(1), format_.dtype)[0] for y in (midpoint, odd_midpoint)]
    return sum(float(result) != 1 + unit for result in results)


@pytest.mark.parametrize("name", ["float16", "bfloat16", "float32"])
def test_a_sum_rounded_to_nearest_first_is_caught(name, monkeypatch):
    """Round to odd is what keeps the second rounding from undoing the first."""
    assert wrong_roundings(FORMATS[name], narrow_double_double) == 0
    monkeypatch.setattr(rounding, "add_to_odd", lambda a, b: a + b)
    assert wrong_roundings(FORMATS[name], narrow_double_double) == 2


def test_a_dropped_low_word_is_caught():
    """The upper half alone lies on the midpoint."""

    def drop(y, error, dtype):
        return narrow_double_double(DoubleDouble(y.hi, ZERO), error, dtype)

    assert wrong_roundings(FORMATS["float32"], drop) == 2
