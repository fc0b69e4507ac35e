"""A candidate that is known by name: all that another process needs to make it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from verification.errors import UsageError

# What a backward function may take: x, the result of the forward one, and upstream.
TAKES = ("x", "y", "dy")


@dataclass(frozen=True)
class Candidate:
    """The names of its functions, and how they are called.

    ``framework`` is for names that do not begin with one, and ``device`` for the framework.
    ``takes`` are the arguments of the backward function in its order: some of x, y (the result of
    forward) and dy (upstream). With ``only_value`` the framework's autodiff is not judged. What
    takes arrays of one shape only has a ``shape``. What works ``in_place`` leaves its result in its
    argument, backward in dy. ``dtype`` is the one that it will be called with, if that is known.
    """

    name: str
    framework: str | None = None
    device: str | None = None
    derivative: str | None = None
    backward: str | None = None
    takes: tuple[str, ...] = ("x", "dy")
    only_value: bool = False
    shape: tuple[int, ...] | None = None
    in_place: bool = False
    dtype: str | None = None

    def __post_init__(self) -> None:
        if self.only_value and (self.derivative or self.backward):
            raise UsageError("expected only the value, but a derivative or backward is named too")
        known, unlike = set(self.takes) <= set(TAKES), len(set(self.takes)) == len(self.takes)
        if not (known and unlike and "dy" in self.takes and len(self.takes) > 1):
            raise UsageError(
                "expected what backward takes as x,dy or dy,x or dy,y or x,y,dy, but got "
                f"{','.join(self.takes)!r}"
            )
        if self.shape is not None and not all(length > 0 for length in self.shape):
            raise UsageError(f"expected a shape such as 64,1024, but got {self.shape}")

    def to_message(self) -> dict[str, Any]:
        """What JSON can hold."""
        return asdict(self)

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Self:
        """The candidate again, after JSON."""
        shape = message["shape"]
        return cls(
            **{
                **message,
                "takes": tuple(message["takes"]),
                "shape": None if shape is None else tuple(shape),
            }
        )
