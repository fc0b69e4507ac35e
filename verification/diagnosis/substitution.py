"""A substitution: what may come in the place of the right results, number by number."""

from collections.abc import Callable
from dataclasses import dataclass

from reference.arithmetic.types import Array, Mask

# Maps inputs and upstreams, None without them, to results.
Formula = Callable[[Array, Array | None], Array]


@dataclass(frozen=True)
class Substitution:
    """A sentence, and formulas of which one or another gives each result it explains.

    ``also`` are results that it explains besides. It may be made ``in_part`` of the inputs.
    """

    why: str
    formulas: tuple[Formula, ...]
    also: Mask | None = None
    in_part: bool = False
