"""Example 3, the dying ReLU: distributions of gradients, and gradients for negative inputs."""

import numpy as np
from matplotlib.axes import Axes

from figures.drawing.drawing import Drawing, panels
from figures.drawing.palette import overlaid, style_of
from figures.measuring.demonstrated import Activation, Catalogue, label, modern
from figures.measuring.measurements import (
    SAMPLES,
    Float64s,
    dense_near,
    pre_activations,
    zero_fraction,
)
from figures.measuring.wording import listing, math_number, number, percent

BIN = 0.04
START, STOP = -5.0, float(np.nextafter(0.0, -1.0))
SMALLEST_SHOWN = 1e-6


def distributions(catalogue: Catalogue) -> Drawing:
    """Draw a histogram of f'(x) for each modern activation, x ~ N(0, 1)."""
    plotted = modern(catalogue)
    x = pre_activations()
    gradients = {name: activation.derivative(x) for name, activation in plotted.items()}
    drawing, axes = panels(
        "Dying ReLU Problem — Gradient Distributions",
        [*plotted],
        columns=2,
        row_height=1.55,
        sharex=True,
        sharey=True,
    )
    edges = _edges(plotted)
    for panel, activation in zip(axes, plotted.values(), strict=True):
        _draw_histogram(drawing, panel, activation, gradients[activation.name], edges)
    zeros = {label(plotted[name]): zero_fraction(y[x < 0]) for name, y in gradients.items()}
    shares = listing(f"{percent(share)} with {name}" for name, share in zeros.items() if share)
    others = listing(name for name, share in zeros.items() if not share)
    drawing.caption = (
        f"Gradients at {SAMPLES:,} pre-activations drawn from N(0, 1), as the fraction that falls "
        f"into each bin of width {number(BIN)}. Of the {int((x < 0).sum()):,} negative ones, "
        f"the gradient is exactly zero for {shares}, and for none with {others}."
    )
    return drawing


def negative_region(catalogue: Catalogue) -> Drawing:
    """Draw f' for x < 0, and below it |f'| on a logarithmic axis."""
    plotted = modern(catalogue)
    drawing, (linear, logarithmic) = panels(
        "Gradient in the Negative Region — ReLU Dies, Others Survive",
        ["gradient", "magnitude"],
        columns=2,
        row_height=3.1,
    )
    logarithmic.set_yscale("log")
    dead = [label(a) for a in plotted.values() if not np.any(a.derivative(_approach(a)))]
    for activation in plotted.values():
        x = _approach(activation)
        y = activation.derivative(x)
        look = style_of(activation.name) | overlaid(activation.name)
        drawing.line(linear, activation.name, x, y, label=label(activation), **look)
        if label(activation) not in dead:
            drawing.line(logarithmic, activation.name, x, np.where(y == 0, np.nan, abs(y)), **look)
    linear.set(title="Gradient", xlabel="$x$", ylabel="$f'(x)$")
    linear.legend()
    logarithmic.set(title="Magnitude, log scale", xlabel="$x$", ylabel="$|f'(x)|$")
    logarithmic.set_ylim(SMALLEST_SHOWN, 1)
    logarithmic.annotate(
        f"{listing(dead)}: exactly 0,\nnot on a log axis",
        (0.42, 0.04),
        xycoords="axes fraction",
        ha="center",
        fontsize=8,
    )
    at_start = listing(
        f"{number(float(a.derivative(START)))} ({label(a)})" for a in plotted.values()
    )
    drawing.caption = (
        f"For x < 0 the gradient of {listing(dead)} is exactly zero, which a logarithmic axis "
        "cannot show; the others keep one, if a small one. "
        f"At x = {number(START)} the gradients are {at_start}. "
        "The notches on the right are the points where a gradient changes sign."
    )
    return drawing


def _edges(plotted: Catalogue) -> Float64s:
    """Return bin edges that put 0 and 1 in the middle of a bin."""
    bounds = [activation.orders[1].bounds for activation in plotted.values()]
    first = int(np.floor(min(low for low, _ in bounds) / BIN)) - 1
    last = int(np.ceil(max(high for _, high in bounds) / BIN)) + 1
    return np.asarray((np.arange(first, last + 2) - 0.5) * BIN, np.float64)


def _draw_histogram(
    drawing: Drawing, axes: Axes, activation: Activation, gradient: Float64s, edges: Float64s
) -> None:
    fractions = np.histogram(gradient, edges)[0] / gradient.size
    axes.stairs(fractions, edges, fill=True, color=style_of(activation.name)["color"])
    drawing.record(axes, activation.name, (edges[:-1] + edges[1:]) / 2, fractions)
    axes.set(title=label(activation), xlabel="$f'(x)$", ylabel="fraction of inputs", ylim=(0, 0.6))
    axes.label_outer()
    axes.annotate(
        f"exactly zero: {percent(zero_fraction(gradient))}",
        (0.5, 0.8),
        xycoords="axes fraction",
        ha="center",
    )
    for value in _point_masses(gradient):
        height = fractions[np.searchsorted(edges, value) - 1]
        axes.annotate(
            f"all at {math_number(value)}",
            (value, height),
            xytext=(0, 2),
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )


def _point_masses(gradient: Float64s) -> list[float]:
    """Return the values that more than a tenth of the gradients share to the last bit."""
    values, counts = np.unique(gradient, return_counts=True)
    return [float(value) for value in values[counts > gradient.size / 10]]


def _approach(activation: Activation) -> Float64s:
    """Return x over [-5, 0), dense around the zeros of f' so that |f'| is seen to reach 0."""
    roots = [root for root in activation.orders[1].roots if START < root < STOP]
    return dense_near(np.linspace(START, STOP, 1001), roots)
