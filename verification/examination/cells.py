"""The largest error in each stretch of a format, which another verdict is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array, Float64
from verification.errors import UsageError
from verification.numbers.inputs import ordinals
from verification.numbers.ulp import doubles

# Stretches of a binade: of float32 each has 2^20 numbers.
BITS_OF_A_BINADE = 3
# NaN has a stretch of its own.
OF_NAN = 1 << 62


@dataclass(frozen=True)
class Cells:
    """The largest error in ulp of each eighth of a binade in which there is one beyond half an ulp.

    ``largest`` has them by the number of the stretch.
    """

    largest: Mapping[str, float]

    @classmethod
    def of(cls, x: Array, ulp: Float64, format_: Format) -> Self:
        """Those of errors at the inputs ``x``."""
        names, places = np.unique(_cells(x, format_), return_inverse=True)
        worst = np.zeros(names.size)
        np.maximum.at(worst, places, ulp)
        return cls({str(name): float(e) for name, e in zip(names, worst, strict=True) if e > 1 / 2})

    @classmethod
    def from_json(cls, content: Any) -> Self:
        """Those that a stored verdict has, or UsageError."""
        try:
            return cls({str(name): float(error) for name, error in content.items()})
        except (AttributeError, TypeError, ValueError):
            raise UsageError("expected errors by stretches, as a verdict of halfulp has") from None

    def at(self, x: Array, format_: Format) -> Float64:
        """The largest error in the stretch of each input."""
        names, places = np.unique(_cells(x, format_), return_inverse=True)
        return np.array([self.largest.get(str(name), 0.5) for name in names])[places]


def _cells(x: Array, format_: Format) -> Array:
    """The number of the stretch that each input is in, counted from 0 to both sides."""
    shift = max(format_.precision - 1 - BITS_OF_A_BINADE, 0)
    isnan = np.isnan(doubles(x))
    positions = ordinals(np.where(isnan, x.dtype.type(0), x), format_)
    cells = np.sign(positions) * ((np.abs(positions) >> shift) + 1)
    return np.where(isnan, OF_NAN, cells)
