"""The small figure of each activation: three panels, every jump shown, wherever it is."""

from dataclasses import replace

import numpy as np
import pytest

from figures.drawing.curve import jumps
from figures.drawing.drawing import styled
from figures.drawing.portrait import portrait
from figures.measuring.demonstrated import ACTIVATIONS


def drawn(activation):
    """Return the portrait."""
    with styled():
        return portrait(activation)


def dots(axes, *, filled):
    """Return the positions of the filled or the open dots."""
    lines = [line for line in axes.lines if line.get_marker() == "o"]
    chosen = [line for line in lines if (line.get_markerfacecolor() != "white") == filled]
    return [(x, y) for line in chosen for x, y in line.get_xydata().tolist()]


@pytest.fixture
def hard_swish(altered):
    """An activation of two kinks away from 0, with jumps in both derivatives: x/6 min(...)."""

    def branches(order, x, _y):
        inside = [x * (x + 3) / 6, (2 * x + 3) / 6, np.full(x.shape, 1 / 3)][order]
        right = [x, np.ones_like(x), np.zeros_like(x)][order]
        return np.where(x <= -3, 0.0, np.where(x < 3, inside, right))

    silu = ACTIVATIONS["silu"]
    model = ACTIVATIONS["relu"].kinks[0]
    kinks = (
        replace(model, at=-3.0, left=0.0, right=-0.5, chosen=0.0),
        replace(model, at=3.0, left=1.5, right=1.0, chosen=1.0),
    )
    return altered(silu, branches, name="hard_swish", title="HardSwish", kinks=kinks)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_panels_are_value_and_derivatives(name):
    """Away from jumps each curve is the reference's, to the last bit, over at least [-5, 5]."""
    activation = ACTIVATIONS[name]
    panels = drawn(activation).figure.axes
    assert [axes.get_ylabel() for axes in panels] == ["$f$", "$f'$", "$f''$"]
    for order, axes in enumerate(panels):
        x, y = axes.lines[0].get_data()
        assert x[0] <= -5
        assert x[-1] >= 5
        smooth = ~np.isin(x, [kink.at for kink in activation.kinks])
        np.testing.assert_array_equal(y[smooth], activation.derivative(x[smooth], order))
        gaps = [jump.at for jump in jumps(activation, order, (x[0], x[-1]))]
        np.testing.assert_array_equal(x[np.isnan(y)], gaps)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_numbers_are_those_drawn(name):
    """Every line of the panels is a recorded series."""
    drawing = drawn(ACTIVATIONS[name])
    lines = [line.get_xydata() for axes in drawing.figure.axes for line in axes.lines]
    for line, series in zip(lines, drawing.series, strict=True):
        np.testing.assert_array_equal(line, np.column_stack([series.x, series.y]))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slopes_at_a_kink_are_those_stated(name):
    """The limits that are drawn open, and the value that is filled, are the facts."""
    activation = ACTIVATIONS[name]
    axes = drawn(activation).figure.axes[1]
    stated = [kink for kink in activation.kinks if kink.left != kink.right]
    assert dots(axes, filled=True) == [(kink.at, kink.chosen) for kink in stated]
    ends = [(k.at, end) for k in stated for end in (k.left, k.right) if end != k.chosen]
    np.testing.assert_allclose(dots(axes, filled=False), ends)


def test_every_kink_is_drawn_wherever_it_is(hard_swish):
    """Two kinks, at -3 and 3, with a jump of the slope and one of the curvature at each."""
    value, slope, curvature = drawn(hard_swish).figure.axes
    assert dots(value, filled=True) == []
    assert dots(slope, filled=True) == [(-3, 0), (3, 1)]
    np.testing.assert_allclose(dots(slope, filled=False), [(-3, -0.5), (3, 1.5)])
    assert dots(curvature, filled=True) == [(-3, 0), (3, 0)]
    np.testing.assert_allclose(dots(curvature, filled=False), [(-3, 1 / 3), (3, 1 / 3)])
    assert np.count_nonzero(np.isnan(slope.lines[0].get_ydata())) == 2


def test_a_value_between_the_limits_leaves_both_open(altered):
    """As JAX chooses 0.5 for some: two open dots, and a filled one between them."""
    relu = ACTIVATIONS["relu"]
    half = altered(relu, lambda order, x, y: np.where(x == 0, 0.5, y) if order == 1 else y)
    slope = drawn(half).figure.axes[1]
    assert dots(slope, filled=True) == [(0, 0.5)]
    assert dots(slope, filled=False) == [(0, 0), (0, 1)]


def test_a_kink_beyond_is_within_the_axes(hard_swish):
    """The axis reaches past the last kink."""
    far = tuple(replace(kink, at=3 * kink.at) for kink in hard_swish.kinks)
    hard_swish.kinks = far
    x = drawn(hard_swish).figure.axes[0].lines[0].get_xdata()
    assert x[0] < -9
    assert x[-1] > 9
    assert {-9.0, 9.0} <= set(x)
