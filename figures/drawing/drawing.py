"""A figure together with the numbers plotted in it: made, filled and saved.

Whatever is plotted goes through ``Drawing``, so what is saved as numbers is what was drawn.
"""

import csv
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

# fontTools, which embeds the fonts in a PDF, finds Computer Modern's dates improbably early and
# says so, glyph set by glyph set, on standard error.
logging.getLogger("fontTools").setLevel(logging.ERROR)

FORMATS = ("svg", "pdf", "png")
WIDTH = 6.3
TITLE_HEIGHT = 0.35
UNDATED: dict[str, dict[str, Any]] = {
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
    "png": {},
}


def styled() -> AbstractContextManager[None]:
    """Return the context in which figures are made and saved: the style sheet and nothing else."""
    with as_file(files("figures.drawing") / "style.mplstyle") as sheet:
        return style.context(sheet, after_reset=True)


@dataclass(frozen=True)
class Series:
    """The points of one line or one set of markers. A NaN in ``y`` lifts the pen."""

    panel: str
    name: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]


@dataclass
class Drawing:
    """A figure, the series plotted in it, and two or three sentences about what it shows."""

    figure: Figure
    caption: str = ""
    series: list[Series] = field(default_factory=list)

    def record(self, axes: Axes, name: str, x: ArrayLike, y: ArrayLike) -> None:
        """Keep the numbers of a line of ``axes``, whose gid is the name of the panel."""
        points = (np.asarray(x, np.float64), np.asarray(y, np.float64))
        self.series.append(Series(axes.get_gid() or "", name, *points))

    def line(self, axes: Axes, name: str, x: ArrayLike, y: ArrayLike, **look: Any) -> None:
        """Plot a line or markers, and keep their numbers."""
        axes.plot(x, y, **look)
        self.record(axes, name, x, y)

    @contextmanager
    def untitled(self) -> Iterator[None]:
        """Leave out the title, and its height, where a heading stands above the figure."""
        title = self.figure.suptitle(self.figure.get_suptitle())
        width, height = self.figure.get_size_inches()
        title.set(visible=False, in_layout=False)
        self.figure.set_size_inches(width, height - TITLE_HEIGHT)
        yield
        title.set(visible=True, in_layout=True)
        self.figure.set_size_inches(width, height)

    def write_numbers(self, path: Path) -> None:
        """Write panel, series, x and y as CSV; each number reads back to the same double."""
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(("panel", "series", "x", "y"))
            for series in self.series:
                for x, y in zip(series.x.tolist(), series.y.tolist(), strict=True):
                    writer.writerow((series.panel, series.name, repr(x), repr(y)))

    def save(self, folder: Path, stem: str, formats: Iterable[str] = FORMATS) -> list[Path]:
        """Write ``stem`` in each format and as CSV into ``folder``, and return the paths.

        The files hold no date, so the same numbers give the same bytes.
        """
        paths = [folder / f"{stem}.{suffix}" for suffix in formats]
        self.figure.align_ylabels()
        with styled():
            for path in paths:
                self.figure.savefig(path, metadata=UNDATED[path.suffix[1:]])
        numbers = folder / f"{stem}.csv"
        self.write_numbers(numbers)
        return [*paths, numbers]


def panels(
    title: str, names: Sequence[str], columns: int, row_height: float, **grid: Any
) -> tuple[Drawing, list[Axes]]:
    """Return an empty drawing with a grid of panels, row by row; a panel's gid is its name.

    ``row_height`` is in inches; ``grid`` goes to ``Figure.subplots``.
    """
    rows = -(-len(names) // columns)
    figure = Figure(figsize=(WIDTH, TITLE_HEIGHT + rows * row_height))
    figure.suptitle(title)
    axes = figure.subplots(rows, columns, squeeze=False, **grid).ravel().tolist()
    for panel, name in zip(axes, names, strict=False):
        panel.set_gid(name)
    for unused in axes[len(names) :]:
        unused.remove()
    return Drawing(figure), axes[: len(names)]


def name_outer_axes(axes: Axes) -> None:
    """Name x below the lowest row and y left of the first column only; every tick keeps its number.

    For panels that share x and have each their own y.
    """
    place = axes.get_subplotspec()
    if place and not place.is_last_row():
        axes.set_xlabel("")
    if place and not place.is_first_col():
        axes.set_ylabel("")
