"""Wrong results counted: of one kind, in one zone, on one side of 0."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import NamedTuple, Self

import numpy as np

from reference.arithmetic.types import Array, Float64, Mask
from verification.numbers.ulp import doubles

from .zone import Worst, Zone

# Wrong results of a kind that are kept as its sample.
KEPT = 4096
# How far from an end, relatively, a number is beside it: what is out of order is.
BESIDE = 2.0**-6


class Part(NamedTuple):
    """Wrong results of one kind, in one zone, on one side of 0 (side 0: at 0 and NaN)."""

    kind: str
    zone: Zone
    side: int


@dataclass(frozen=True)
class Results:
    """Results that were judged: where, how far off, and what that costs in which zone."""

    x: Array
    got: Array
    upstream: Array | None
    ulp: Float64
    zone: Array
    cost: Float64

    def at(self, places: Array) -> Self:
        """Some of them."""
        return replace(
            self,
            x=self.x[places],
            got=self.got[places],
            upstream=None if self.upstream is None else self.upstream[places],
            ulp=self.ulp[places],
            zone=self.zone[places],
            cost=self.cost[places],
        )


@dataclass
class Extent:
    """How many of the tried inputs are wrong or without a result, and between which two."""

    wrong: int = 0
    tried: int = 0
    low: float = np.inf
    high: float = -np.inf

    def extend(self, x: Array) -> None:
        """Count inputs."""
        wide = doubles(x)
        numbers = wide[~np.isnan(wide)]
        self.wrong += x.size
        self.low = float(numbers.min(initial=self.low))
        self.high = float(numbers.max(initial=self.high))

    def share_around(self, x: Float64) -> float:
        """The share of these numbers between both ends, or right beside them."""
        low, high = self.low, self.high
        if isfinite(low) and isfinite(high):
            low, high = low - BESIDE * abs(low), high + BESIDE * abs(high)
        return float(((x >= low) & (x <= high)).mean())

    def join(self, other: "Extent") -> None:
        """Count what another extent has counted."""
        self.wrong += other.wrong
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)


@dataclass
class Tally(Extent):
    """The wrong results of a part, or of several: how many, where, how bad, and a sample of them.

    ``worst`` is the costliest one.
    """

    worst_ulp: float = 0.0
    worst_at: float = np.nan
    samples: list[tuple[Array, Array, Array | None]] = field(default_factory=list)
    worst: Worst | None = None

    def add(self, wrong: Results) -> None:
        """Count wrong results."""
        self.extend(wrong.x)
        worst = int(np.argmax(wrong.ulp))
        if wrong.ulp[worst] >= self.worst_ulp:
            self.worst_ulp, self.worst_at = float(wrong.ulp[worst]), float(wrong.x[worst])
        kept = wrong.at(_spread(wrong.x.size, KEPT))
        self.samples.append((kept.x, kept.got, kept.upstream))
        one = wrong.at(np.array([np.argmax(wrong.cost)]))
        self._keep(Worst(float(one.cost[0]), one.x, one.got, one.upstream))

    def _keep(self, found: Worst) -> None:
        if self.worst is None or self.worst.cost < found.cost:
            self.worst = found

    @property
    def sampled(self) -> int:
        """How many wrong results the whole sample has."""
        return min(KEPT, sum(x.size for x, *_ in self.samples))

    def merge(self, other: "Tally") -> None:
        """Count what another tally has counted, of higher inputs."""
        self.join(other)
        if other.worst_ulp >= self.worst_ulp:
            self.worst_ulp, self.worst_at = other.worst_ulp, other.worst_at
        self.samples += other.samples
        if other.worst is not None:
            self._keep(other.worst)

    def sample(self, size: int = KEPT) -> tuple[Array, Array, Array | None]:
        """Inputs, results and upstreams of some of the wrong ones, both ends among them."""
        x, got, upstream = zip(*self.samples, strict=True)
        joined = np.concatenate(x)
        kept = np.argsort(doubles(joined), kind="stable")[_spread(joined.size, size)]
        factors = None if upstream[0] is None else np.concatenate(upstream)[kept]
        return joined[kept], np.concatenate(got)[kept], factors


def _spread(size: int, limit: int) -> Array:
    """At most ``limit`` places of ``size``, evenly spread, the ends among them."""
    return np.unique(np.linspace(0, size - 1, min(size, limit)).astype(int))


def parts_of(kinds: Mapping[str, Mask], x: Array, zone: Array) -> dict[Part, Mask]:
    """The parts in which there are results of some kinds."""
    with np.errstate(invalid="ignore"):  # of NaN
        side = np.nan_to_num(np.sign(doubles(x))).astype(np.int8)
    found = {}
    for kind, mask in kinds.items():
        for place in sorted(set(zip(zone[mask].tolist(), side[mask].tolist(), strict=True))):
            part = Part(kind, Zone(place[0]), place[1])
            found[part] = mask & (zone == part.zone) & (side == part.side)
    return found
