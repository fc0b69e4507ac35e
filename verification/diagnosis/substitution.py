"""A substitution: what may come in the place of the right results, number by number."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference.arithmetic.formats import FORMATS, Format
from reference.arithmetic.types import Array, Mask

# Maps inputs and upstreams, None without them, to results.
Formula = Callable[[Array, Array | None], Array]

Change = Callable[[Array], Any]
# From the fewest digits to the most: numbers of the first are numbers of the others.
LOWER = ("bfloat16", "float16", "float32")


def lower_formats(format_: Format) -> Iterator[tuple[Format, Change]]:
    """Formats that have not all the numbers of this one, and numbers rounded to them."""
    for name in LOWER:
        lower = FORMATS[name]
        fewer = lower.precision < format_.precision
        if name == format_.name or not (fewer or lower.emax < format_.emax):
            continue

        def via(numbers: Array, dtype: np.dtype[Any] = lower.dtype) -> Array:
            return numbers.astype(dtype).astype(numbers.dtype)

        yield lower, via


@dataclass(frozen=True)
class Substitution:
    """A sentence, and formulas of which one or another gives each result it explains.

    ``also`` are results that it explains besides. It may be made ``in_part`` of the inputs. What is
    ``about_factor`` breaks the laws of products.
    """

    why: str
    formulas: tuple[Formula, ...]
    also: Mask | None = None
    in_part: bool = False
    about_factor: bool = False
