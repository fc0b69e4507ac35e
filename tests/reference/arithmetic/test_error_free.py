"""Sums and products as exact pairs: exact in all of the stated domain, and where it ends."""

from fractions import Fraction
from math import inf, isinf, ldexp

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reference.arithmetic.error_free import fast_two_sum, split, two_product, two_sum

LARGEST = np.finfo(np.float64).max


@st.composite
def doubles(draw, lowest: int, highest: int) -> np.float64:
    """Doubles of all significands, with exponents spread evenly, and zeros."""
    significand = draw(st.one_of(st.just(0), st.integers(2**52, 2**53 - 1)))
    magnitude = ldexp(significand, draw(st.integers(lowest, highest)) - 52)
    return np.float64(draw(st.sampled_from([1, -1])) * magnitude)


@st.composite
def close_pairs(draw) -> tuple[np.float64, np.float64]:
    """Pairs whose significands overlap, so that sums round and cancel."""
    a = draw(doubles(-1000, 1000))
    _, exponent = np.frexp(a)
    near = int(exponent)
    return a, draw(doubles(near - 110, near + 20))


pairs = st.one_of(
    close_pairs(),
    st.tuples(doubles(-1074, 1021), doubles(-1074, 1021)),
    st.tuples(*2 * (st.floats(-(2.0**1022), 2.0**1022).map(np.float64),)),
)


def significant_bits(number: float) -> int:
    """Count the bits from the first 1 to the last."""
    numerator = abs(Fraction(float(number)).numerator)
    return (numerator // (numerator & -numerator)).bit_length() if numerator else 0


def is_exact(pair, true: Fraction) -> bool:
    """Whether the pair is the true value, its first half the true value's nearest double."""
    high, low = map(float, pair)
    return Fraction(high) + Fraction(low) == true and high == float(true)


@given(pairs)
def test_two_sum_is_exact(operands):
    """For doubles of any two exponents below the overflow, in either order."""
    a, b = operands
    assert is_exact(two_sum(a, b), Fraction(float(a)) + Fraction(float(b)))


@given(pairs)
def test_fast_two_sum_is_exact_for_a_larger_first_term(operands):
    """The order is by magnitude."""
    b, a = sorted(operands, key=abs)
    assert is_exact(fast_two_sum(a, b), Fraction(float(a)) + Fraction(float(b)))


def test_fast_two_sum_needs_the_larger_term_first():
    """1 + (2^53 + 2) is a tie whose error it gets wrong; in the other order it does not."""
    small, large = np.float64(1), np.float64(2**53 + 2)
    true = Fraction(2**53 + 3)
    assert not is_exact(fast_two_sum(small, large), true)
    assert is_exact(fast_two_sum(large, small), true)


def test_two_sum_ends_at_the_overflow():
    """Twice the largest double is infinite, and its error is no number."""
    with np.errstate(all="ignore"):
        total, error = two_sum(np.float64(LARGEST), np.float64(LARGEST))
    assert isinf(total)
    assert not np.isfinite(error)


@given(st.one_of(doubles(-1074, 1022), st.floats(-(2.0**1023), 2.0**1023).map(np.float64)))
def test_split_gives_two_halves_of_26_bits(a):
    """Their sum is exact, for subnormal numbers as well."""
    upper, lower = map(float, split(a))
    assert Fraction(upper) + Fraction(lower) == Fraction(float(a))
    assert max(significant_bits(upper), significant_bits(lower)) <= 26


def test_split_ends_just_below_the_largest_double():
    """At 2^1023.99 it is exact; the largest double would round up to 2^1024."""
    a = np.float64(2**0.99 * 2.0**1023)
    upper, lower = map(float, split(a))
    assert Fraction(upper) + Fraction(lower) == Fraction(float(a))
    assert split(np.float64(LARGEST))[0] == inf


@given(st.data())
def test_two_product_is_exact(data):
    """While the last bit of the product, 2^-104 of it or more, is a double: from 2^-968 on."""
    a = data.draw(doubles(-1020, 1020))
    _, exponent = np.frexp(a)
    lowest, highest = -968 - int(exponent), 1020 - int(exponent)
    b = data.draw(doubles(max(lowest, -1020), min(highest, 1020)))
    assert is_exact(two_product(a, b), Fraction(float(a)) * Fraction(float(b)))


def test_two_product_ends_where_its_error_underflows():
    """(1 + 2^-52)² needs 2^-104 beside 1: at 2^-970 that is a double, at 2^-971 it is not."""
    odd = 1 + 2.0**-52
    for exponent, expected in ((-970, True), (-971, False)):
        a, b = np.float64(odd), np.float64(ldexp(odd, exponent))
        true = Fraction(float(a)) * Fraction(float(b))
        assert is_exact(two_product(a, b), true) is expected
