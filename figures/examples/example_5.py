"""Example 5, vanishing gradients: classic activations against modern ones."""

from matplotlib.axes import Axes

from figures.drawing.curve import draw_among_others
from figures.drawing.drawing import Drawing, panels
from figures.measuring.demonstrated import Catalogue, classic, label, modern
from figures.measuring.measurements import SMALLEST, minimum
from figures.measuring.wording import listing, number

START, STOP = -10.0, 10.0
TICKS = (-10, -5, 0, 5, 10)


def classic_and_modern(catalogue: Catalogue) -> Drawing:
    """Draw the derivatives of the two groups, one above the other."""
    drawing, (upper, lower) = panels(
        "Vanishing Gradient: Classic vs Modern Activations",
        ["classic", "modern"],
        columns=1,
        row_height=1.55,
        sharex=True,
        sharey=True,
    )
    saturating, surviving = classic(catalogue), modern(catalogue)
    _draw_group(drawing, upper, saturating, "Classic Activations — Gradients Vanish at Extremes")
    _draw_group(drawing, lower, surviving, "Modern Activations — Gradients Survive for $x > 0$")
    at_stop = listing(
        f"{number(float(a.derivative(STOP)))} ({label(a)})" for a in saturating.values()
    )
    least = min(minimum(a.derivative, SMALLEST, STOP)[1] for a in surviving.values())
    drawing.caption = (
        f"Above: a saturated unit passes almost nothing back; at x = {number(STOP)} the gradients "
        f"are {at_stop}. Below: for 0 < x ≤ {number(STOP)} none of "
        f"{listing(map(label, surviving.values()))} falls below {number(least)}."
    )
    return drawing


def _draw_group(drawing: Drawing, axes: Axes, group: Catalogue, title: str) -> None:
    for activation in group.values():
        draw_among_others(drawing, axes, activation, (START, STOP), 1)
    axes.set(title=title, xlabel="$x$", ylabel="$f'(x)$", xticks=TICKS)
    axes.label_outer()
    axes.legend(loc="upper left")
