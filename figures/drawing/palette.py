"""One colour and one line style per activation.

The seven that the report demonstrates come first and keep their styles whatever joins the
catalogue; the others follow in its order.

The colours are those of M. Okabe and K. Ito, "Color universal design" (2008), which readers
with any common colour vision deficiency can tell apart, without the yellow, which is too faint
for a line on white. The dash patterns tell the lines apart in grey print.
"""

from typing import Any

from figures.measuring.demonstrated import ACTIVATIONS, DEMONSTRATED

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#000000", "#56B4E9")
DASHES: tuple[Any, ...] = (
    "-",
    (0, (6, 1.5)),
    (0, (6, 1.5, 1, 1.5)),
    (0, (1, 1.2)),
    (0, (12, 2)),
    (0, (5, 1.2, 1, 1.2, 1, 1.2)),
    (0, (3, 1.5)),
)
MARKERS = ("o", "s", "^", "D", "v", "X", "P")
SHADES = ("#B3B3B3", "#7A9CC6", "#2F6DB0", "#12305E")
BAND: dict[str, Any] = {"linewidth": 5.0, "alpha": 0.4, "zorder": 1.9, "markersize": 8.0}


def style_of(name: str) -> dict[str, Any]:
    """Return matplotlib's ``color`` and ``linestyle`` for an activation.

    A name outside the catalogue gets the place after the last. The dash patterns shift by one
    at each turn through the colours: 49 activations have 49 styles.
    """
    turn, step = divmod(_place(name), len(COLOURS))
    return {"color": COLOURS[step], "linestyle": DASHES[(step + turn) % len(DASHES)]}


def marker_of(name: str) -> str:
    """Return matplotlib's marker for an activation, where the points of a line are few."""
    return MARKERS[_place(name) % len(MARKERS)]


def overlaid(name: str) -> dict[str, Any]:
    """Return what changes in the style of a line among others.

    ReLU coincides with others over half of the axis. It becomes a broad pale band under them, so
    that it is seen on both sides of whatever lies upon it.
    """
    return BAND if name == "relu" else {}


def _place(name: str) -> int:
    names = [*dict.fromkeys((*DEMONSTRATED, *ACTIVATIONS))]
    return names.index(name) if name in names else len(names)
