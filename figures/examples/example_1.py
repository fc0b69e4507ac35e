"""Example 1, the forward functions over [-5, 5]: one by one, and overlaid."""

from figures.drawing.curve import draw, draw_among_others
from figures.drawing.drawing import Drawing, name_outer_axes, panels
from figures.measuring.demonstrated import Catalogue, classic, label, six
from figures.measuring.measurements import minimum
from figures.measuring.wording import listing, number

START, STOP = -5.0, 5.0
TICKS = (-4, -2, 0, 2, 4)


def individual(catalogue: Catalogue) -> Drawing:
    """Draw a panel for each activation."""
    plotted = six(catalogue)
    drawing, axes = panels(
        "Activation Functions — Forward Pass", [*plotted], columns=3, row_height=1.6, sharex=True
    )
    for panel, activation in zip(axes, plotted.values(), strict=True):
        draw(drawing, panel, activation, (START, STOP), 0, linestyle="-")
        panel.set_title(label(activation))
        panel.set(xlabel="$x$", ylabel="$f(x)$", xticks=TICKS)
        name_outer_axes(panel)
    drawing.caption = (
        f"The six activations over [−5, 5], each on its own vertical scale. "
        f"{_saturating(plotted)} {_with_kinks(plotted)}"
    )
    return drawing


def overlay(catalogue: Catalogue) -> Drawing:
    """Draw all activations on one pair of axes."""
    plotted = six(catalogue)
    drawing, (axes,) = panels("All Activation Functions Overlaid", ["all"], 1, row_height=3.3)
    for activation in plotted.values():
        draw_among_others(drawing, axes, activation, (START, STOP), 0)
    axes.set(xlabel="$x$", ylabel="$f(x)$")
    axes.legend()
    lowest = {
        label(activation): minimum(activation, START, STOP)
        for activation in plotted.values()
        if not activation.monotone
    }
    dips = listing(f"{name} to {number(y)} at x = {number(x)}" for name, (x, y) in lowest.items())
    highest = listing(f"{label(a)} {number(float(a(STOP)), 4)}" for a in plotted.values())
    drawing.caption = (
        f"The same curves on one scale. Those that are not monotonic dip below zero: {dips}. "
        f"At x = {number(STOP)} the values are {highest}."
    )
    return drawing


def _saturating(plotted: Catalogue) -> str:
    bounded = listing(
        f"{label(a)} in ({number(a.orders[0].bounds[0])}, {number(a.orders[0].bounds[1])})"
        for a in classic(plotted).values()
    )
    return f"{bounded} saturate on both sides; the others grow without bound to the right."


def _with_kinks(plotted: Catalogue) -> str:
    kinked = [label(a) for a in plotted.values() if a.kinks]
    places = sorted({kink.at for a in plotted.values() for kink in a.kinks})
    return f"{listing(kinked)} have a kink at x = {listing(map(number, places))}."
