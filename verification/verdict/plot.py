"""Error in ulp against x over the whole format, at one look."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np

from reference.arithmetic.formats import Format
from reference.arithmetic.types import Float64
from verification.candidates.text import shown

SIZE = (7.5, 2.9)
COLOUR, MARK = "#0072B2", "#D55E00"
LEAST, MOST = 1e-3, 1e20
# The binades from 2^-5 to 2^7 are drawn wider: they get half as much room as the others together.
WIDE, ROOM = (-5.0, 7.0), 0.5
TICKS = (0.1, 1.0, 10.0, 100.0)
FAR = 10
# The upper edge, beside the largest error that is not infinite.
ABOVE = 30


@dataclass(frozen=True)
class Panel:
    """One subject: inputs, their errors in ulp, and ``marks`` at some of both."""

    name: str
    x: Float64
    ulp: Float64
    marks: tuple[tuple[float, float], ...] = ()


def draw(
    kind: str, title: str, panels: Sequence[Panel], format_: Format, tolerance: float
) -> bytes:
    """Draw the panels that have inputs; the file, of the kind "png", "svg" or "pdf".

    Across, x on a logarithmic axis of either sign, from the largest number to the smallest, 0 in
    the middle; the binades from 1/32 to 128 are drawn wider. Up, error in ulp, logarithmic. The
    line is the tolerance; errors beyond it, and the marks beyond it, stand out. What is infinitely
    wrong, NaN above all, is on the upper edge; what is exact, on the lower.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415  slow to import

    panels = [panel for panel in panels if panel.x.size]
    count = max(len(panels), 1)
    figure = Figure(figsize=(SIZE[0], SIZE[1] * count), layout="constrained")
    axes = figure.subplots(count, squeeze=False)[:, 0]
    for each, panel in zip(axes, panels, strict=False):
        _draw_panel(each, panel, format_, tolerance)
        each.set_ylabel(f"error of the {panel.name} in ulp")
    axes[-1].set_xlabel("x, logarithmic")
    figure.suptitle(shown(title), fontsize=10, parse_math=False)
    file = BytesIO()
    figure.savefig(file, format=kind, dpi=150)
    return file.getvalue()


def _draw_panel(axes: Any, panel: Panel, format_: Format, tolerance: float) -> None:
    number = ~np.isnan(panel.x)
    x, ulp = panel.x[number], panel.ulp[number]
    finite = np.isfinite(ulp)
    top = ABOVE * min(max(float(ulp[finite].max(initial=0.0)), 10 * tolerance), MOST)
    error = np.clip(np.where(finite, ulp, top), LEAST, top)
    position = _position(x, format_)
    beyond = error > tolerance
    style: dict[str, Any] = {"linestyle": "none", "marker": ".", "clip_on": False}
    style |= {"rasterized": True, "markeredgewidth": 0}
    axes.plot(position[~beyond], error[~beyond], color=COLOUR, markersize=3, **style)
    axes.plot(position[beyond], error[beyond], color=MARK, markersize=4, **style)
    axes.axhline(tolerance, color="black", linewidth=0.8, linestyle="--")
    axes.set_yscale("log")
    axes.set_ylim(LEAST, top)
    for at, off in panel.marks:
        if off > tolerance:
            place, height = _position(np.array([at]), format_), np.clip([off], LEAST, top)
            mark = {"marker": "v", "markersize": 7, "fillstyle": "none", "clip_on": False}
            axes.plot(place, height, color="black", **mark)
    for line in axes.lines:
        line.set_in_layout(False)
    _label(axes, format_, tolerance, top, infinite=not finite.all())


def _position(x: Float64, format_: Format) -> Float64:
    """Where x stands on the axis: sign(x) log2 |x|, from the smallest number, the middle wider."""
    magnitude = np.abs(x)
    finite = np.where((magnitude > 0) & np.isfinite(magnitude), magnitude, format_.smallest)
    binade = np.where(np.isinf(x), format_.emax + 2.0, np.log2(finite))
    stretch = ROOM * (format_.emax - np.log2(format_.smallest)) / (WIDE[1] - WIDE[0])
    wide = (stretch - 1) * (np.clip(binade, *WIDE) - WIDE[0])
    position = binade + wide - np.log2(format_.smallest) + 1
    return np.where(x == 0, 0.0, np.sign(x) * position)


def _label(axes: Any, format_: Format, tolerance: float, top: float, *, infinite: bool) -> None:
    end = float(_position(np.array([np.inf]), format_)[0])
    axes.set_xlim(-end - 2, end + 2)
    last = int(np.floor(np.log10(format_.largest)))
    numbers = np.array([*TICKS, *([10.0**last] if last > FAR else [])])
    names = [*(f"{tick:g}" for tick in TICKS), f"10^{{{last}}}"][: numbers.size]
    places = _position(numbers, format_)
    labels = [*(f"$-{name}$" for name in names[::-1]), "0", *(f"${name}$" for name in names)]
    axes.set_xticks([*-places[::-1], 0.0, *places], labels, fontsize=8)
    axes.tick_params(axis="y", labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    said = f"tolerance {tolerance:g} ulp"
    axes.text(end, tolerance * 1.3, said, ha="right", va="bottom", fontsize=8)
    decades = np.arange(-2, int(np.log10(top / ABOVE)) + 1, max(1, int(np.log10(top)) // 4))
    heights = {10.0**k: f"$10^{{{k}}}$" for k in decades.tolist()}
    heights |= {LEAST: "exact"} | ({top: "NaN"} if infinite else {})
    axes.set_yticks([*heights], [*heights.values()])
    axes.minorticks_off()
