"""The level of heads and tails: it decides most results, and leaves the delicate ones alone."""

import numpy as np
import pytest

from reference import ACTIVATIONS, gelu_tanh, sigmoid
from reference.definition import evaluation
from reference.definition.head_tail_level import by_head_tail
from reference.definition.levels import Task

FUNCTIONS = [
    pytest.param(activation, order, id=f"{activation.name}-{order}")
    for activation in ACTIVATIONS.values()
    for order in range(3)
    if not activation.orders[order].exact
]
each_function = pytest.mark.parametrize(("activation", "order"), FUNCTIONS)


def task(activation, order, x):
    """What the level is told."""
    function = activation.orders[order]
    return Task(function, activation.parameters, x.dtype, function.guides[1], x.size)


def in_doubt(activation, order, x, upstream=None):
    """What it leaves to others."""
    with np.errstate(all="ignore"):
        return by_head_tail(task(activation, order, x), x, upstream)[1]


def delicate():
    """Everywhere a level may go wrong: zeros, tiny and large numbers, and what is usual."""
    rng = np.random.default_rng(61)
    usual = 3 * rng.standard_normal(20_000)
    binades = np.ldexp(rng.uniform(-1, 1, 6000), rng.integers(-1074, 10, 6000))
    few_digits = rng.integers(-(2**12), 2**12, 3000) * 2.0 ** -rng.integers(0, 40, 3000)
    return np.concatenate([usual, binades, few_digits, [0.0, -0.0, np.inf, -np.inf, np.nan]])


@each_function
def test_the_bits_are_those_without_it(activation, order, monkeypatch):
    """Value and derivatives, and their products with numbers of all sizes."""
    x = delicate()
    upstream = np.ldexp(x[::-1], np.random.default_rng(62).integers(-1000, 900, x.size))
    upstream[~np.isfinite(upstream)] = 1.0

    def results():
        function = activation.orders[order]
        parts = [
            evaluation.evaluate(function, x, factor, activation.parameters, by_default=True)
            for factor in (None, upstream)
        ]
        return np.concatenate(parts).view(np.int64)

    with_it = results()
    monkeypatch.setattr(evaluation, "BY_HEAD_TAIL", evaluation.STAGES[1])
    assert np.array_equal(with_it, results())


@each_function
def test_it_decides_most_results(activation, order):
    """Of inputs as they are usual, 99 of 100; where they are 0, in half of them."""
    x = 3 * np.random.default_rng(63).standard_normal(20_000)
    y = activation.derivative(x, order)
    doubts = in_doubt(activation, order, x)[y != 0]
    assert np.count_nonzero(doubts) < doubts.size / 100


def test_what_may_underflow_is_left():
    """Far out, next to 0, and where a result or a factor of it is tiny."""
    x = np.array([17.0, -17.0, 1e300, 1e-70, -5e-324, 0.0, 3.0])
    assert in_doubt(sigmoid, 0, x).tolist() == [True] * 6 + [False]
    x, factor = np.array([-15.9, -15.9, 1.0, 1.0]), np.array([1.0, 1e290, 1e-290, 1e290])
    assert in_doubt(gelu_tanh, 1, x).tolist() == [False] * 4
    assert in_doubt(gelu_tanh, 1, x, factor).tolist() == [False, False, True, False]
    x = np.full(3, -16.0)
    assert in_doubt(gelu_tanh, 1, x, np.array([1.0, 1e-150, 0.0])).tolist() == [False, True, True]
