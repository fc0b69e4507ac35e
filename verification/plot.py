"""Error in ulp against x over the whole format, at one look."""

from pathlib import Path
from typing import Any

import numpy as np

from reference.arithmetic.types import Float64

from .ulp import FORMATS
from .verdict import Finding, Verdict

SIZE = (7.0, 3.0)
COLOUR, MARK = "#0072B2", "#D55E00"
LEAST, MOST = 1e-3, 1e20
TICKS = 4


def draw(verdict: Verdict, path: str | Path) -> None:
    """Draw one panel for each subject, and save them; the suffix of ``path`` says as what.

    Across, x on a logarithmic axis of either sign, from the largest number to the smallest, 0 in
    the middle. Up, error in ulp, logarithmic. The line is the tolerance; errors beyond it, and
    the findings' places, stand out. NaN and what is worse than 10^20 ulp is at the upper edge.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415  slow to import

    panels = {name: profile for name, profile in verdict.profile.items() if profile[0].size}
    count = max(len(panels), 1)
    figure = Figure(figsize=(SIZE[0], SIZE[1] * count), layout="constrained")
    axes = figure.subplots(count, squeeze=False)[:, 0]
    for panel, (name, (x, ulp)) in zip(axes, panels.items(), strict=False):
        findings = [f for f in verdict.findings if f.subject == name]
        _panel(panel, verdict, x.astype(np.float64), ulp, findings)
        panel.set_ylabel(f"error of the {name} in ulp")
    axes[-1].set_xlabel("x")
    result = "passed" if verdict.passed else "failed"
    figure.suptitle(
        f"{verdict.implementation} as {verdict.activation} in {verdict.dtype}: {result}"
    )
    figure.savefig(path, dpi=150)


def _panel(panel: Any, verdict: Verdict, x: Float64, ulp: Float64, findings: list[Finding]) -> None:
    number = ~np.isnan(x)
    x, error = x[number], np.clip(ulp[number], LEAST, MOST)
    smallest = FORMATS[verdict.dtype].smallest
    position = _position(x, smallest)
    beyond = error > verdict.tolerance
    style: dict[str, Any] = {"linestyle": "none", "marker": ".", "rasterized": True}
    panel.plot(position[~beyond], error[~beyond], color=COLOUR, markersize=1.5, **style)
    panel.plot(position[beyond], error[beyond], color=MARK, markersize=2.5, **style)
    panel.axhline(verdict.tolerance, color="black", linewidth=0.8, linestyle="--")
    panel.set_yscale("log")
    panel.set_ylim(LEAST / 2, max(10 * verdict.tolerance, 2 * float(error.max(initial=1.0))))
    for finding in findings:
        if np.isfinite(finding.at) and finding.ulp > verdict.tolerance:
            at = _position(np.array([finding.at]), smallest)
            height = np.clip([finding.ulp], LEAST, MOST)
            panel.plot(at, height, marker="v", color="black", markersize=6, fillstyle="none")
    _label(panel, verdict.dtype)


def _position(x: Float64, smallest: float) -> Float64:
    """Where x stands on the axis: sign(x) log2 |x| / smallest, at least 1 for what is not 0."""
    magnitude = np.abs(x)
    finite = np.where((magnitude > 0) & np.isfinite(magnitude), magnitude, smallest)
    position = np.log2(finite) - np.log2(smallest) + 1
    largest = 1 + np.log2(np.finfo(np.float64).max) - np.log2(smallest)
    position = np.where(np.isinf(x), largest, position)
    return np.where(x == 0, 0.0, np.sign(x) * position)


def _label(panel: Any, dtype: str) -> None:
    format_ = FORMATS[dtype]
    end = format_.emax - np.log2(format_.smallest) + 2
    panel.set_xlim(-end - 2, end + 2)
    decades = np.unique(np.linspace(np.log10(format_.smallest), 0, TICKS).round()[1:])
    decades = np.concatenate([decades, [np.floor(np.log10(format_.largest))]])
    places = _position(10.0**decades, format_.smallest)
    names = [rf"10^{{{int(decade)}}}" for decade in decades]
    panel.set_xticks(
        [*-places[::-1], 0.0, *places],
        [*(f"$-{n}$" for n in names[::-1]), "0", *(f"${n}$" for n in names)],
        fontsize=7,
    )
