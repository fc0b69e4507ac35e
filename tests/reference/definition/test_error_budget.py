"""The promised error bounds of all levels but the last, held against running bounds.

`Tracked` bounds the error of a formula step by step, from the roundings of its steps alone: it
knows nothing of roots or of saturation. Where it stays below the promise, the promise is proved
at that input.
"""

from functools import partial
from typing import NamedTuple

import numpy as np
import pytest
from flint import arb, ctx

from reference import ACTIVATIONS
from reference.arithmetic import elementary, head_tail, tracked
from reference.arithmetic.tracked import SMALLEST, Tracked, as_tracked
from reference.definition import head_tail_level, levels
from reference.definition.levels import Task
from verification.formula import balls
from verification.formula.language import formula_of

FUNCTIONS = [
    pytest.param(activation, order, id=f"{activation.name}-{order}")
    for activation in ACTIVATIONS.values()
    for order in range(3)
    if not activation.orders[order].exact
]
each_function = pytest.mark.parametrize(("activation", "order"), FUNCTIONS)


class Steps(NamedTuple):
    """The relative errors of a level's steps: arithmetic, e^x, e^x - 1, ln(1 + x), the tail.

    ``low`` is what e^x loses of the lower part of x, times |x|; ``absolute`` is the error of
    e^x - 1 beyond |x| = 2^-11.6, times the larger of 1 and e^x.
    """

    arithmetic: float
    exponential: float
    difference: float
    logarithm: float
    tail: float
    low: float = 0.0
    absolute: float = 0.0


DOUBLE_DOUBLE = Steps(2.0**-102, 2.0**-87, 2.0**-75.5, 2.0**-74.5, 2.0**-79)
HEAD_TAIL = Steps(head_tail.UNIT, 2.0**-73, 2.0**-73, 2.0**-71, 2.0**-69, 3 * 2.0**-78, 2.0**-79)
near = partial(np.logspace, -9, 0, 400)


def inputs(activation, order, *, is_wide):
    """Within saturation: densely, in all binades, and close to the roots on both sides."""
    guide = activation.orders[order].guides[is_wide]
    end = guide.saturation
    rng = np.random.default_rng(21)
    binades = np.ldexp(rng.uniform(1, 2, 600), np.repeat(np.arange(-140, 10), 4))
    roots = [root + sign * near() for root in guide.cancelling_roots for sign in (-1, 1)]
    spread = [np.linspace(-3, 3, 20_001), np.linspace(-end, end, 20_001)]
    x = np.concatenate([*roots, binades, -binades, *spread])
    return x[(np.abs(x) <= end) & (x != 0)]


def running(activation, order, x):
    """The relative error that is proved as it arises, where no underflow has a part in it."""
    parameters = {name: as_tracked(value) for name, value in activation.parameters.items()}
    with np.errstate(all="ignore"):
        y = activation.orders[order].evaluate(as_tracked(x), **parameters)
        relative = y.error / np.abs(y.value)
    counts = np.isfinite(relative) & (np.abs(y.value) > SMALLEST * 2.0**60)
    return relative, counts


def promised_first(activation, order, x):
    """What the first level counts on."""
    function = activation.orders[order]
    roots = function.guides[0].cancelling_roots
    if not roots:
        return np.full(x.shape, levels.FLOAT64_ERROR)
    distance = levels._distance(roots, x)  # noqa: SLF001 part of the bound
    return levels._error_of_sums(x, distance)  # noqa: SLF001 likewise


def promised_second(activation, order, x):
    """What the second level counts on."""
    roots = activation.orders[order].guides[1].cancelling_roots
    growth = levels.cancellation(roots, x)
    return levels.DOUBLE_DOUBLE_ERROR * growth


def first_shares(activation, order):
    """The running bound as a share of the first level's promise."""
    x = inputs(activation, order, is_wide=False)
    relative, counts = running(activation, order, x)
    shares = relative / promised_first(activation, order, x)
    assert np.count_nonzero(counts) > x.size / 3
    return x[counts], shares[counts]


def second_shares(activation, order):
    """The running bound, at double-double's scale, as a share of the second level's promise."""
    x = inputs(activation, order, is_wide=True)
    relative, counts = running(activation, order, x)
    return x[counts], (relative / promised_second(activation, order, x))[counts]


def middle_shares(activation, order):
    """The same at the scale of heads and tails, as a share of the promise of the level between."""
    function = activation.orders[order]
    x = inputs(activation, order, is_wide=True)
    x = x[np.abs(x) <= head_tail_level.FURTHEST]
    relative, counts = running(activation, order, x)
    task = Task(function, activation.parameters, x.dtype, function.guides[1], x.size)
    promised = [
        head_tail_level.relative_error(task, part, np.abs(part), np.abs(part).max())
        for part in np.split(x, np.arange(100, x.size, 100))
    ]
    shares = [
        part / bound
        for part, bound in zip(
            np.split(relative, np.arange(100, x.size, 100)), promised, strict=True
        )
    ]
    return x[counts], np.concatenate(shares)[counts]


def take_steps(monkeypatch, steps):
    """Make `Tracked` one with the errors of these steps; nothing underflows there."""

    def of(relative, function):
        return lambda x: tracked._rounded(  # noqa: SLF001 its own step
            *function(x, steps), relative / steps.arithmetic
        )

    monkeypatch.setattr(tracked, "UNIT", steps.arithmetic)
    monkeypatch.setattr(elementary, "UNIT", steps.arithmetic)
    monkeypatch.setattr(tracked, "SMALLEST", 0.0)
    monkeypatch.setattr(tracked, "TAIL_UNITS", steps.tail / steps.arithmetic)
    monkeypatch.setattr(tracked, "FUNCTION_UNITS", steps.logarithm / steps.arithmetic)
    for name, method in (
        ("exp", of(steps.exponential, exp)),
        ("expm1", of(steps.difference, expm1)),
    ):
        monkeypatch.setattr(Tracked, name, method)


@pytest.fixture
def double_double_steps(monkeypatch):
    """Those of the second level."""
    take_steps(monkeypatch, DOUBLE_DOUBLE)


@pytest.fixture
def head_tail_steps(monkeypatch):
    """Those of the level between, where the rounding of a sum is a part of its terms."""
    take_steps(monkeypatch, HEAD_TAIL)
    added = Tracked.__add__

    def add(a, b):
        total, b = added(a, b), as_tracked(b)
        terms = np.abs(a.value) + np.abs(b.value)
        return Tracked(total.value, total.error + HEAD_TAIL.arithmetic * terms)

    monkeypatch.setattr(Tracked, "__add__", add)
    monkeypatch.setattr(Tracked, "__radd__", add)


def exp(x, steps):
    """e^x, and what the error of x makes of it."""
    power = np.exp(x.value)
    return power, power * np.expm1(x.error + steps.low * np.abs(x.value))


def expm1(x, steps):
    """e^x - 1, and the same."""
    power, error = exp(x, steps)
    own = np.where(np.abs(x.value) > 2.0**-11.6, steps.absolute * np.maximum(power, 1), 0)
    return np.expm1(x.value), error + own


@pytest.mark.parametrize(
    ("second", "units"),
    [
        (DOUBLE_DOUBLE.arithmetic, 1),
        (DOUBLE_DOUBLE.exponential, tracked.FUNCTION_UNITS),
        (DOUBLE_DOUBLE.difference, tracked.FUNCTION_UNITS),
        (DOUBLE_DOUBLE.logarithm, tracked.FUNCTION_UNITS),
        (DOUBLE_DOUBLE.tail, tracked.TAIL_UNITS),
    ],
)
def test_no_step_of_the_second_level_is_off_by_more_than_its_share(second, units):
    """Of the bound of the same step at the first, from which the second level's is scaled."""
    assert second <= levels.TRACKED_TO_DOUBLE_DOUBLE * units * tracked.UNIT


# Where the running bound is past the promise: σ(w) and σ(-w) of one e^w go for independent in it.
NOT_PROVED, OVER = "gelu_tanh-2", 1.1


def worst(found):
    """The largest share, with the point where it is."""
    x, shares = found
    place = shares.argmax()
    return shares[place], x[place]


@each_function
def test_the_first_level_keeps_its_promise(activation, order):
    """The running bound is within it at every input, but for one function near -3."""
    x, shares = first_shares(activation, order)
    if f"{activation.name}-{order}" == NOT_PROVED:
        assert (np.abs(x[shares > 1]) > 2.5).all()
        assert shares.max() <= OVER
    else:
        assert shares.max() <= 1


def test_what_the_running_bound_leaves_open_is_measured():
    """Where it is past the promise, the true error is below a quarter of the promise."""
    activation = ACTIVATIONS["gelu_tanh"]
    form = balls.form(formula_of("gelu_tanh"), {})
    rng = np.random.default_rng(22)
    x = np.concatenate([rng.uniform(-3, -2.5, 1500), np.linspace(-3, -2.99, 500)])
    computed = activation.orders[2].evaluate(x)
    with ctx.workprec(300):
        errors = [
            float(abs(arb(y) / balls.jet(form, point, 300)[2] - 1))
            for y, point in zip(computed.tolist(), x.tolist(), strict=True)
        ]
    assert (np.array(errors) / promised_first(activation, 2, x)).max() < 1 / 4


@each_function
@pytest.mark.usefixtures("double_double_steps")
def test_the_second_level_keeps_its_promise(activation, order):
    """With the errors of its own steps the running bound is within it at every input."""
    assert worst(second_shares(activation, order))[0] <= 1


@each_function
@pytest.mark.usefixtures("head_tail_steps")
def test_the_level_between_keeps_its_promise(activation, order):
    """The same for heads and tails."""
    assert worst(middle_shares(activation, order))[0] <= 1


@pytest.mark.usefixtures("head_tail_steps")
def test_the_promise_of_the_level_between_is_of_use():
    """Some function takes most of it."""
    shares = [worst(middle_shares(*parameter.values))[0] for parameter in FUNCTIONS]
    assert max(shares) > 1 / 2


def test_the_first_levels_promises_are_of_use():
    """Each of them is needed to a fifth or more by some function."""
    shares = {"plain": 0.0, "near": 0.0, "far": 0.0}
    for activation, order in (parameter.values for parameter in FUNCTIONS):
        x, found = first_shares(activation, order)
        cancels = activation.orders[order].guides[0].cancelling_roots
        is_near = np.abs(x) <= levels.SMALL
        parts = {"near": is_near, "far": ~is_near} if cancels else {"plain": is_near | ~is_near}
        for name, where in parts.items():
            shares[name] = max(shares[name], found[where].max())
    assert min(shares.values()) > 1 / 5


@pytest.mark.usefixtures("double_double_steps")
def test_the_second_levels_promise_is_of_use():
    """The logarithm and e^x - 1 take most of it."""
    shares = [worst(second_shares(*parameter.values))[0] for parameter in FUNCTIONS]
    assert max(shares) > 1 / 2


@pytest.mark.parametrize("name", ["FLOAT64_ERROR", "ERROR_TIMES_DISTANCE", "FLOAT64_ERROR_OF_SUMS"])
def test_a_promise_that_is_too_good_is_caught(name, monkeypatch):
    """A hundredth of it is past what is proved."""
    monkeypatch.setattr(levels, name, getattr(levels, name) / 100)
    shares = [first_shares(*parameter.values)[1].max() for parameter in FUNCTIONS]
    assert max(shares) > OVER
