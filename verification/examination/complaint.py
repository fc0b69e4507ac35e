"""What a law or a behaviour has against an implementation, before it becomes a finding."""

from dataclasses import dataclass

import numpy as np

from reference.arithmetic.types import Array, Float64
from verification.grade import Grade
from verification.numbers.arrangement import Arranged, Arrangement
from verification.numbers.ulp import doubles

# Errors beyond so many ulp are told by their size: there an ulp says nothing.
TELLING = 2.0**24


def complexity(x: Float64) -> Float64:
    """Rank inputs: by their significant bits, then by their distance from 1; infinities last."""
    mantissa, exponent = np.frexp(np.where(np.isfinite(x), x, 0.0))
    whole = np.abs(mantissa * 2.0**53).astype(np.int64)
    lowest = whole & -whole
    bits = 54 - np.frexp(np.maximum(lowest, 1).astype(np.float64))[1]
    bits = np.where(whole == 0, 0, bits)
    return np.where(np.isfinite(x), bits * 4096.0 + np.abs(exponent), np.inf)


def simplest(x: Array) -> slice:
    """The place of the simplest of the inputs."""
    place = int(np.argmin(complexity(doubles(x))))
    return slice(place, place + 1)


@dataclass(frozen=True)
class Complaint:
    """A law that is broken at the inputs ``x``; the first of them is the one to show.

    ``got`` came there, if it is not what comes of such an x alone, with these upstreams, or 1.
    ``grade`` is what is left of the subject's grade after it. A ``legal`` one is told as a
    convention and not held against the implementation. It may show only at ``places`` of arguments
    that lie in memory as ``arrays``.
    """

    kind: str
    detail: str
    x: Array
    tried: int
    why: str | None = None
    legal: bool = False
    got: Array | None = None
    upstream: Array | None = None
    grade: Grade = Grade.BROKEN
    places: Array | None = None
    arrays: tuple[Arrangement, ...] = ()

    def place(self, *, with_upstream: bool) -> tuple[Array, Array | None]:
        """The input to show, and its upstream: by default 1, where the subject takes one."""
        x = self.x.reshape(-1)
        where = simplest(x)
        one = x[where]
        if self.upstream is not None:
            return one, self.upstream[where]
        return one, np.ones_like(one) if with_upstream else None

    @property
    def arranged(self) -> Arranged | None:
        """The arrays that it shows in, at the input to show; None where that is enough."""
        if self.places is None:
            return None
        return Arranged(self.arrays, int(self.places[simplest(self.x.reshape(-1))][0]))
