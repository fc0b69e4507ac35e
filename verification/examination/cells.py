"""The largest error in each stretch of a format, which another verdict is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array, Float64, Mask
from verification.errors import UsageError
from verification.numbers.inputs import ordinals
from verification.numbers.ulp import doubles

# Stretches of a binade: of float32 each has 2^20 numbers.
BITS_OF_A_BINADE = 3
# Beyond, a factor or a result is an extreme, as a subnormal one is.
FAR = 1e4
# Errors in the stretches of a format are told apart by what they are errors of.
ORDINARY, EXTREME, PAST = range(3)
SUFFIX = {ORDINARY: "", EXTREME: " extreme", PAST: " infinite"}
CORRECT = 0.5
# Kinds of wrong results that are numbers in the place of numbers: how far off, tells it all.
DISTANT = ("inaccurate", "wrong sign")
# Not a kind of finding: inputs without a result.
UNANSWERED = "unanswered"


@dataclass
class Cells:
    """The largest error in ulp of each eighth of a binade in which there is one beyond half an ulp.

    ``largest`` has them by the number of the stretch, apart where the factor or the true result is
    an extreme, and where the true result is infinite. Finite results count; an infinity, a NaN, or
    a zero in the place of a number says nothing of how far off others may be. How many results are
    wrong in such ways, ``missed`` has by the kind of finding and by the stretch, and how many
    inputs are without a result.
    """

    largest: dict[str, float] = field(default_factory=dict)
    missed: dict[str, dict[str, int]] = field(default_factory=dict)

    @classmethod
    def from_json(cls, content: Any) -> Self:
        """Those that a stored verdict has, or UsageError."""
        try:
            return cls(
                {str(name): float(error) for name, error in content["largest"].items()},
                {
                    str(kind): {str(name): int(count) for name, count in counts.items()}
                    for kind, counts in content["missed"].items()
                },
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            raise UsageError("expected errors by stretches, as a verdict of halfulp has") from None

    def add(
        self,
        x: Array,
        got: Array,
        factor: Array | None,
        expected: Array,
        ulp: Float64,
        format_: Format,
    ) -> None:
        """Count the errors of results."""
        counts = np.flatnonzero((ulp > CORRECT) & _is_number(x, got, expected))
        if not counts.size:
            return
        x, expected = x[counts], expected[counts]
        factor = None if factor is None else factor[counts]
        names, places = np.unique(_cells(x, factor, expected, format_), return_inverse=True)
        worst = np.zeros(names.size)
        np.maximum.at(worst, places, ulp[counts])
        self._join(dict(zip(map(_name, names.tolist()), worst.tolist(), strict=True)))

    def miss(
        self, kind: str, x: Array, factor: Array | None, expected: Array, format_: Format
    ) -> None:
        """Count results that are wrong in a way that no distance tells."""
        names, counts = np.unique(_cells(x, factor, expected, format_), return_counts=True)
        self._add(kind, dict(zip(map(_name, names.tolist()), counts.tolist(), strict=True)))

    def leave(self, x: Array, format_: Format) -> None:
        """Count inputs without a result."""
        if x.size:
            self.miss(UNANSWERED, x, None, np.ones_like(x), format_)

    def merge(self, other: "Cells") -> None:
        """Count what others have counted."""
        self._join(other.largest)
        for kind, counts in other.missed.items():
            self._add(kind, counts)

    def error(self, name: str) -> float:
        """The largest error in a stretch; infinite if a result there is wrong in another way."""
        if any(name in counts for counts in self.missed.values()):
            return np.inf
        return self.largest.get(name, CORRECT)

    @property
    def stretches(self) -> set[str]:
        """Those in which there is anything."""
        return self.largest.keys() | set().union(*self.missed.values())

    def _add(self, kind: str, counts: Mapping[str, int]) -> None:
        known = self.missed.setdefault(kind, {})
        for name, count in counts.items():
            known[name] = known.get(name, 0) + count

    def _join(self, errors: Mapping[str, float]) -> None:
        for name, error in errors.items():
            self.largest[name] = max(error, self.largest.get(name, CORRECT))

    def at(self, x: Array, factor: Array | None, expected: Array, format_: Format) -> Float64:
        """The largest error in the stretch of each input."""
        names, places = np.unique(_cells(x, factor, expected, format_), return_inverse=True)
        errors = [self.largest.get(_name(name), CORRECT) for name in names.tolist()]
        return np.array(errors)[places]


def _is_number(x: Array, got: Array, expected: Array) -> Mask:
    """Which results are numbers in the place of numbers, at an infinity of zero as well."""
    computed, rounded = doubles(got), doubles(expected)
    is_number = np.isfinite(computed) & ~np.isnan(rounded)
    flushed = (computed == 0) & (rounded != 0) & np.isfinite(doubles(x))
    found: Mask = is_number & ~flushed
    return found


def _cells(x: Array, factor: Array | None, expected: Array, format_: Format) -> Array:
    """The stretch that each input is in, counted from 0 to both sides, and what is computed."""
    shift = max(format_.precision - 1 - BITS_OF_A_BINADE, 0)
    positions = ordinals(x, format_)
    cells = np.sign(positions) * ((np.abs(positions) >> shift) + 1)
    rounded = doubles(expected)
    what = np.where(_is_extreme(rounded, format_), EXTREME, ORDINARY)
    if factor is not None:
        what[_is_extreme(doubles(factor), format_)] = EXTREME
    what[np.isinf(rounded)] = PAST
    return np.asarray(len(SUFFIX) * cells + what)


def _is_extreme(numbers: Float64, format_: Format) -> Mask:
    size = np.abs(numbers)
    is_ordinary: Mask = (size >= 2.0**format_.emin) & (size <= FAR)
    return ~is_ordinary


def _name(cell: int) -> str:
    stretch, what = divmod(cell, len(SUFFIX))
    return f"{stretch}{SUFFIX[what]}"
