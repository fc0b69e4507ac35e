"""The running error bound contains the true error, and is not absurdly large."""

import numpy as np
import pytest
from flint import arb, arb_series, ctx

from reference import ACTIVATIONS
from reference.arithmetic import tracked
from reference.arithmetic.elementary import where
from reference.arithmetic.tracked import UNIT, Tracked, as_tracked
from verification.formula import balls
from verification.formula.language import formula_of

BITS = 2600
FUNCTIONS = [
    pytest.param(activation, order, id=f"{activation.name}-{order}")
    for activation in ACTIVATIONS.values()
    for order in range(3)
]
STEPS = 12


def inputs():
    """All binades of float32, of both signs, and the active range."""
    rng = np.random.default_rng(51)
    binades = np.ldexp(rng.uniform(1, 2, 140), rng.integers(-149, 8, 140))
    x = np.concatenate([binades, rng.uniform(0, 9, 100), rng.uniform(0, 180, 40)])
    return np.concatenate([x, -x])


def contains(number, true):
    """Where the true values are within the bound; a bound of NaN or infinity promises nothing."""
    lists = (np.broadcast_to(part, (len(true),)).tolist() for part in (number.value, number.error))
    with ctx.workprec(BITS):
        return [
            not np.isfinite(error) or bool(abs(arb(value) - exact) <= arb(error))
            for value, error, exact in zip(*lists, true, strict=True)
        ]


@pytest.mark.parametrize(("activation", "order"), FUNCTIONS)
def test_the_bound_contains_the_error_of_every_function_of_the_catalogue(activation, order):
    """Roots, tails and tiny inputs included, up to the saturation."""
    roots = [root * (1 + d) for root in activation.orders[order].roots for d in (0, 1e-9, -1e-4)]
    x = np.concatenate([inputs(), roots])
    x = x[np.abs(x) <= activation.orders[order].guides[0].saturation]
    parameters = {name: as_tracked(value) for name, value in activation.parameters.items()}
    with np.errstate(all="ignore"):
        y = as_tracked(activation.orders[order].evaluate(as_tracked(x), **parameters))
    form = balls.form(formula_of(activation.name), activation.parameters)
    kinks = [kink.at for kink in activation.kinks]
    true = [
        balls.jet(form, point, BITS)[order] if point not in kinks else arb(float(y.value[i]))
        for i, point in enumerate(x.tolist())
    ]
    assert all(contains(y, true))
    promises = np.isfinite(np.broadcast_to(y.error, x.shape))
    assert np.count_nonzero(promises) > 0.9 * x.size


@pytest.mark.parametrize(("activation", "order"), FUNCTIONS)
def test_the_bound_is_of_use(activation, order):
    """Within 64 u of the number at half of the moderate inputs; 128 u for second derivatives."""
    x = np.random.default_rng(52).uniform(-4, 4, 2000)
    parameters = {name: as_tracked(value) for name, value in activation.parameters.items()}
    y = as_tracked(activation.orders[order].evaluate(as_tracked(x), **parameters))
    value, error = np.broadcast_arrays(y.value, y.error)
    relative = error[value != 0] / np.abs(value[value != 0])
    assert np.median(np.append(relative, 0)) < 64 * (1 + order / 2) * UNIT


def steps(rng):
    """A random formula: what is done, in order, to a growing list of numbers."""
    names = ["+", "-", "*", "/", "exp", "expm1", "log1p", "abs", "tail", "where", "2*", "-"]
    return [(rng.choice(names), *rng.integers(0, 2 + n, 2)) for n in range(STEPS)]


def tail_of_ball(a):
    """e^(a²/2) Φ(-a)."""
    return (a * a / 2).exp() * (a / arb(2).sqrt()).erfc() / 2


def done(formula, numbers, kind):
    """The last number of a random formula; arguments of functions are kept moderate."""
    numbers = list(numbers)
    for name, first, second in formula:
        a, b = numbers[first], numbers[second]
        if name in ("exp", "expm1"):
            numbers.append(getattr(a / (1 + a * a), name)())
        elif name == "log1p":
            numbers.append((a * a / (1 + a * a)).log1p())
        elif name == "tail":
            square = 3 * (a * a / (1 + a * a))
            numbers.append(square.scaled_tail() if kind is Tracked else tail_of_ball(square))
        elif name == "abs":
            numbers.append(abs(a))
        elif name == "2*":
            numbers.append(a * 2 - b / 4)
        elif name == "where":
            x = numbers[0]  # whose sign is certain
            numbers.append(where(x.value > 0, a, b) if kind is Tracked else a if x > 0 else b)
        else:
            work = {"+": a + b, "-": a - b, "*": a * b}
            numbers.append(work[name] if name in work else a / (1 + b * b))
    return numbers[-1]


@pytest.mark.parametrize("seed", range(24))
def test_the_bound_contains_the_error_of_a_random_formula(seed):
    """Of a dozen steps, at a few hundred points."""
    rng = np.random.default_rng(seed)
    formula = steps(rng)
    x, z = rng.normal(0, 2, (2, 200))
    x[:20] *= 1e-200
    with np.errstate(all="ignore"):
        y = done(formula, [as_tracked(x), as_tracked(z)], Tracked)
    with ctx.workprec(BITS):
        true = [done(formula, pair, arb) for pair in zip(map(arb, x), map(arb, z), strict=True)]
    assert all(contains(y, true))
    assert np.isfinite(y.error).any()


@pytest.mark.parametrize("name", ["exp", "expm1", "log1p", "scaled_tail"])
def test_an_argument_s_error_is_carried_over(name):
    """The true argument may be anywhere within its error: both ends are contained."""
    x = np.array([0.1, 0.5, 0.9, 1.5])
    for error in (1e-12, 1e-6, 0.05):
        y = getattr(Tracked(x, np.full(x.shape, error)), name)()
        for shift in (-error, 0.0, error):
            with ctx.workprec(BITS):
                points = [arb(point) + arb(shift) for point in x.tolist()]
                function = tail_of_ball if name == "scaled_tail" else getattr(arb, name)
                true = list(map(function, points))
            assert all(contains(y, true))


def test_a_divisor_that_may_be_zero_promises_nothing():
    """Nor a logarithm whose argument may be -1."""
    one = as_tracked(np.array([1.0]))
    with np.errstate(all="ignore"):
        assert np.isnan((one / Tracked(np.array([1e-3]), np.array([1e-2]))).error).all()
        assert np.isnan(Tracked(np.array([-0.99]), np.array([0.1])).log1p().error).all()


def test_exact_numbers_have_no_error():
    """And a product with a power of two adds none."""
    x = as_tracked(np.array([0.1, 3.0]))
    assert not x.error.any()
    assert not (x * 4).error.any()
    assert (x * 3).error.all()
    assert as_tracked(x) is x


def test_comparisons_are_those_of_the_values():
    """As they are made by the first level, too."""
    x = as_tracked(np.array([-1.0, 0.0, 1.0]))
    assert (x > 0).tolist() == [False, False, True]
    assert (x >= 0).tolist() == [False, True, True]
    assert (x < 0).tolist() == [True, False, False]
    assert (x <= 0).tolist() == [True, True, False]
    assert (x == 0).tolist() == [False, True, False]


def test_a_comparison_that_the_error_leaves_open_takes_either_branch():
    """A third as a double, times 3, is below 1, and is 1 as computed."""
    x = as_tracked(np.array([2.0, 3.0, 4.0])) * as_tracked(1 / 3)
    assert x.value[1] == 1
    for condition in (x >= 1, x > 1, x < 1, x <= 1):
        assert condition.is_open.tolist() == [False, True, False]
        y = where(condition, 5.0, 7.0)
        assert y.error[1] >= 2
        assert not y.error[[0, 2]].any()


@pytest.mark.parametrize(("name", "value"), [("UNIT", 0.0), ("FUNCTION_UNITS", 0.0)])
def test_a_rounding_that_is_forgotten_is_caught(name, value, monkeypatch):
    """Without it a true value is outside."""
    monkeypatch.setattr(tracked, name, value)
    x = inputs()
    with np.errstate(all="ignore"):
        y = (1 / (1 + as_tracked(np.abs(x)))).exp()
    with ctx.workprec(BITS):
        true = [(1 / (1 + arb(point))).exp() for point in np.abs(x).tolist()]
    assert not all(contains(y, true))


def test_the_judge_is_independent():
    """A power series of flint, not a formula of the reference."""
    with ctx.workprec(100):
        assert isinstance(balls.form(formula_of("mish"), {})(arb_series([1, 1])), arb_series)
