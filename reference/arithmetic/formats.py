"""The floating-point formats, in one table."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np


def has_few_numbers(dtype: np.dtype[Any]) -> bool:
    """Whether a format has 16 bits."""
    return dtype.itemsize == np.dtype(np.uint16).itemsize


@dataclass(frozen=True)
class Format:
    """A binary floating-point format: p bits of significand, exponents from emin to emax."""

    name: str
    precision: int
    emin: int
    emax: int

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        """The NumPy type; ImportError for bfloat16 where ml_dtypes is not installed."""
        if self.name == "bfloat16":
            from ml_dtypes import bfloat16  # noqa: PLC0415  importing the reference loads NumPy only

            return np.dtype(bfloat16)  # type: ignore[no-any-return]  # it has no types
        return np.dtype(self.name)

    @cached_property
    def bits(self) -> np.dtype[Any]:
        """The unsigned integer of the same width."""
        return np.dtype(f"u{self.dtype.itemsize}")

    @property
    def width(self) -> int:
        """The number of bits."""
        return 8 * self.dtype.itemsize

    @property
    def has_few_numbers(self) -> bool:
        """Whether all of its numbers can be tried at once: the formats of 16 bits."""
        return has_few_numbers(self.dtype)

    @property
    def largest(self) -> float:
        """The largest finite number, (2 - 2^(1-p)) 2^emax."""
        return (2 - 2.0 ** (1 - self.precision)) * 2.0**self.emax

    @property
    def smallest(self) -> float:
        """The smallest subnormal number, 2^(emin - p + 1)."""
        return 2.0 ** (self.emin - self.precision + 1)


FORMATS: dict[str, Format] = {
    format_.name: format_
    for format_ in (
        Format("float16", 11, -14, 15),
        Format("bfloat16", 8, -126, 127),
        Format("float32", 24, -126, 127),
        Format("float64", 53, -1022, 1023),
    )
}
