"""The third level: intervals of decimals, against balls and against exact fractions."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal, getcontext
from fractions import Fraction
from math import inf, nan
from time import process_time

import numpy as np
import pytest
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from reference.arithmetic.ends import End, UndecidedError, precision
from reference.arithmetic.interval import Interval, density_at_zero
from reference.arithmetic.rounding import nearest

PRECISIONS = [20, 60, 240]
each_precision = pytest.mark.parametrize("digits", PRECISIONS)
ARGUMENTS = [
    "-2400", "-745.1", "-36.7", "-1", "-0.5", "-0.001", "-1e-17", "-1e-40", "-1e-300",
    "1e-300", "1e-40", "1e-17", "0.001", "0.5", "1", "36.7", "745.1", "2400",
]  # fmt: skip
fractions = st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**6)
FLOAT32 = np.dtype(np.float32)


def ball(number):
    """A fraction as a ball."""
    return arb(fmpq(number.numerator, number.denominator))


def enclose(number, digits, *, bits=20_000):
    """Lower and upper end as balls, and that they are apart by a few units of the last digit."""
    with ctx.workprec(bits):
        low, high = (arb(str(end.at)) for end in number.ends)
        width = (high - low) / abs(high if high > 0 else low)
        assert width < arb(10) ** (4 - digits)
        return low, high


def contains(number, true, digits):
    """Whether an inexact interval holds the true number strictly inside."""
    low, high = enclose(number, digits)
    with ctx.workprec(20_000):
        return bool(low < true) and bool(true < high)


@each_precision
@pytest.mark.parametrize("text", ARGUMENTS)
@pytest.mark.parametrize("name", ["exp", "expm1", "log1p"])
def test_functions_enclose_the_true_value_closely(name, text, digits):
    """Strictly inside, at every precision, also where terms cancel."""
    x = Fraction(text)
    if name == "log1p" and x <= -1:
        return
    with precision(digits):
        found = getattr(Interval(x), name)()
    with ctx.workprec(20_000):
        true = getattr(ball(x), name)()
    assert contains(found, true, digits)
    assert all(end.is_open for end in found.ends)


@each_precision
@pytest.mark.parametrize("text", ["1e-300", "1e-20", "1/3", "0.75", "3", "8.5", "20", "38.5", "56"])
def test_the_scaled_tail_encloses_the_true_value_closely(text, digits):
    """Also where the series cancels to 10^-700 of its terms."""
    a = Fraction(text)
    with precision(digits):
        found = Interval(a).scaled_tail()
    with ctx.workprec(20_000):
        point = ball(a)
        true = (point * point / 2).exp() * (point / arb(2).sqrt()).erfc() / 2
    assert contains(found, true, digits)


@pytest.mark.parametrize("text", ["60.5", "100", "1e10", "1e300"])
def test_the_scaled_tail_far_out_is_between_mills_bounds(text):
    """Which hold the true value, to a part in a²."""
    a = Fraction(text)
    with precision(60):
        low, high = (Fraction(end.at) for end in Interval(a).scaled_tail().ends)
    with ctx.workprec(4000):
        point = ball(a)
        density = 1 / (2 * arb.pi()).sqrt()
        square = point * point
        rest = 3 / square**2 - arb(7.5, 7.5) / square**3
        true = density / point * (1 - 1 / square + rest)
        assert ball(low) < true
        assert true < ball(high)
    assert high - low < high * 2 / a**2 + high / 10**50


@each_precision
def test_the_density_at_zero_is_enclosed_closely(digits):
    """1/√(2π)."""
    with precision(digits):
        found = density_at_zero()
    with ctx.workprec(20_000):
        true = 1 / (2 * arb.pi()).sqrt()
    assert contains(found, true, digits)


@pytest.mark.parametrize("name", ["exp", "expm1", "log1p", "scaled_tail"])
def test_functions_are_exact_at_zero(name):
    """1, 0, 0 and 1/2."""
    expected = {"exp": 1, "expm1": 0, "log1p": 0, "scaled_tail": Fraction(1, 2)}[name]
    assert getattr(Interval(Fraction(0)), name)().exact == expected


@given(fractions, fractions, st.sampled_from("+-*/"))
def test_rationals_stay_exact(a, b, operator):
    """Whatever is done to them."""
    p, q = Interval(a), Interval(b)
    if operator == "/" and b == 0:
        with pytest.raises(ZeroDivisionError):
            _ = p / q
        return
    results = {"+": (a + b, p + q), "-": (a - b, p - q), "*": (a * b, p * q)}
    true, found = results[operator] if operator != "/" else (a / b, p / q)
    assert found.exact == true
    assert (-found).exact == -true
    assert abs(found).exact == abs(true)


@given(fractions, fractions, st.sampled_from("+-*/"), st.sampled_from([8, 30]))
def test_operations_on_inexact_numbers_enclose_the_true_result(a, b, operator, digits):
    """With e^(a/10^6) and e^(b/10^6) - 1 as operands, rounded outwards."""
    a, b = a / 10**6, b / 10**6
    if b == 0:
        return
    with precision(digits):
        p, q = Interval(a).exp(), Interval(b).expm1()
        pairs = {"+": lambda u, v: u + v, "-": lambda u, v: u - v, "*": lambda u, v: u * v}
        work = pairs.get(operator, lambda u, v: u / v)
        found = work(p, q)
    with ctx.workprec(2000):
        true = work(ball(a).exp(), ball(b).expm1())
        low, high = (arb(str(end.at)) for end in found.ends)
        assert low < true
        assert true < high


def test_mixed_operands_are_the_numbers_that_they_are():
    """Floats, ints and fractions on either side."""
    x = Interval(Fraction(3))
    assert (1 + x * 0.5 - Fraction(1, 2)).exact == 2
    assert (1 / x).exact == Fraction(1, 3)
    assert (0.1 - x).exact == Fraction(0.1) - 3
    with pytest.raises(TypeError, match="expected a real number, not 'x'"):
        _ = x + "x"


@pytest.mark.parametrize("number", [inf, nan])
def test_what_is_no_number_has_no_interval(number):
    """The caller settles it before."""
    with pytest.raises((OverflowError, ValueError)):
        Interval.of(number)


def ends_at(number, dtype):
    """Both ends rounded to a format."""
    (low, above), (high, below) = number.bounds()
    return nearest(low, dtype, above), nearest(high, dtype, below)


def test_a_tie_is_told_by_an_open_end():
    """x σ(x) = x/2 + x²/4 at 2^-149 is above the tie x/2, which 60 digits cannot show."""
    tiny = 2.0**-149
    with precision(60):
        x = Interval.of(tiny)
        above = x / (1 + (-x).exp())
        below = -x / (1 + x.exp())
    assert ends_at(above, FLOAT32) == (tiny, tiny)
    assert [repr(end) for end in ends_at(below, FLOAT32)] == ["-0.0", "-0.0"]
    assert ends_at(x / 2, FLOAT32) == (0.0, 0.0)


@pytest.mark.parametrize("name", ["exp", "expm1", "log1p", "scaled_tail"])
def test_an_open_end_stays_open_in_a_function(name):
    """What is above 0 has an image strictly beyond that of 0."""
    with precision(30):
        tiny = Interval(Fraction(-(10**40))).exp()
        assert tiny.ends[0] == End(Decimal(0), is_open=True)
        found = getattr(tiny, name)()
    near = found.ends[1 if name == "scaled_tail" else 0]
    assert near.is_open
    assert near.at == {"exp": 1, "scaled_tail": Decimal("0.5")}.get(name, 0)


def test_a_closed_zero_attains_the_product():
    """[0, 1] times anything attains 0; (0, 1] does not."""
    closed, opened = End(Decimal(0), is_open=False), End(Decimal(0), is_open=True)
    one = End(Decimal(1), is_open=False)
    other = Interval(None, (End(Decimal(2), is_open=True), End(Decimal(3), is_open=True)))
    assert not (Interval(None, (closed, one)) * other).ends[0].is_open
    assert (Interval(None, (opened, one)) * other).ends[0].is_open


@pytest.mark.parametrize("exponent", [20, 1000])
@pytest.mark.parametrize("sign", [-1, 1])
def test_exponents_beyond_all_formats_take_no_time(exponent, sign):
    """e^±10^1000 is an open interval at 0 or at infinity; no huge integer is built."""
    start = process_time()
    with precision(60):
        x = Interval(Fraction(sign * 10**exponent))
        results = [x.exp(), x.exp() + 1, 1 / (1 + x.exp()), (1 / (1 + (-x).exp())) * x]
        bounds = [result.bounds() for result in results]
    assert process_time() - start < 1
    for (low, _), (high, _) in bounds:
        assert abs(low.numerator).bit_length() < 20_000
        assert abs(high.denominator).bit_length() < 20_000
        assert low <= high
    rounded = [ends_at(result, np.dtype(np.float64)) for result in results[:3]]
    assert rounded == ([(inf, inf), (inf, inf), (0, 0)] if sign > 0 else [(0, 0), (1, 1), (1, 1)])


def test_comparisons_are_decided_or_raise():
    """One error alone says that more digits are needed."""
    with precision(20):
        half = Interval(Fraction(1, 10**30)).exp()
        assert half > 0
        assert half > 1
        assert half < 2
        assert half != 2
        assert half >= 0.5
        assert half <= 3
        difference = half - half
        for compare in (lambda: difference > 0, lambda: difference == 0, lambda: difference < 0):
            with pytest.raises(UndecidedError):
                compare()
        with pytest.raises(UndecidedError):
            _ = 1 / difference
        with pytest.raises(UndecidedError):
            abs(difference)


def test_more_digits_decide():
    """e^(10^-30) against 1 + 10^-30: below 60 digits the difference is not seen."""
    x = Fraction(1, 10**30)
    with precision(40), pytest.raises(UndecidedError):
        _ = Interval(x).exp() > 1 + x
    with precision(80):
        assert Interval(x).exp() > 1 + x


def test_exact_comparisons_need_no_digits():
    """A third is a third."""
    with precision(3):
        assert Interval(Fraction(1, 3)) == Fraction(1, 3)
        assert Interval(Fraction(1, 3)) < Fraction(1, 3) + Fraction(1, 10**50)
        assert Interval(Fraction(0)) <= 0


@given(st.integers(-300, 300), st.integers(1, 10**9))
def test_the_nearest_double_is_that_of_the_number(exponent, units):
    """An exact one, of either sign, and an inexact one."""
    number = Fraction(units) * Fraction(10) ** exponent
    assert Interval(-number).nearest_double() == nearest(-number, np.dtype(np.float64))
    with precision(40):
        assert Interval(Fraction(units, 10**9)).exp().nearest_double() == pytest.approx(
            np.exp(units / 10**9), rel=1e-15
        )


def test_the_callers_context_is_left_alone():
    """The default context has its 28 digits before and after."""
    before = getcontext().prec
    with precision(77):
        Interval(Fraction(-1)).expm1()
        Interval(Fraction(9)).scaled_tail()
        assert getcontext().prec == 77
    assert getcontext().prec == before


def test_threads_do_not_disturb_one_another():
    """Each has its own precision and its own contexts."""

    def work(digits):
        with precision(digits):
            results = [(1 / (1 + Interval(Fraction(-n, 7)).exp())).ends[0].at for n in range(1, 60)]
        return digits, [len(result.as_tuple().digits) for result in results], results

    jobs = [20, 33, 50, 81] * 8
    alone = {digits: work(digits)[2] for digits in set(jobs)}
    with ThreadPoolExecutor(8) as pool:
        for digits, lengths, results in pool.map(work, jobs):
            assert max(lengths) == digits
            assert results == alone[digits]


def test_an_interval_has_no_hash():
    """Equality may be undecided."""
    with pytest.raises(TypeError):
        hash(Interval(Fraction(1)))


def test_rounding_to_nearest_is_caught():
    """An end that is not rounded outwards leaves the true value outside."""
    x = Fraction(1, 3)
    with precision(20) as context:
        careless = context.exp(context.divide(Decimal(1), Decimal(3)))
        ends = (End(careless, is_open=True), End(context.next_plus(careless), is_open=True))
    with ctx.workprec(2000):
        true = ball(x).exp()
    low, high = (arb(str(end.at)) for end in ends)
    assert not (bool(low < true) and bool(true < high))
