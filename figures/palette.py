"""One colour and one line style per activation, by its place in the catalogue.

The colours are those of M. Okabe and K. Ito, "Color universal design" (2008), which readers
with any common colour vision deficiency can tell apart, without the yellow, which is too faint
for a line on white. The dash patterns tell the lines apart in grey print.
"""

from typing import Any

from reference import ACTIVATIONS

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#000000")
DASHES: tuple[Any, ...] = (
    "-",
    (0, (6, 1.5)),
    (0, (6, 1.5, 1, 1.5)),
    (0, (1, 1.2)),
    (0, (12, 2)),
    (0, (3, 1.5)),
    (0, (5, 1.2, 1, 1.2, 1, 1.2)),
)
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
SHADES = ("#B3B3B3", "#7A9CC6", "#2F6DB0", "#12305E")


def style_of(name: str) -> dict[str, Any]:
    """Return matplotlib's ``color`` and ``linestyle`` for an activation.

    A name outside the catalogue gets the place after the last. The dash patterns shift by one
    at each turn through the colours: 49 activations have 49 styles.
    """
    names = [*ACTIVATIONS]
    place = names.index(name) if name in names else len(names)
    turn, step = divmod(place, len(COLOURS))
    return {"color": COLOURS[step], "linestyle": DASHES[(step + turn) % len(DASHES)]}


def marker_of(name: str) -> str:
    """Return matplotlib's marker for an activation, where the points of a line are few."""
    names = [*ACTIVATIONS]
    place = names.index(name) if name in names else len(names)
    return MARKERS[place % len(MARKERS)]
