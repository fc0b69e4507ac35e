"""Formulas in LaTeX as SVG images, set by matplotlib's own mathematics typesetter.

It understands the part of LaTeX that a formula of one line needs, and no TeX has to be installed.
"""

from dataclasses import dataclass
from itertools import accumulate, chain
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser

from .drawing import UNDATED, styled

SIZE = 11.0
POINTS_PER_INCH = 72.0
MARGIN = 1.0


@dataclass(frozen=True)
class Extent:
    """The size of a formula in points; ``depth`` is what lies below the baseline."""

    width: float
    height: float
    depth: float


def write_formula(latex: str, path: Path) -> Extent:
    """Write the formula as SVG at 11 points and return its extent.

    Raises ValueError when the LaTeX is beyond what matplotlib sets, such as an environment.
    """
    text = f"${_display(latex)}$"
    with styled():
        font = FontProperties(size=SIZE)
        parser = MathTextParser("path")
        width, height, depth, _, _ = parser.parse(text, dpi=POINTS_PER_INCH, prop=font)
        extent = Extent(width + 2 * MARGIN, height + 2 * MARGIN, depth + MARGIN)
        size = (extent.width / POINTS_PER_INCH, extent.height / POINTS_PER_INCH)
        figure = Figure(figsize=size)
        figure.set_layout_engine("none")
        place = (MARGIN / extent.width, extent.depth / extent.height)
        figure.text(*place, text, fontproperties=font)
        figure.savefig(path, transparent=True, metadata=UNDATED["svg"])
    return extent


def _display(latex: str) -> str:
    """Set the outermost fractions at full size, as TeX does in a displayed formula."""
    pieces = latex.split(r"\frac")
    depths = accumulate(piece.count("{") - piece.count("}") for piece in pieces)
    commands = [r"\frac" if depth else r"\dfrac" for depth in depths]
    return "".join(chain.from_iterable(zip(pieces, [*commands[:-1], ""], strict=True)))
