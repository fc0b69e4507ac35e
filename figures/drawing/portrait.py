"""One activation by itself, small: value, first and second derivative, one above the other."""

import numpy as np
from matplotlib.figure import Figure

from figures.measuring.demonstrated import Activation

from .curve import draw
from .drawing import Drawing

SIZE = (2.2, 1.7)  # inches
REACH = 5.0
BEYOND = 1.25
LABELS = ("$f$", "$f'$", "$f''$")
SMALL = 7


def portrait(activation: Activation) -> Drawing:
    """Draw value and derivatives from -5 to 5, or further where the last kink or root is beyond."""
    figure = Figure(figsize=SIZE)
    drawing = Drawing(figure)
    reach = _reach(activation)
    panels = figure.subplots(len(LABELS), 1, sharex=True)
    for order, (axes, label) in enumerate(zip(panels, LABELS, strict=True)):
        axes.set_gid(label.strip("$"))
        draw(drawing, axes, activation, (-reach, reach), order, linestyle="-", linewidth=1.2)
        axes.set_ylabel(label, fontsize=SMALL + 1)
        axes.tick_params(labelsize=SMALL, length=2, pad=1.5)
        axes.locator_params(axis="y", nbins=3)
        for line in axes.lines:
            line.set_markersize(3)
        if np.ptp(axes.lines[0].get_ydata()) == 0:
            axes.set_ylim(-1, 1)
    return drawing


def _reach(activation: Activation) -> float:
    places = [kink.at for kink in activation.kinks]
    places += [root for function in activation.orders for root in function.roots]
    return max([REACH, *(BEYOND * abs(place) for place in places)])
