"""The scaled Gaussian tail R(a) = Φ(-a) e^(a²/2), against ball arithmetic."""

from fractions import Fraction

import numpy as np
import pytest
from flint import arb, arb_series, ctx

from reference.arithmetic import gaussian_tail
from reference.arithmetic.double_double import ZERO, DoubleDouble

# Relative errors; what is stated is at most 4 times what is seen.
DOUBLE_DOUBLE_ERROR = 2.0**-79
FLOAT64_ERROR = 2.0**-48
SLACK = 4
# What the fixed point of the table has lost: R(0), which is 1/2, misses it by 2^-512 or so.
TRUNCATION = 2.0**-300
CELLS = gaussian_tail.LAST * gaussian_tail.CELLS_PER_UNIT + 1
FLOAT64_CELLS = gaussian_tail.FLOAT64_LAST * gaussian_tail.FLOAT64_CELLS_PER_UNIT


def over_double_double(a):
    """R(a) at the second level."""
    return gaussian_tail.scaled_tail_double_double(DoubleDouble(a, ZERO))


def over_float64(a):
    """R(a) at the first level."""
    return gaussian_tail.scaled_tail_float64(a)


LEVELS = [
    pytest.param(over_double_double, DOUBLE_DOUBLE_ERROR, id="double-double"),
    pytest.param(over_float64, FLOAT64_ERROR, id="float64"),
]


def hard_points():
    """Centres and edges of cells, from either side, every binade, and much in between."""
    rng = np.random.default_rng(5)
    centres = np.arange(CELLS) / gaussian_tail.CELLS_PER_UNIT
    edges = centres[:-1] + 0.5 / gaussian_tail.CELLS_PER_UNIT
    fine = rng.integers(0, FLOAT64_CELLS, 2000) + rng.integers(0, 2, 2000) / 2
    spread = [
        fine / gaussian_tail.FLOAT64_CELLS_PER_UNIT,
        rng.uniform(0, 56, 3000),
        rng.uniform(0, 2, 2000),
        np.logspace(-300, 0, 500),
    ]
    return np.concatenate(
        [centres, edges, np.nextafter(edges, 0), np.nextafter(edges, 99), *spread]
    )


def tail(a):
    """Enclose R(a), or its power series."""
    return (a * a / 2).exp() * (a / arb(2).sqrt()).erfc() / 2


@pytest.fixture(scope="module")
def truth(enclosed):
    """Balls around R at the hard points."""
    return [ball for (ball,) in enclosed(lambda a: (tail(a),), hard_points().tolist())]


@pytest.fixture
def worst(truth, relative_errors):
    """Measure the largest relative error of one level, where its table reaches."""

    def measure(function):
        a = hard_points()
        reached = a <= (gaussian_tail.FLOAT64_LAST if function is over_float64 else 56)
        balls = [ball for ball, is_reached in zip(truth, reached, strict=True) if is_reached]
        return relative_errors(function(a[reached]), balls).max()

    return measure


def correctly_rounded_pair(ball):
    """Round the middle of a narrow ball, and what is left, to the nearest doubles."""
    mantissa, exponent = ball.mid().man_exp()
    middle = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    hi = float(middle)
    return hi, float(middle - Fraction(hi))


@pytest.fixture(scope="module")
def true_table():
    """Correctly rounded pairs of R_0 ... R_11 at the centres, from series in ball arithmetic."""
    rows = []
    with ctx.workprec(1024), pytest.MonkeyPatch.context() as patch:
        patch.setattr(ctx, "cap", gaussian_tail.TERMS)
        for cell in range(CELLS):
            centre = arb(cell) / gaussian_tail.CELLS_PER_UNIT
            series = tail(arb_series([centre, 1], prec=gaussian_tail.TERMS))
            balls = [series[n] for n in range(gaussian_tail.TERMS)]
            assert all(ball.rad() < abs(ball.mid()) * arb(2) ** -300 for ball in balls)
            rows.append([correctly_rounded_pair(ball) for ball in balls])
    pairs = np.array(rows)
    return pairs[..., 0].T, pairs[..., 1].T


def wrong_entries(true_table):
    """List (n, cell) where the table is not the true one."""
    halves = zip(gaussian_tail.table(), true_table, strict=True)
    wrong = [np.argwhere(np.abs(half - true) > TRUNCATION).tolist() for half, true in halves]
    return [tuple(entry) for half in wrong for entry in half]


@pytest.mark.parametrize(("function", "bound"), LEVELS)
def test_bounds_hold_and_are_of_use(function, bound, worst):
    """Never past the bound, and the worst comes within a factor of 4."""
    assert bound / SLACK < worst(function) <= bound


def test_the_table_is_correctly_rounded(true_table):
    """Both halves of every coefficient of every cell."""
    assert gaussian_tail.table()[0].shape == (gaussian_tail.TERMS, CELLS)
    assert wrong_entries(true_table) == []


def test_density_at_zero_is_correctly_rounded():
    """1/√(2π), both halves."""
    pair = gaussian_tail.density_at_zero()
    with ctx.workprec(400):
        assert (pair.hi, pair.lo) == correctly_rounded_pair(1 / (2 * arb.pi()).sqrt())


def test_at_zero_the_tail_is_one_half(exact):
    """At both levels, but for what the fixed point of the table has lost."""
    [value] = exact(over_double_double(np.zeros(1)))
    assert abs(value - Fraction(1, 2)) < TRUNCATION
    assert over_float64(np.zeros(1)).tolist() == [0.5]


@pytest.mark.parametrize("half", [0, 1], ids=["upper", "lower"])
def test_one_damaged_entry_is_caught(half, true_table, monkeypatch):
    """One unit in the last place of one coefficient."""
    halves = [part.copy() for part in gaussian_tail.table()]
    halves[half][3, 640] = np.nextafter(halves[half][3, 640], 9)
    monkeypatch.setattr(gaussian_tail, "table", lambda: tuple(halves))
    assert wrong_entries(true_table) == [(3, 640)]


def test_a_damaged_value_breaks_the_bound(worst, monkeypatch):
    """A unit in the last place of one R_0 shows in its cell, at both levels' own scale."""
    upper, lower = (half.copy() for half in gaussian_tail.table())
    lower[0, 320] = np.nextafter(lower[0, 320], 9) + 2.0**-78 * upper[0, 320]
    monkeypatch.setattr(gaussian_tail, "table", lambda: (upper, lower))
    assert worst(over_double_double) > DOUBLE_DOUBLE_ERROR


def test_a_dropped_low_word_is_caught(worst, monkeypatch):
    """A table of doubles breaks the bound of the second level."""
    upper, lower = gaussian_tail.table()
    monkeypatch.setattr(gaussian_tail, "table", lambda: (upper, np.zeros_like(lower)))
    assert worst(over_double_double) > DOUBLE_DOUBLE_ERROR


@pytest.mark.parametrize(
    ("terms", "function", "bound"),
    [
        pytest.param("FLOAT64_TERMS", over_float64, FLOAT64_ERROR, id="float64"),
        pytest.param("DOUBLE_DOUBLE_TERMS", over_double_double, DOUBLE_DOUBLE_ERROR, id="second"),
    ],
)
def test_one_term_fewer_is_caught(terms, function, bound, worst, monkeypatch):
    """A truncated polynomial, or one coefficient more in plain doubles, breaks the bound."""
    monkeypatch.setattr(gaussian_tail, terms, getattr(gaussian_tail, terms) - 1)
    uncached = gaussian_tail.float64_table.__wrapped__
    monkeypatch.setattr(gaussian_tail, "float64_table", uncached)
    assert worst(function) > bound


@pytest.mark.parametrize(
    ("last", "tail"),
    [
        (gaussian_tail.FLOAT64_LAST, over_float64),
        (gaussian_tail.LAST, lambda a: over_double_double(a).hi),
    ],
)
def test_beyond_the_table_there_is_no_number(last, tail):
    """A number from the last cell would be a guess."""
    ends = np.array([last, np.nextafter(last, np.inf), 1e3])
    assert np.isnan(tail(ends)).tolist() == [False, True, True]
