"""An implementation under test, behind the smallest interface that the oracle needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from reference.arithmetic.formats import FORMATS
from reference.arithmetic.types import Array

from .calls import Caller
from .clock import Clock


@dataclass(frozen=True)
class Implementation:
    """Somebody's activation: its functions map arrays to arrays of the same dtype and shape.

    ``backward`` maps (x, upstream); a function that is None is not judged. The ``call``s are
    templates of one-line snippets in the candidate's own terms, in which ``{x}`` and
    ``{upstream}`` stand for a number and ``{dtype}`` for the format's name; ``before_float64`` is
    what a snippet in float64 has to begin with. Where there is an ``origin``, other processes can
    make the same implementation by it. ``caller`` says how the functions are called, ``formats``
    in which formats they may be, and ``why_not`` what is not judged for what reason, if anything.
    ``clock`` has the time that all calls may take, if that is limited.
    """

    name: str
    forward: Callable[[Array], Any] | None
    derivative: Callable[[Array], Any] | None = None
    backward: Callable[[Array, Array], Any] | None = None
    call: str = "{x}"
    derivative_call: str = ""
    backward_call: str = ""
    before_float64: str = ""
    origin: Callable[[], "Implementation"] | None = None
    caller: type[Caller] = Caller
    formats: frozenset[str] = frozenset(FORMATS)
    why_not: str = ""
    clock: Clock | None = None

    @property
    def functions(self) -> dict[str, Callable[..., Any]]:
        """The functions that are to be judged, by what they give."""
        functions = {
            "value": self.forward,
            "derivative": self.derivative,
            "backward": self.backward,
        }
        return {name: function for name, function in functions.items() if function is not None}

    def with_functions(self, functions: Mapping[str, Callable[..., Any]]) -> Self:
        """The same implementation, with these functions only."""
        return replace(
            self,
            forward=functions.get("value"),
            derivative=functions.get("derivative"),
            backward=functions.get("backward"),
        )
