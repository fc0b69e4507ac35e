"""Example 7, temperature: f(kx) for growing k."""

import numpy as np
from matplotlib.axes import Axes

from figures.drawing.drawing import Drawing, name_outer_axes, panels
from figures.drawing.palette import DASHES, SHADES
from figures.measuring.demonstrated import Activation, Catalogue, classic, label, six
from figures.measuring.measurements import Float64s, maximum
from figures.measuring.wording import listing, number

START, STOP = -3.0, 3.0
SCALES = (1, 2, 5, 20)
SCALE_DASHES = (DASHES[6], DASHES[5], DASHES[4], DASHES[0])
LIMIT = {"color": "black", "linewidth": 0.9, "linestyle": ":", "zorder": 3}


def temperature(catalogue: Catalogue) -> Drawing:
    """Draw f(kx), or f(kx)/k where f grows without bound, for each smooth activation.

    A kinked activation is left out: it is made of straight lines through 0, so f(kx)/k = f(x).
    """
    plotted = {name: a for name, a in six(catalogue).items() if not a.kinks}
    saturating = classic(catalogue)
    drawing, axes = panels(
        "Temperature/Scaling Effects on Activations",
        [*plotted],
        columns=2,
        row_height=1.65,
        sharex=True,
    )
    for panel, activation in zip(axes, plotted.values(), strict=True):
        _draw_scales(drawing, panel, activation, divide=activation.name not in saturating)
        _draw_limit(drawing, panel, activation, steps=activation.name in saturating)
        panel.set_xlabel("$x$")
        name_outer_axes(panel)
    drawing.figure.legend(
        *axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(SCALES) + 1
    )
    drawing.caption = (
        f"{listing(map(label, saturating.values()))} turn into a step as k grows, the others, "
        "divided by k so that their scale stays, into max(0, x). "
        f"{_distances(plotted, saturating)}"
    )
    return drawing


def _draw_scales(drawing: Drawing, axes: Axes, activation: Activation, *, divide: bool) -> None:
    x = np.linspace(START, STOP, 1201)
    for scale, shade, dash in zip(SCALES, SHADES, SCALE_DASHES, strict=True):
        y = activation(scale * x) / (scale if divide else 1)
        drawing.line(
            axes,
            f"k = {scale}",
            x,
            y,
            label=f"$k = {scale}$",
            color=shade,
            linestyle=dash,
        )
    axes.set_title(f"{label(activation)}: $f(kx)" + ("\\,/\\,k$" if divide else "$"))


def _draw_limit(drawing: Drawing, axes: Axes, activation: Activation, *, steps: bool) -> None:
    """Draw the limit for k to infinity: a step of the value, or a bend of the slope."""
    left, right = activation.orders[0 if steps else 1].limits
    x = np.array([START, 0, np.nan, 0, STOP])
    y = np.array([left, left, np.nan, right, right]) * (1 if steps else x)
    drawing.line(axes, "limit", x, y, label="$k \\to \\infty$", **LIMIT)
    if steps:
        dots = {"color": "black", "marker": "o", "linestyle": "none", "zorder": 4}
        drawing.line(axes, "limit not taken", [0, 0], [left, right], **dots, mfc="white")
        drawing.line(axes, "limit taken", [0], [activation(0.0)], **dots)


def _distances(plotted: Catalogue, saturating: Catalogue) -> str:
    """Return how far f(kx)/k is from its limit, at worst."""
    scale = SCALES[-1]

    def distance(activation: Activation) -> float:
        left, right = activation.orders[1].limits

        def gap(x: Float64s) -> Float64s:
            return abs(activation(scale * x) / scale - np.where(x < 0, left, right) * x)

        return maximum(gap, START, STOP)[1]

    return (
        f"At k = {scale} the distance from that limit is at most "
        + listing(
            f"{number(distance(a))} ({label(a)})"
            for name, a in plotted.items()
            if name not in saturating
        )
        + "."
    )
