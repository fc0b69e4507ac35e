"""A candidate that is known by name: all that another process needs to make it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from verification.errors import UsageError

from .takes import DEFAULTS, ONE, PACKED, TWO, Takes, flat, require

# How two inputs may lie in one array, along its last axis.
PACKINGS = ("gate-first", "gate-second", "interleaved")
# In the place of a name: the framework's derivative of its own derivative.
AUTODIFF = "autodiff"


@dataclass(frozen=True)
class Candidate:
    """The names of its functions, and how they are called.

    ``framework`` is for names that do not begin with one, and ``device`` for the framework.
    ``takes`` are the arguments of the backward function in its order (see `takes`), by default the
    inputs and upstream. With ``only_value`` the framework's autodiff is not judged. What takes
    arrays of one shape only has a ``shape``. What works ``in_place`` leaves its result in its first
    argument; backward of one input in dy, of two in x and y. ``dtype`` is the one that it will be
    called with, if that is known. It has one or two ``inputs``, and takes two of them ``packed`` in
    one array, or side by side. ``second`` names its second derivative, and "autodiff" is the
    framework's. A ``contiguous`` one gets no other arrays.
    """

    name: str
    framework: str | None = None
    device: str | None = None
    derivative: str | None = None
    backward: str | None = None
    takes: Takes | None = None
    only_value: bool = False
    shape: tuple[int, ...] | None = None
    in_place: bool = False
    dtype: str | None = None
    inputs: int = 1
    packed: str | None = None
    second: str | None = None
    contiguous: bool = False

    def __post_init__(self) -> None:
        if self.only_value and (self.derivative or self.backward or self.second):
            raise UsageError("expected only the value, but a derivative or backward is named too")
        self._require_inputs()
        require(self.taken, self._kind)
        if self.in_place and self._kind == TWO and not {"x", "y"} <= set(flat(self.taken)):
            raise UsageError("in place, backward leaves the gradients in x and y: it takes both")
        if self.shape is not None and not all(length > 0 for length in self.shape):
            raise UsageError(f"expected a shape such as 64,1024, but got {self.shape}")

    def _require_inputs(self) -> None:
        """UsageError for what no function of so many inputs has."""
        if self.inputs not in (1, 2):
            raise UsageError(f"expected a function of 1 or 2 inputs, not of {self.inputs}")
        if self.packed is not None and self.packed not in PACKINGS:
            raise UsageError(f"expected inputs packed {', '.join(PACKINGS)}, not {self.packed!r}")
        if self.packed is not None and self.inputs == 1:
            raise UsageError("packed are the two inputs of a function of x and y: here is one")
        if self.packed is not None and self.in_place:
            raise UsageError("a result has no place in the packed inputs, which are twice as long")
        if self.inputs > 1 and self.derivative is not None:
            raise UsageError("a function of two inputs has gradients: name --backward")
        if self.inputs > 1 and self.second is not None:
            raise UsageError("a second derivative is judged of a function of one input alone")

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of the arrays that the value takes: of packed ones it is one."""
        return ("x", "y") if self._kind == TWO else ("x",)

    @property
    def taken(self) -> Takes:
        """What backward takes."""
        return DEFAULTS[self._kind] if self.takes is None else self.takes

    @property
    def _kind(self) -> str:
        return ONE if self.inputs == 1 else TWO if self.packed is None else PACKED

    def to_message(self) -> dict[str, Any]:
        """What JSON can hold."""
        return asdict(self)

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Self:
        """The candidate again, after JSON."""
        return cls(
            **{
                **message,
                "takes": _immutable(message["takes"]),
                "shape": _immutable(message["shape"]),
            }
        )


def _immutable(told: Any) -> Any:
    return tuple(map(_immutable, told)) if isinstance(told, list | tuple) else told
