"""How many results are how many numbers of the format away from the correctly rounded one."""

from collections.abc import Mapping, Sequence

import numpy as np

from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array
from verification.numbers.inputs import ordinals
from verification.numbers.ulp import doubles

# The last number of steps of each bin, and its name.
BINS = {
    "0": 0,
    "1": 1,
    "2": 2,
    "3 to 10": 10,
    "11 to 100": 100,
    "101 to 10,000": 10_000,
    "more": np.iinfo(np.int64).max,
}
NO_NUMBER = "infinite or NaN"


class Histogram:
    """Counts of results by their distance in numbers of the format."""

    def __init__(self, bins: Sequence[int] = (0,) * (len(BINS) + 1)) -> None:
        self._counts: Array = np.array(bins, np.int64)

    def add(self, got: Array, expected: Array, format_: Format) -> None:
        """Count results."""
        wide, rounded = doubles(got), doubles(expected)
        same = (wide == rounded) | (np.isnan(wide) & np.isnan(rounded))
        number = np.isfinite(wide) & np.isfinite(rounded)
        steps = np.abs(ordinals(got[number], format_) - ordinals(expected[number], format_))
        places = np.searchsorted(list(BINS.values()), steps)
        self._counts[:-1] += np.bincount(places, minlength=len(BINS))
        self._counts[0] += np.count_nonzero(same & ~number)
        self._counts[-1] += np.count_nonzero(~same & ~number)

    def add_at(self, steps: int, count: int) -> None:
        """Count results that are so many numbers away, 0 or 1."""
        self._counts[steps] += count

    def merge(self, other: "Histogram") -> None:
        """Count what another one has counted."""
        self._counts += other._counts  # noqa: SLF001  it is one of these

    @property
    def bins(self) -> list[int]:
        """All counts, those of what is no number last."""
        return [int(count) for count in self._counts]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many there are in each bin that is not empty."""
        names = (*BINS, NO_NUMBER)
        return {name: int(count) for name, count in zip(names, self._counts, strict=True) if count}
