"""The curves of an activation, with every kink on the grid and every jump left open."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from figures.measuring.demonstrated import Activation, label

from .drawing import Drawing
from .palette import overlaid, style_of

Float64s = NDArray[np.float64]
Points = tuple[Float64s, Float64s]
Interval = tuple[float, float]

# From a double to the next, a smooth function of these sizes changes by some 1e-15; a change that
# is less than a millionth is nothing that print can show.
VISIBLE = 1e-6


@dataclass(frozen=True)
class Jump:
    """A point where a derivative is not continuous: its limits, and its value there."""

    at: float
    left: float
    right: float
    chosen: float

    @property
    def open_ends(self) -> list[float]:
        """Return the limits that the value there is not."""
        return [end for end in (self.left, self.right) if abs(end - self.chosen) > VISIBLE]


def jumps(activation: Activation, order: int, interval: Interval) -> list[Jump]:
    """Return where the derivative of this order jumps, among the activation's kinks.

    The limits are taken at the neighbouring doubles, so that a kink of any order is found.
    """
    start, stop = interval
    found = []
    for at in sorted({kink.at for kink in activation.kinks}):
        beside = np.nextafter(at, [-np.inf, np.inf])
        left, right = activation.derivative(beside, order).tolist()
        jump = Jump(at, left, right, float(activation.derivative(at, order)))
        if start <= at <= stop and jump.open_ends:
            found.append(jump)
    return found


def curve(activation: Activation, order: int, x: Float64s) -> Points:
    """Return x, the kinks among it, and the derivative, broken with a NaN where it jumps."""
    start, stop = float(x[0]), float(x[-1])
    kinks = [kink.at for kink in activation.kinks if start <= kink.at <= stop]
    x = np.union1d(x, kinks)
    y = activation.derivative(x, order)
    for jump in jumps(activation, order, (start, stop)):
        at = int(np.searchsorted(x, jump.at))
        x = np.concatenate([x[:at], [jump.at] * 3, x[at + 1 :]])
        y = np.concatenate([y[:at], [jump.left, np.nan, jump.right], y[at + 1 :]])
    return x, y


def draw(
    drawing: Drawing,
    axes: Axes,
    activation: Activation,
    interval: Interval,
    order: int,
    **look: Any,
) -> None:
    """Draw a derivative, or for order 0 the value, in the activation's style.

    At a jump the value chosen is a filled dot, and each limit that it is not an open one.
    """
    x, y = curve(activation, order, np.linspace(*interval, 1001))
    style = style_of(activation.name) | look
    drawing.line(axes, activation.name, x, y, label=label(activation), **style)
    dots = {"color": style["color"], "marker": "o", "linestyle": "none", "zorder": 4}
    for jump in jumps(activation, order, interval):
        ends = jump.open_ends
        at = [jump.at] * len(ends)
        drawing.line(axes, f"{activation.name} not chosen", at, ends, **dots, mfc="white")
        drawing.line(axes, f"{activation.name} chosen", [jump.at], [jump.chosen], **dots)


def draw_among_others(
    drawing: Drawing, axes: Axes, activation: Activation, interval: Interval, order: int
) -> None:
    """Draw it on axes that it shares with other activations."""
    draw(drawing, axes, activation, interval, order, **overlaid(activation.name))
