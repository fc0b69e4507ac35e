"""The curves of an activation, with every kink on the grid and every jump left open."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from .catalogue import Activation, label
from .drawing import Drawing
from .palette import style_of

Points = tuple[NDArray[np.float64], NDArray[np.float64]]
Interval = tuple[float, float]


def grid(
    activation: Activation, start: float, stop: float, points: int = 1001
) -> NDArray[np.float64]:
    """Return ``points`` equidistant numbers, and the kinks that lie among them."""
    kinks = [kink.at for kink in activation.kinks if start <= kink.at <= stop]
    return np.union1d(np.linspace(start, stop, points), kinks)


def value_curve(activation: Activation, start: float, stop: float, points: int = 1001) -> Points:
    """Return x and f(x)."""
    x = grid(activation, start, stop, points)
    return x, activation(x)


def derivative_curve(
    activation: Activation, start: float, stop: float, points: int = 1001
) -> Points:
    """Return x and f'(x), broken where f' jumps: both one-sided limits with a NaN between them."""
    x = grid(activation, start, stop, points)
    y = activation.derivative(x)
    for kink in activation.kinks:
        place = np.flatnonzero(x == kink.at)
        if place.size:
            at = int(place[0])
            x = np.concatenate([x[:at], [kink.at] * 3, x[at + 1 :]])
            y = np.concatenate([y[:at], [kink.left, np.nan, kink.right], y[at + 1 :]])
    return x, y


def draw_value(
    drawing: Drawing, axes: Axes, activation: Activation, interval: Interval, **look: Any
) -> None:
    """Draw f over an interval in the activation's own style; ``look`` overrides it."""
    x, y = value_curve(activation, *interval)
    style = style_of(activation.name) | look
    drawing.line(axes, activation.name, x, y, label=label(activation), **style)


def draw_derivative(
    drawing: Drawing, axes: Axes, activation: Activation, interval: Interval, **look: Any
) -> None:
    """Draw f' over an interval, and at a jump the value chosen (filled) and not chosen (open)."""
    x, y = derivative_curve(activation, *interval)
    style = style_of(activation.name) | look
    drawing.line(axes, activation.name, x, y, label=label(activation), **style)
    start, stop = interval
    for kink in activation.kinks:
        if start <= kink.at <= stop:
            dots = {"color": style["color"], "marker": "o", "linestyle": "none", "zorder": 4}
            open_ends = [end for end in (kink.left, kink.right) if end != kink.chosen]
            drawing.line(
                axes,
                f"{activation.name} not chosen",
                [kink.at] * len(open_ends),
                open_ends,
                **dots,
                markerfacecolor="white",
            )
            drawing.line(
                axes,
                f"{activation.name} chosen",
                [kink.at],
                [activation.derivative(kink.at)],
                **dots,
            )
