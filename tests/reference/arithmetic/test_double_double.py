"""Double-double arithmetic against exact rational arithmetic."""

from fractions import Fraction
from operator import add, mul, sub, truediv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.arithmetic import double_double
from reference.arithmetic.double_double import (
    SMALLEST_EXPONENT,
    ZERO,
    DoubleDouble,
    as_double_double,
    nearest_pair,
    power_of_two,
    where,
)

U = Fraction(1, 2**53)
SUM = 3 * U**2 / (1 - 4 * U)
SUM_WITH_DOUBLE = 2 * U**2
PRODUCT = 7 * U**2
QUOTIENT = 15 * U**2 + 56 * U**3
SIZE = 20_000


@st.composite
def numbers(draw, lowest: int = -200, highest: int = 200) -> DoubleDouble:
    """Normalised pairs, some with an exponent of their own."""
    sign = draw(st.sampled_from([1, -1]))
    scale = Fraction(2) ** (draw(st.integers(lowest, highest)) - 52)
    low = draw(st.integers(-(2**52), 2**52)) * Fraction(1, 2 ** draw(st.integers(53, 110)))
    hi, lo = nearest_pair(sign * (draw(st.integers(2**52, 2**53 - 1)) + low) * scale)
    exponent = draw(st.one_of(st.just(0), st.integers(-3000, 0).map(np.int32)))
    exponent = exponent if isinstance(exponent, int) else np.array([exponent])
    return DoubleDouble(np.array([hi]), np.array([lo]), exponent)


def doubles(lowest: int = -200, highest: int = 200):
    """Doubles of moderate size."""
    return numbers(lowest, highest).map(lambda number: number.hi)


def relative_error(computed: Fraction, true: Fraction) -> Fraction:
    """Return |computed / true - 1|."""
    return abs(computed - true) / abs(true) if true else abs(computed)


def spread(seed: int) -> DoubleDouble:
    """Many pairs of random significands in [1, 2)."""
    rng = np.random.default_rng(seed)
    lo = np.ldexp(rng.uniform(-1, 1, SIZE), -53 - rng.integers(0, 4, SIZE))
    return DoubleDouble(rng.uniform(1, 2, SIZE), lo)


def worst(operation, a, b, exact) -> Fraction:
    """Return the largest relative error over arrays."""
    triples = zip(exact(operation(a, b)), exact(a), exact(b), strict=True)
    return max(relative_error(result, operation(p, q)) for result, p, q in triples)


@given(numbers(), numbers(), st.sampled_from([add, sub]))
def test_sum_is_right_to_3_u2(exact, a, b, operation):
    """Of terms of either sign, aligned where they have exponents of their own."""
    [true] = map(operation, exact(a), exact(b))
    [computed] = exact(operation(a, b))
    lost = Fraction(2) ** SMALLEST_EXPONENT * max(map(abs, exact(a) + exact(b))) * 2**450
    assert abs(computed - true) <= SUM * abs(true) + lost


@given(numbers(), doubles(), st.sampled_from([add, sub]))
def test_sum_with_a_double_is_right_to_2_u2(exact, a, b, operation):
    """On either side."""
    if not isinstance(a.exponent, int):
        a = DoubleDouble(a.hi, a.lo)
    for left, right in ((a, b), (b, a)):
        [true] = map(operation, exact(left), exact(right))
        [computed] = exact(operation(left, right))
        assert abs(computed - true) <= SUM_WITH_DOUBLE * abs(true)


@given(numbers(), numbers())
def test_product_is_right_to_7_u2(exact, a, b):
    """Exponents add."""
    [true] = map(mul, exact(a), exact(b))
    assert relative_error(exact(a * b)[0], true) <= PRODUCT


@given(numbers(), numbers())
def test_quotient_is_right_to_15_u2(exact, a, b):
    """Exponents subtract."""
    [true] = map(truediv, exact(a), exact(b))
    assert relative_error(exact(a / b)[0], true) <= QUOTIENT


@pytest.mark.parametrize(
    ("operation", "bound"),
    [
        pytest.param(add, SUM, id="sum"),
        pytest.param(mul, PRODUCT, id="product"),
        pytest.param(truediv, QUOTIENT, id="quotient"),
    ],
)
def test_bounds_are_of_use(exact, operation, bound):
    """The worst of many random operands comes within a factor of 4."""
    assert bound / 4 < worst(operation, spread(1), spread(2), exact) <= bound


def test_bound_of_a_sum_with_a_double_is_of_use(exact):
    """The worst of many random operands comes within a factor of 4."""
    b = as_double_double(spread(2).hi / 2)
    assert SUM_WITH_DOUBLE / 4 < worst(add, spread(1), b, exact) <= SUM_WITH_DOUBLE


@given(numbers(), st.integers(-40, 40), st.sampled_from([1, -1]))
def test_a_power_of_two_is_exact(exact, a, exponent, sign):
    """As a factor from either side, and as a divisor."""
    power = sign * 2 ** abs(exponent)
    assert exact(a * power) == exact(power * a) == [exact(a)[0] * power]
    assert exact(a / power) == [exact(a)[0] / power]


@given(numbers(), st.sampled_from([-6, 3, 44715, 10**6, 2**53 - 1, -(10**6)]))
def test_an_integer_is_a_double(exact, a, integer):
    """Sums, products and quotients with it keep the bounds, from either side."""
    [number] = exact(a)
    assert relative_error(exact(a * integer)[0], number * integer) <= PRODUCT
    assert exact(a * integer) == exact(integer * a)
    assert relative_error(exact(a / integer)[0], number / integer) <= QUOTIENT
    assert relative_error(exact(integer / a)[0], integer / number) <= QUOTIENT
    if isinstance(a.exponent, int):
        assert relative_error(exact(integer - a)[0], integer - number) <= SUM_WITH_DOUBLE


@given(numbers())
def test_zero_absorbs_and_is_neutral(exact, a):
    """The int 0 is no power of two; a sum with it is exact while its halves are doubles."""
    assert exact(a * 0) == [0]
    a = DoubleDouble(a.hi, a.lo, np.maximum(a.exponent, -500))
    assert exact(a + 0) == exact(0 + a) == exact(a)


@given(numbers())
def test_negation_and_magnitude_are_exact(exact, a):
    """-a and |a|."""
    [number] = exact(a)
    assert exact(-a) == [-number]
    assert exact(abs(a)) == [abs(number)]


@given(numbers())
def test_comparison_with_zero_is_that_of_the_number(exact, a):
    """The sign is that of the upper half."""
    [number] = exact(a)
    assert bool((a < 0)[0]) is (number < 0)
    assert bool((a > 0)[0]) is (number > 0)


@given(numbers(), st.one_of(numbers(), doubles()), st.booleans())
def test_where_chooses_exactly(exact, a, b, condition):
    """Halves and exponents together; an exponent on one side alone is enough."""
    mask = np.array([condition])
    assert exact(where(mask, a, b)) == exact(a if condition else b)
    assert exact(where(mask, b, a)) == exact(b if condition else a)


@given(st.lists(st.integers(-5000, 0), min_size=1, max_size=9))
def test_power_of_two_is_exact_down_to_the_smallest(exponents):
    """2^-1000 stands for what is below."""
    expected = [2.0 ** max(exponent, SMALLEST_EXPONENT) for exponent in exponents]
    assert power_of_two(np.array(exponents, np.int32)).tolist() == expected


@given(st.fractions(max_denominator=10**40))
def test_nearest_pair_is_normalised_and_near(number):
    """|lo| <= ulp(hi)/2, and what is left is at most half an ulp of lo."""
    hi, lo = nearest_pair(number)
    assert hi + lo == hi
    assert abs(number - Fraction(hi) - Fraction(lo)) <= U * abs(Fraction(lo))


def sloppy_sum(a, b):
    """Leave out the error of the sum of the lower halves."""
    total, error = double_double.two_sum(a.hi, b.hi)
    return DoubleDouble(*double_double.fast_two_sum(total, error + (a.lo + b.lo)))


def test_a_sum_that_drops_an_error_is_caught(exact):
    """The rounding of the lower halves' sum matters where the upper halves cancel."""
    a = spread(1)
    b = DoubleDouble(-np.nextafter(a.hi, 0), spread(2).lo)
    true = [p + q for p, q in zip(exact(a), exact(b), strict=True)]
    for total, holds in ((a + b, True), (sloppy_sum(a, b), False)):
        errors = map(relative_error, exact(total), true)
        assert (max(errors) <= SUM) is holds


def test_a_product_that_drops_a_low_word_is_caught(exact):
    """By the bound that the sound one keeps."""

    def product(a, b):
        if isinstance(a, Fraction):
            return a * b
        return a * DoubleDouble(b.hi, ZERO)

    assert worst(product, spread(1), spread(2), exact) > PRODUCT


def test_numpy_arrays_leave_the_operation_to_the_number():
    """An array on the left does not take a double-double for an object."""
    product = np.ones(3) * DoubleDouble(np.ones(3), np.zeros(3))
    assert isinstance(product, DoubleDouble)
