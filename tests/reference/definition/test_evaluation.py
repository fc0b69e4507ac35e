"""The error bounds of the first two levels, at hard points, against ball arithmetic.

Each bound must hold, and the worst of all functions must come within a stated factor of it, so
that a bound tightened past the truth fails, and one loosened past use fails as well.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, partial
from typing import Any

import numpy as np
import pytest
from flint import arb, arb_series, ctx

from reference import ACTIVATIONS, Activation
from reference.arithmetic import exponential, gaussian_tail
from reference.arithmetic.double_double import ZERO, DoubleDouble, as_double_double
from reference.arithmetic.formats import FORMATS
from reference.arithmetic.rounding import narrow_between
from reference.definition import levels
from verification.formula import balls
from verification.formula.language import formula_of
from verification.numbers.inputs import neighbours

FLOAT64 = FORMATS["float64"]
ORDERS = range(3)
STEP = np.log(2) / exponential.STEPS
SMALLEST_BINADE = -149
FORMULAS = [activation for activation in ACTIVATIONS.values() if not activation.orders[0].exact]
EXACT = [activation for activation in ACTIVATIONS.values() if activation.orders[0].exact]
by_name = partial(pytest.mark.parametrize, "activation", ids=lambda activation: activation.name)


def landmarks(activation: Activation):
    """Roots of all orders, the doubles beside them, and points that approach them."""
    roots = np.array([0.0, *(root for f in activation.orders for root in f.roots)])
    distances = np.ldexp(1.0, -np.arange(1, 50))
    approach = np.concatenate([roots[:, None] - distances, roots[:, None] + distances])
    near = neighbours(roots, FLOAT64, count=12)
    return np.concatenate([near[np.abs(near) > 2.0**-1000], approach.ravel()])


def seams():
    """Edges of the tail's cells, and arguments whose exponentials change their table entry."""
    rng = np.random.default_rng(6)
    edges = (np.arange(gaussian_tail.LAST * 32) + 0.5) / 32
    halves = (rng.integers(0, 3000, 800) + 0.5) * STEP
    arguments = np.concatenate([halves, halves / 2, np.sqrt(2 * halves)])
    either_side = [np.nextafter(edges, 0), np.nextafter(arguments, 0), np.nextafter(arguments, 9e9)]
    return np.concatenate([edges, arguments, *either_side])


def hard_points(activation: Activation):
    """Within saturation: every binade, the active range, the tails, seams and roots."""
    rng = np.random.default_rng(7)
    saturation = activation.orders[0].guides[1].saturation
    exponents = np.repeat(np.arange(SMALLEST_BINADE, 11), 3)
    binades = np.ldexp(rng.uniform(1, 2, exponents.size), exponents)
    tails = [rng.uniform(0, end, 700) for end in (4.0, 40.0, saturation)]
    positive = np.concatenate([binades, seams(), *tails])
    x = np.concatenate([landmarks(activation), positive, -positive])
    return np.unique(x[(np.abs(x) <= saturation) & (x != 0)])


@dataclass(frozen=True)
class Level:
    """A number type, the name of its bound in ``evaluation``, and where the bound has to hold.

    ``slack`` is how many times the worst that is seen over all functions the bound may be.
    """

    number: Callable[[Any], Any]
    bound: str
    is_wide: bool
    of_sums: bool = False
    slack: float = 16.0

    def serves(self, function):
        """The first level has a bound of its own for functions whose terms cancel."""
        return self.is_wide or bool(function.guides[0].cancelling_roots) == self.of_sums

    def evaluated(self, activation, order, x):
        """The formula of an order over this level's numbers."""
        parameters = {name: self.number(value) for name, value in activation.parameters.items()}
        return activation.orders[order].evaluate(self.number(x), **parameters)

    def holds_at(self, function, x):
        """Within saturation, but for a linear range near 0, or the surroundings of roots."""
        guide = function.guides[self.is_wide]
        within = np.abs(x) <= guide.saturation
        if self.is_wide and guide.expansion is not None:
            return within & (np.abs(x) >= levels.LINEAR_BELOW)
        return within & (self.bounds(function, x) < 1)

    def bounds(self, function, x):
        """The bound at each point: it grows near a root that is a sum's."""
        roots = function.guides[self.is_wide].cancelling_roots
        if self.is_wide:
            growth = levels.cancellation(roots, x)
            return levels.DOUBLE_DOUBLE_ERROR * growth
        if self.of_sums and roots:
            with np.errstate(divide="ignore"):
                distance = levels._distance(roots, x)  # noqa: SLF001 likewise
                return levels._error_of_sums(x, distance)  # noqa: SLF001 likewise
        return np.full_like(x, levels.FLOAT64_ERROR)


FIRST = Level(np.asarray, "FLOAT64_ERROR", is_wide=False)
# Roundings do not all add up.
FIRST_OF_SUMS = replace(FIRST, bound="ERROR_TIMES_DISTANCE", of_sums=True, slack=32.0)
SECOND = Level(as_double_double, "DOUBLE_DOUBLE_ERROR", is_wide=True)
LEVELS = [
    pytest.param(FIRST, id="float64"),
    pytest.param(FIRST_OF_SUMS, id="float64, sums"),
    pytest.param(SECOND, id="double-double"),
]
CASES = [
    pytest.param(activation, order, level, id=f"{activation.name}-{order}-{level.bound}")
    for activation in FORMULAS
    for order in ORDERS
    for level in (FIRST, FIRST_OF_SUMS, SECOND)
    if level.serves(activation.orders[order])
]


@pytest.fixture(scope="module")
def truth(enclosed):
    """Look up the balls around all orders at an activation's hard points."""

    @cache
    def at(name):
        form = balls.form(formula_of(name), ACTIVATIONS[name].parameters)

        def orders(x):
            with balls.terms(3):
                series = form(arb_series([x, 1]))
                return series[0], series[1], 2 * series[2]

        x = hard_points(ACTIVATIONS[name])
        return x, enclosed(orders, x.tolist())

    return at


@pytest.fixture
def worst_share(truth, relative_errors):
    """Measure the largest error of one function at one level, as a share of its bound."""

    def measure(activation, order, level):
        function = activation.orders[order]
        x, true = truth(activation.name)
        is_zero = np.array([ball[order] == 0 for ball in true])
        chosen = np.flatnonzero(level.holds_at(function, x) & ~is_zero)
        with np.errstate(all="ignore"):
            computed = level.evaluated(activation, order, x[chosen])
        errors = relative_errors(computed, [true[index][order] for index in chosen])
        return (errors / level.bounds(function, x[chosen])).max()

    return measure


@pytest.mark.parametrize(("activation", "order", "level"), CASES)
def test_bounds_hold(activation, order, level, worst_share):
    """At every hard point, roots included."""
    assert worst_share(activation, order, level) <= 1


CANCELLING = [
    pytest.param(activation.orders[order], id=f"{activation.name}-{order}")
    for activation in FORMULAS
    for order in ORDERS
    if activation.orders[order].guides[0].cancelling_roots
]


@pytest.mark.parametrize("function", CANCELLING)
def test_what_is_looked_at_once_more_is_rounded_as_at_the_second_level(function):
    """In float32: where the first bound leaves doubt or a root is near, and the closer decides."""
    x = np.random.default_rng(9).uniform(-3, 3, 1 << 18).astype(np.float32).astype(np.float64)
    dtype = np.dtype(np.float32)
    with np.errstate(all="ignore"):
        first_bound = levels.FLOAT64_ERROR_OF_SUMS
        _, in_doubt = narrow_between(function.evaluate(x), first_bound, dtype)
        guide = function.guides[0]
        distance = levels._distance(guide.cancelling_roots, x)  # noqa: SLF001
        near = distance < levels.NEAR_A_ROOT
        x = x[in_doubt | near]
        task = levels.Task(function, {}, dtype, guide, block=1)
        result, still = levels.by_float64(task, x, None)
        true, _ = levels.by_double_double(task, x, None)
    assert np.count_nonzero(in_doubt & ~near) > 4
    assert np.count_nonzero(still) < x.size / 100
    assert result[~still].tolist() == true[~still].tolist()


def shares(level, worst_share):
    """Measure all functions at one level."""
    return [
        worst_share(activation, order, level)
        for activation in FORMULAS
        for order in ORDERS
        if level.serves(activation.orders[order])
    ]


@pytest.mark.parametrize("level", LEVELS)
def test_bounds_are_of_use(level, worst_share):
    """The worst function comes within the stated factor."""
    assert 1 / level.slack < max(shares(level, worst_share)) <= 1


@pytest.mark.parametrize("tighter", [True, False], ids=["tightened", "loosened"])
@pytest.mark.parametrize("level", LEVELS)
def test_a_bound_that_is_off_is_caught(level, tighter, worst_share, monkeypatch):
    """Tightened by the slack it is past the truth, loosened by it past use."""
    factor = 1 / level.slack if tighter else level.slack
    monkeypatch.setattr(levels, level.bound, factor * getattr(levels, level.bound))
    assert not 1 / level.slack < max(shares(level, worst_share)) <= 1


@pytest.mark.parametrize("level", [FIRST, SECOND], ids=["float64", "double-double"])
@by_name([activation for activation in FORMULAS if activation.orders[1].guides[0].cancelling_roots])
def test_bounds_that_forget_a_root_are_caught(activation, level, worst_share):
    """Next to it the error of the first derivative is past a bound that does not grow."""
    value, first, second = activation.orders
    guides = tuple(replace(guide, cancelling_roots=()) for guide in first.guides)
    forgetful = replace(activation, orders=(value, replace(first, guides=guides), second))
    assert worst_share(forgetful, 1, level) > 1


@pytest.mark.parametrize(
    ("module", "table", "name"),
    [
        pytest.param(exponential, "powers", "tanh", id="exponential"),
        pytest.param(gaussian_tail, "table", "gelu", id="tail"),
    ],
)
def test_a_dropped_low_word_is_caught(module, table, name, worst_share, monkeypatch):
    """A table of doubles is not enough for the second level."""
    upper, lower = getattr(module, table)()
    monkeypatch.setattr(module, table, lambda: (upper, np.zeros_like(lower)))
    assert worst_share(ACTIVATIONS[name], 0, SECOND) > 1


@pytest.mark.parametrize("order", [0, 1])
@by_name(EXACT)
def test_exact_formulas_are_exact_over_double_double(activation, order, exact):
    """Without any error, parameters included; over float64 there is the one rounding."""
    x = np.concatenate([np.linspace(-4, 4, 33), np.ldexp(1 / 3, np.arange(-149, 128))])
    x = np.concatenate([x, -x])
    for slope in (0.01, -0.5, 1 / 3):
        parameters = dict.fromkeys(activation.parameters, slope)
        function = activation.orders[order].evaluate
        true = [function(Fraction(point), **_fractions(parameters)) for point in x.tolist()]
        assert exact(function(DoubleDouble(x, ZERO), **parameters)) == true
        assert np.asarray(function(x, **parameters)).tolist() == [float(y) for y in true]


def _fractions(parameters):
    return {name: Fraction(value) for name, value in parameters.items()}


@by_name(FORMULAS)
def test_distance_to_a_root_is_counted_from_the_nearest_double(activation):
    """The bound's growth is 9 over the distance, and stops at 2^-60."""
    for function in activation.orders:
        roots = function.guides[0].cancelling_roots
        assert roots == tuple(root for root in function.roots if root != 0)
        for root in roots:
            x = np.array([root, np.nextafter(root, 9)])
            growth = levels.cancellation(roots, x)
            assert growth[0] >= 9 * 2.0**60
            assert growth[1] >= 9 / abs(x[1] - root)


@pytest.mark.parametrize("name", ["exp", "expm1", "log1p"])
def test_what_the_first_level_rests_on_is_within_4_ulp(name):
    """NumPy's exponentials and logarithm, whichever C library or vector unit computes them here."""
    rng = np.random.default_rng(8)
    tiny = np.ldexp(rng.uniform(1, 2, 2000), rng.integers(-60, 0, 2000))
    x = np.concatenate([rng.uniform(-600, 600, 6000), tiny, -tiny])
    x = x[x >= 0] if name == "log1p" else x
    with ctx.workprec(200):
        true = [getattr(arb(point), name)() for point in x.tolist()]
        computed = getattr(np, name)(x)
        relative = [
            float(abs(arb(y) / t - 1)) for y, t in zip(computed.tolist(), true, strict=True)
        ]
    assert max(relative) <= 4 * 2.0**-52
