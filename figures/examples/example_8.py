"""Example 8, numerical stability: over [-20, 20], and over the whole of float64."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from figures.drawing.curve import curve, draw_among_others
from figures.drawing.drawing import Drawing, panels
from figures.drawing.palette import style_of
from figures.measuring.demonstrated import Catalogue, label, six
from figures.measuring.measurements import Float64s, every_scale
from figures.measuring.wording import listing, number

START, STOP = -20.0, 20.0
DECADES = 324
GRADIENT: dict[str, Any] = {"color": "black", "linestyle": (0, (2, 1)), "linewidth": 1}
TICKS = {-1e300: "$-10^{300}$", -1.0: "$-1$", 0.0: "0", 1.0: "1", 1e300: "$10^{300}$"}


def extended_range(catalogue: Catalogue) -> Drawing:
    """Draw the values over [-20, 20], and the gradients below them."""
    plotted = six(catalogue)
    drawing, (values, gradients) = panels(
        "Numerical Stability — Extended Range Behavior",
        ["values", "gradients"],
        columns=1,
        row_height=1.7,
        sharex=True,
    )
    for activation in plotted.values():
        draw_among_others(drawing, values, activation, (START, STOP), 0)
        draw_among_others(drawing, gradients, activation, (START, STOP), 1)
    values.set(title="Forward Values Over Extended Range [-20, 20]", ylabel="$f(x)$")
    values.legend(ncols=2)
    gradients.set(
        title="Gradient Values Over Extended Range [-20, 20]", xlabel="$x$", ylabel="$f'(x)$"
    )
    left = {label(a): float(a.derivative(START)) for a in plotted.values()}
    dead = [name for name, gradient in left.items() if gradient == 0]
    drawing.caption = (
        "Far from zero every activation is close to its limits, values above and gradients below. "
        f"At x = {number(START)} the gradients are "
        f"{listing(f'{number(y)} ({name})' for name, y in left.items())}; exactly zero: "
        f"{listing(dead) if dead else 'none'}."
    )
    return drawing


def whole_range(catalogue: Catalogue) -> Drawing:
    """Draw value and gradient from -max to max, both axes on a signed logarithmic scale."""
    plotted = six(catalogue)
    x = every_scale()
    drawing, axes = panels(
        "Numerical Stability — The Whole Float64 Range",
        [*plotted],
        columns=3,
        row_height=1.6,
        sharex=True,
        sharey=True,
    )
    finite = 0
    for panel, activation in zip(axes, plotted.values(), strict=True):
        results = activation(x), activation.derivative(x)
        finite += sum(int(np.isfinite(y).sum()) for y in results)
        look = style_of(activation.name) | {"linestyle": "-"}
        _draw(drawing, panel, "value", curve(activation, 0, x), **look)
        _draw(drawing, panel, "gradient", curve(activation, 1, x), **GRADIENT)
        panel.set_xticks(signed_log([*TICKS]), labels=[*TICKS.values()])
        panel.set_yticks(signed_log([*TICKS]), labels=[*TICKS.values()])
        panel.set_title(label(activation))
        panel.set_xlabel("$x$")
        panel.label_outer()
    drawing.figure.legend(
        [Line2D([], [], color="grey"), Line2D([], [], **GRADIENT)],
        ["value $f(x)$", "gradient $f'(x)$"],
        loc="outside lower center",
        ncols=2,
    )
    drawing.caption = (
        f"Value (coloured) and gradient (black, dashed) at {x.size:,} inputs from −{number(x[-1])} "
        f"to {number(x[-1])}, zero and the subnormals included, both axes logarithmic on either "
        "side of zero. The steep and the flat stretches are the axes' doing: half of an axis "
        f"spans {DECADES + 308} decades, and 0.01 to 100 is four of them. "
        f"Of the {2 * x.size * len(plotted):,} results {finite:,} are finite."
    )
    return drawing


def signed_log(x: Any) -> Any:
    """Return sign(x) · (log10|x| + 324), and 0 for 0: the smallest subnormal lies 0.7 from 0."""
    x = np.asarray(x, np.float64)
    magnitude = np.log10(np.abs(x), where=x != 0, out=np.full(x.shape, -float(DECADES)))
    return np.sign(x) * (magnitude + DECADES)


def _draw(
    drawing: Drawing, axes: Axes, name: str, points: tuple[Float64s, Float64s], **look: Any
) -> None:
    """Draw a line at the positions of its numbers on two signed logarithmic axes."""
    axes.plot(*map(signed_log, points), **look)
    drawing.record(axes, name, *points)
