"""What captions and findings measure on functions and on samples."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference import Activation

SEED = 42
SAMPLES = 100_000
LAYERS = 10
POINTS = 2001
ZOOMS = 4
SMALLEST = math.ulp(0.0)

Float64s = NDArray[np.float64]
RealFunction = Callable[[Any], Any]


def pre_activations() -> Float64s:
    """Return the random inputs of every example: 100,000 draws from N(0, 1) with seed 42."""
    return np.random.default_rng(SEED).standard_normal(SAMPLES)


def maximum(function: RealFunction, start: float, stop: float) -> tuple[float, float]:
    """Return where ``function`` is greatest over [start, stop], and its value there.

    The grid of 2,001 points is laid four times, each time over the two cells around the greatest
    value of the last; where rounding makes a plateau of it, around the middle of the plateau.
    """
    found = []
    for _ in range(ZOOMS):
        x = np.linspace(start, stop, POINTS)
        y = function(x)
        ties = np.flatnonzero(y == np.max(y))
        best = int(ties[ties.size // 2])
        found.append((float(x[best]), float(y[best])))
        start, stop = float(x[max(best - 1, 0)]), float(x[min(best + 1, POINTS - 1)])
    return max(found, key=lambda point: point[1])


def minimum(function: RealFunction, start: float, stop: float) -> tuple[float, float]:
    """Return where ``function`` is least over [start, stop], and its value there."""
    where, value = maximum(lambda x: -function(x), start, stop)
    return where, -value


def largest_at(activation: Activation, distance: float) -> float:
    """Return the larger of |f'| at the two points of this distance from 0."""
    return float(np.max(abs(activation.derivative([-distance, distance]))))


def last_true(holds: Callable[[float], bool], true: float, false: float) -> float:
    """Return the last point at which ``holds``, by bisection towards one at which it does not."""
    while (middle := true + (false - true) / 2) not in {true, false}:
        if holds(middle):
            true = middle
        else:
            false = middle
    return true


def sign_changes(function: RealFunction, x: Float64s) -> list[float]:
    """Return the last point before each change of sign of ``function`` between points of ``x``."""
    sign = np.sign(function(x))
    changes = np.flatnonzero(sign[:-1] * sign[1:] < 0)

    def last_like(i: int) -> float:
        return last_true(
            lambda middle: bool(np.sign(function(middle)) == sign[i]), float(x[i]), float(x[i + 1])
        )

    return [last_like(i) for i in changes.tolist()]


def dense_near(x: Float64s, roots: Sequence[float]) -> Float64s:
    """Add points to a grid that close in on each root, down to a distance of 1e-8.

    On a logarithmic axis |f| then falls off the plot at a root, where it would else turn at
    whatever depth the grid happens to have.
    """
    distances = np.geomspace(1e-8, 1e-2, 61)
    near = [root + side * distances for root in roots for side in (-1, 1)]
    return np.unique(np.concatenate([x, *near]))


def zero_fraction(values: Float64s) -> float:
    """Return the fraction of values that are exactly 0."""
    return float(np.mean(values == 0))


def chain(activation: Activation, x: Float64s, layers: int = LAYERS) -> tuple[Float64s, Float64s]:
    """Apply f again and again: the gradients d(f∘...∘f)/dx and the values, a row per layer.

    Row 0 is before the first layer: gradient 1, value x.
    """
    values, gradients = [x], [np.ones_like(x)]
    for _ in range(layers):
        gradients.append(activation.backward(values[-1], gradients[-1]))
        values.append(activation(values[-1]))
    return np.array(gradients), np.array(values)


def every_scale() -> Float64s:
    """Return inputs over the whole float64 range, from -max to max: 0 and every ±2^e.

    Between 2^-10 and 2^10 there are sixteen in a binade, elsewhere one.
    """
    powers = np.ldexp(1.0, np.arange(-1074, 1024))
    middle = 2.0 ** np.arange(-10, 10, 1 / 16)
    magnitudes = np.union1d(powers, [*middle, np.finfo(float).max])
    return np.concatenate([-magnitudes[::-1], [0.0], magnitudes])
