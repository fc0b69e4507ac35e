"""Arithmetic over heads and tails against exact rational arithmetic."""

from fractions import Fraction
from operator import add, mul, sub, truediv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.arithmetic import head_tail
from reference.arithmetic.double_double import constant
from reference.arithmetic.head_tail import NONE, UNIT, HeadTail, as_head_tail, of_doubles, where

SIZE = 20_000
HEAD_BITS = 26
TAIL = Fraction(1, 2**25) * (1 + Fraction(1, 2**20))


def exact(number):
    """The true values, as fractions."""
    pairs = zip(*np.broadcast_arrays(number.head, number.tail), strict=True)
    return [Fraction(float(head)) + Fraction(float(tail)) for head, tail in pairs]


def is_normalised(number):
    """26 bits in the head, and a tail below its last one."""
    heads = number.head.tolist()
    return all(
        (np.frexp(head)[0] * 2**HEAD_BITS).is_integer()
        and abs(Fraction(tail)) <= TAIL * abs(Fraction(head))
        for head, tail in zip(heads, number.tail.tolist(), strict=True)
    )


@st.composite
def numbers(draw):
    """Heads of up to 26 bits with tails of up to 2^-25 of them, either way."""
    head = draw(st.integers(2**25, 2**26 - 1)) * 2.0 ** draw(st.integers(-200, 200))
    share = draw(st.floats(-1, 1, allow_subnormal=False).filter(lambda s: s == 0 or abs(s) > 1e-9))
    sign = draw(st.sampled_from([1.0, -1.0]))
    return HeadTail(np.array([sign * head]), np.array([sign * head * share * 2.0**-25]))


def spread(seed):
    """Many random numbers in [1, 2)."""
    rng = np.random.default_rng(seed)
    numbers = of_doubles(rng.uniform(1, 2, SIZE))
    return HeadTail(numbers.head, numbers.tail * rng.uniform(0.5, 1, SIZE))


def worst(operation, a, b):
    """The largest error, relatively; of a sum beside the magnitudes of its terms."""
    errors = []
    for computed, p, q in zip(exact(operation(a, b)), exact(a), exact(b), strict=True):
        true = operation(p, q)
        size = abs(p) + abs(q) if operation in (add, sub) else abs(true)
        errors.append(abs(computed - true) / size)
    return max(errors)


@pytest.mark.parametrize("operation", [add, sub, mul, truediv])
@given(numbers(), numbers())
def test_an_operation_is_within_the_unit(operation, a, b):
    """And what comes out is normalised, unless the terms of a sum cancel."""
    assert worst(operation, a, b) <= UNIT
    if operation in (mul, truediv):
        assert is_normalised(operation(a, b))


@pytest.mark.parametrize("operation", [add, mul, truediv])
def test_the_unit_is_of_use(operation):
    """The worst of many random operands comes within a factor of 16."""
    assert UNIT / 16 < worst(operation, spread(1), spread(2)) <= UNIT


def test_results_of_many_operations_stay_normalised():
    """A product of sums of quotients."""
    a, b = spread(3), spread(4)
    number = (a / b + b) * (a * a - b / a + 4)
    assert is_normalised(number)


def test_a_head_that_is_too_long_is_caught(monkeypatch):
    """With 27 bits a product of heads has 54."""
    monkeypatch.setattr(head_tail.functions, "UPPER", np.array(-(1 << 26)))
    assert worst(mul, of_doubles(spread(1).head * 1.1), of_doubles(spread(2).head * 1.1)) > UNIT


@given(numbers(), st.integers(0, 40), st.sampled_from([1, -1]))
def test_a_power_of_two_is_exact(a, exponent, sign):
    """As a factor from either side, and as a divisor."""
    power = sign * 2**exponent
    assert exact(a * power) == exact(power * a) == [exact(a)[0] * power]
    assert exact(a / power) == [exact(a)[0] / power]


@given(numbers(), st.sampled_from([-6, 3, 44715, 1.0507009873554805, -0.01]))
def test_a_number_of_python_is_a_double(a, other):
    """From either side."""
    [number], double = exact(a), Fraction(other)
    assert abs(exact(a * other)[0] / (number * double) - 1) <= UNIT
    assert exact(a * other) == exact(other * a)
    assert abs(exact(a / other)[0] / (number / double) - 1) <= UNIT
    assert abs(exact(other / a)[0] / (double / number) - 1) <= UNIT
    assert abs(exact(other - a)[0] - (double - number)) <= UNIT * (abs(double) + abs(number))


@given(numbers())
def test_negation_and_magnitude_are_exact(a):
    """-a and |a|."""
    [number] = exact(a)
    assert exact(-a) == [-number]
    assert exact(abs(a)) == [abs(number)]


@given(numbers(), numbers())
def test_comparisons_are_those_of_the_numbers(a, b):
    """With 0 and with another number."""
    [p], [q] = exact(a), exact(b)
    assert [bool((a < 0)[0]), bool((a > 0)[0])] == [p < 0, p > 0]
    assert [bool((a == 0)[0]), bool((a - a == 0)[0]), bool((a == a)[0])] == [False, True, True]  # noqa: PLR0124  what it asks
    if abs(p - q) > 8 * UNIT * (abs(p) + abs(q)):
        assert [bool((a < b)[0]), bool((a <= b)[0])] == [p < q, p <= q]
        assert [bool((a > b)[0]), bool((a >= b)[0])] == [p > q, p >= q]


@given(numbers(), numbers(), st.booleans())
def test_where_chooses_exactly(a, b, condition):
    """Heads and tails together; of a constant as well."""
    mask = np.array([condition])
    assert exact(where(mask, a, b)) == exact(a if condition else b)
    assert exact(where(mask, a, 1.0)) == (exact(a) if condition else [1])


@given(st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False))
def test_doubles_and_pairs_are_taken_exactly(x):
    """Of a double nothing is lost, and a constant that has 26 bits has no tail."""
    assert exact(of_doubles(np.array([x]))) == [Fraction(x)]
    assert as_head_tail(3.0).tail is NONE
    pair = constant("0.044715")
    number = as_head_tail(pair)
    total = Fraction(float(pair.hi)) + Fraction(float(pair.lo))
    found = Fraction(float(number.head)) + Fraction(float(number.tail))
    assert abs(found / total - 1) < Fraction(UNIT) / 4
