"""What a law or a behaviour has against an implementation, before it becomes a finding."""

from dataclasses import dataclass

from reference.arithmetic.types import Array


@dataclass(frozen=True)
class Complaint:
    """A law that is broken at the inputs ``x``; the first of them is the one to show.

    ``got`` came there, if it is not what comes of such an x alone, with these upstreams, or 1. A
    ``legal`` one is told as a convention and not held against the implementation.
    """

    kind: str
    detail: str
    x: Array
    tried: int
    why: str | None = None
    legal: bool = False
    got: Array | None = None
    upstream: Array | None = None
