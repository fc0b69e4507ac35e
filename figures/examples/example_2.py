"""Example 2, the derivatives over [-5, 5]: one by one, and overlaid."""

from figures.drawing.curve import draw, draw_among_others
from figures.drawing.drawing import Drawing, panels
from figures.measuring.demonstrated import Catalogue, label, six
from figures.measuring.measurements import maximum, minimum
from figures.measuring.wording import listing, number

START, STOP = -5.0, 5.0
TICKS = (-4, -2, 0, 2, 4)


def individual(catalogue: Catalogue) -> Drawing:
    """Draw a panel for each derivative, all on the same scale."""
    plotted = six(catalogue)
    drawing, axes = panels(
        "Activation Derivatives — Backward Pass",
        [*plotted],
        columns=3,
        row_height=1.6,
        sharex=True,
        sharey=True,
    )
    for panel, activation in zip(axes, plotted.values(), strict=True):
        draw(drawing, panel, activation, (START, STOP), 1, linestyle="-")
        panel.set_title(f"{label(activation)} derivative")
        panel.set(xlabel="$x$", ylabel="$f'(x)$", xticks=TICKS)
        panel.label_outer()
    drawing.caption = (
        "The derivatives on one scale. Where a derivative jumps, the line is broken: "
        "a filled dot is the value chosen at the kink, an open one the limit from the other side. "
        f"The greatest slopes over [−5, 5] are {_peaks(plotted)}."
    )
    return drawing


def overlay(catalogue: Catalogue) -> Drawing:
    """Draw all derivatives on one pair of axes."""
    plotted = six(catalogue)
    drawing, (axes,) = panels("All Activation Derivatives Overlaid", ["all"], 1, row_height=3.3)
    for activation in plotted.values():
        draw_among_others(drawing, axes, activation, (START, STOP), 1)
    axes.set(xlabel="$x$", ylabel="$f'(x)$")
    axes.legend()
    negative = {
        label(activation): minimum(activation.derivative, START, STOP)
        for activation in plotted.values()
        if not activation.monotone
    }
    lows = listing(f"{name} to {number(y)} at x = {number(x)}" for name, (x, y) in negative.items())
    roots = listing(
        f"x = {number(activation.orders[1].roots[0], 4)} ({label(activation)})"
        for activation in plotted.values()
        if not activation.monotone
    )
    drawing.caption = (
        f"Some slopes turn negative: {lows}. They cross zero at {roots}, "
        "and overshoot 1 for positive x before they settle there."
    )
    return drawing


def _peaks(plotted: Catalogue) -> str:
    return listing(
        f"{number(maximum(activation.derivative, START, STOP)[1], 4)} ({label(activation)})"
        for activation in plotted.values()
    )
