"""Example 6, ten layers of nothing but activations: gradients and values on their way through."""

import numpy as np
from matplotlib.axes import Axes

from figures.drawing.drawing import Drawing, panels
from figures.drawing.palette import marker_of, overlaid, style_of
from figures.measuring.demonstrated import Activation, Catalogue, label, six
from figures.measuring.measurements import (
    LAYERS,
    SAMPLES,
    Float64s,
    chain,
    pre_activations,
    zero_fraction,
)
from figures.measuring.wording import listing, number, percent


def gradient_flow(catalogue: Catalogue) -> Drawing:
    """Draw the mean |gradient| and the standard deviation of the values after each layer."""
    plotted = six(catalogue)
    x = pre_activations()
    chains = {name: chain(activation, x) for name, activation in plotted.items()}
    drawing, (magnitude, spread) = panels(
        "Gradient Flow: Chaining 10 Activation Layers (no weight matrices)",
        ["gradient", "spread"],
        columns=2,
        row_height=3.1,
    )
    last = {}
    for name, activation in plotted.items():
        gradients, values = chains[name]
        mean = np.mean(np.abs(gradients), axis=1)
        last[name] = float(mean[-1])
        _draw_layers(drawing, magnitude, activation, mean)
        _draw_layers(drawing, spread, activation, np.std(values, axis=1))
    magnitude.set(
        title="Gradient Magnitude Through Layers", ylabel="mean |gradient| over the inputs"
    )
    spread.set(
        title="Forward Activation Spread Through Layers",
        ylabel="standard deviation over the inputs",
    )
    magnitude.annotate(
        f"exactly 0 after layer {LAYERS}:\n{_dead_units(plotted, chains)}",
        (0.05, 0.06),
        xycoords="axes fraction",
        fontsize=8,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
    )
    drawing.figure.legend(
        *magnitude.get_legend_handles_labels(), loc="outside lower center", ncols=6
    )
    ends = listing(f"{number(last[name])} ({label(a)})" for name, a in plotted.items())
    drawing.caption = (
        f"{SAMPLES:,} inputs from N(0, 1) pass through f {LAYERS} times. After the last layer the "
        f"mean |gradient| is {ends}. {_zeros(plotted, chains)}"
    )
    return drawing


def _draw_layers(drawing: Drawing, axes: Axes, activation: Activation, numbers: Float64s) -> None:
    """Draw a number per layer on a log axis, where a number of exactly 0 leaves a gap."""
    layers = np.arange(LAYERS + 1)
    drawing.line(
        axes,
        activation.name,
        layers,
        np.where(numbers == 0, np.nan, numbers),
        label=label(activation),
        marker=marker_of(activation.name),
        **style_of(activation.name),
        **overlaid(activation.name),
    )
    axes.set(yscale="log", xlabel="layer", xticks=layers[::2])


def _dead_units(plotted: Catalogue, chains: dict[str, tuple[Float64s, Float64s]]) -> str:
    """Name the activations with gradients of exactly 0, which a log axis cannot show."""
    shares = {label(plotted[name]): zero_fraction(g[-1]) for name, (g, _) in chains.items()}
    return listing(f"{percent(share)} of {name}" for name, share in shares.items() if share)


def _zeros(plotted: Catalogue, chains: dict[str, tuple[Float64s, Float64s]]) -> str:
    """Say what a mean on a log axis hides: gradients that are exactly 0, or nearly so."""
    medians = {name: float(np.median(np.abs(g[-1]))) for name, (g, _) in chains.items()}
    least = min((name for name in medians if medians[name]), key=medians.__getitem__)
    return (
        "A mean can be high while many units are dead: exactly zero are "
        f"{_dead_units(plotted, chains)} gradients, and the median for {label(plotted[least])} is "
        f"{number(medians[least])}."
    )
