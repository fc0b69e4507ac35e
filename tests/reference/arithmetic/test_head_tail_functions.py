"""e^x, e^x - 1, ln(1 + x) and the Gaussian tail of heads and tails, against balls."""

import numpy as np
import pytest
from flint import arb, ctx

from reference.arithmetic import head_tail_functions
from reference.arithmetic.head_tail import HeadTail, of_doubles

BITS = 400
EXPONENTIAL, LOGARITHM, TAIL = 2.0**-73, 2.0**-71, 2.0**-69
LOST_OF_TAIL = 3 * 2.0**-78  # of e^x, times |x|
ABSOLUTE, FROM = 2.0**-79, 2.0**-11.6  # of e^x - 1 where the table has a part in it


def stratified(least, most, seed, *, negative=False):
    """Every binade up to ``most``, evenly and densely near 0, with tails of their own."""
    rng = np.random.default_rng(seed)
    binades = np.ldexp(rng.uniform(1, 2, 2500), rng.integers(least, 5, 2500))
    x = np.concatenate([binades, rng.uniform(0, most, 2500), rng.uniform(0, 0.004, 1500)])
    x = x[x <= most]
    if negative:
        x = np.concatenate([x, -x])
    numbers = of_doubles(x)
    tails = np.where(rng.uniform(size=x.size) < 0.5, numbers.tail, numbers.head * 2.0**-25)
    return HeadTail(numbers.head, tails * rng.uniform(0.9, 1, x.size))


def errors(found, x, function):
    """Relative errors, by balls."""
    with ctx.workprec(BITS):
        true = [
            function(arb(head) + arb(tail))
            for head, tail in zip(x.head.tolist(), x.tail.tolist(), strict=True)
        ]
        pairs = zip(found.head.tolist(), found.tail.tolist(), true, strict=True)
        return np.array([float(abs((arb(h) + arb(t)) / y - 1)) for h, t, y in pairs])


def exponentials():
    """Numbers within 2^±900, and the errors of their powers."""
    x = stratified(-60, 20, 51, negative=True)
    wide = of_doubles(np.linspace(-620, 620, 1500))
    wide = HeadTail(wide.head, wide.head * 2.0**-25 * 0.99)
    x = HeadTail(np.concatenate([x.head, wide.head]), np.concatenate([x.tail, wide.tail]))
    return x, errors(x.exp(), x, lambda a: a.exp())


def test_exp():
    """Within 2^-73, and what the lower part of x costs."""
    x, found = exponentials()
    assert (found <= EXPONENTIAL + LOST_OF_TAIL * np.abs(x.head)).all()
    assert found[np.abs(x.head) < 1].max() > EXPONENTIAL / 8


def test_exp_with_a_coarser_reduction_is_caught(monkeypatch):
    """ln 2 / 1024 in two parts instead of three."""
    first, second, _ = head_tail_functions.log_2_parts()
    monkeypatch.setattr(head_tail_functions, "log_2_parts", lambda: (first, second, 0.0))
    x, found = exponentials()
    assert (found > EXPONENTIAL + LOST_OF_TAIL * np.abs(x.head)).any()


def test_expm1():
    """Relatively within 2^-73, and 2^-79 times the larger of 1 and e^x beyond 2^-11.6."""
    x = stratified(-60, 20, 52, negative=True)
    found = errors(x.expm1(), x, lambda a: a.expm1())
    power, size = np.exp(x.head), np.abs(x.head)
    own = ABSOLUTE * np.maximum(power, 1) + LOST_OF_TAIL * size * power
    allowed = EXPONENTIAL + np.where(size > FROM, own / np.abs(np.expm1(x.head)), 0)
    assert (found <= allowed).all()
    assert (found / allowed).max() > 1 / 8


def test_log1p():
    """Within 2^-71, down to the smallest, and at both ends."""
    x = stratified(-100, 1, 53)
    seam = 2.0**-10 * (1 + np.arange(-300, 300) * 2.0**-20)
    ends = of_doubles(np.concatenate([[1.0, 1 - 2.0**-53, 2.0**-11, 1 / 1024 + 2.0**-40], seam]))
    x = HeadTail(np.concatenate([x.head, ends.head]), np.concatenate([x.tail, ends.tail]))
    found = errors(x.log1p(), x, lambda a: a.log1p())
    assert LOGARITHM / 8 < found.max() <= LOGARITHM


def tail(a):
    """Φ(-a) e^(a²/2)."""
    return (a / arb(2).sqrt()).erfc() / 2 * (a * a / 2).exp()


def test_scaled_tail():
    """Within 2^-69 up to 20, and NaN beyond."""
    a = stratified(-60, 20, 54)
    found = errors(a.scaled_tail(), a, tail)
    assert TAIL / 8 < found.max() <= TAIL
    assert np.isnan(of_doubles(np.array([1.0, 20.01])).scaled_tail().head).tolist() == [False, True]


@pytest.mark.parametrize("name", ["exp", "expm1"])
def test_powers_that_are_too_large_or_too_small_are_nan(name):
    """Beyond 2^±900, where a tail might underflow; their neighbours do not mind."""
    with np.errstate(all="ignore"):
        x = of_doubles(np.array([-630.0, 1.5, 630.0, 1e300, np.inf, np.nan]))
        y = getattr(x, name)()
        assert np.isnan(y.head + y.tail).tolist() == [True, False, True, True, True, True]
    alone = getattr(of_doubles(np.array([1.5])), name)()
    assert (y.head[1], y.tail[1]) == (alone.head[0], alone.tail[0])


def test_nan_is_nan_and_takes_no_longer_than_a_number():
    """An index made of it is taken for the end of a table."""
    x = of_doubles(np.array([np.nan, 0.5]))
    with np.errstate(all="ignore"):
        for y in (x.log1p(), x.scaled_tail()):
            assert np.isnan(y.head + y.tail).tolist() == [True, False]


def test_zeros():
    """e^0 is 1, and e^0 - 1 and ln(1 + 0) are 0, exactly."""
    zero = of_doubles(np.array([0.0, -0.0]))
    assert (zero.exp().head.tolist(), zero.exp().tail.tolist()) == ([1, 1], [0, 0])
    for y in (zero.expm1(), zero.log1p()):
        assert (y.head.tolist(), y.tail.tolist()) == ([0, 0], [0, 0])
