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
    templates of one-line snippets in the candidate's own terms, in which ``{x}``, ``{y}`` and
    ``{upstream}`` stand for a number and ``{dtype}`` for the format's name; ``before_float64`` is
    what a snippet in float64 has to begin with. Where there is an ``origin``, other processes can
    make the same implementation by it. ``caller`` says how the functions are called, ``formats``
    in which formats they may be, and ``why_not`` what is not judged for what reason, if anything.
    ``clock`` has the time that all calls may take, if that is limited.

    Of two ``inputs`` the value maps (x, y), ``backward`` maps (x, y, upstream) to the gradient in
    x, and ``backward_y`` to that in y; there is no derivative.
    """

    name: str
    forward: Callable[..., Any] | None
    derivative: Callable[[Array], Any] | None = None
    backward: Callable[..., Any] | None = None
    call: str = "{x}"
    derivative_call: str = ""
    backward_call: str = ""
    before_float64: str = ""
    origin: Callable[[], "Implementation"] | None = None
    caller: type[Caller] = Caller
    formats: frozenset[str] = frozenset(FORMATS)
    why_not: str = ""
    second: Callable[[Array], Any] | None = None
    second_call: str = ""
    backward_y: Callable[..., Any] | None = None
    backward_y_call: str = ""
    inputs: int = 1
    clock: Clock | None = None

    @property
    def functions(self) -> dict[str, Callable[..., Any]]:
        """The functions that are to be judged, by what they give."""
        of_one = {
            "value": self.forward,
            "derivative": self.derivative,
            "second": self.second,
            "backward": self.backward,
        }
        of_two = {
            "value": self.forward,
            "backward_x": self.backward,
            "backward_y": self.backward_y,
        }
        functions = of_one if self.inputs == 1 else of_two
        return {name: function for name, function in functions.items() if function is not None}

    def with_functions(self, functions: Mapping[str, Callable[..., Any]]) -> Self:
        """The same implementation, with these functions only."""
        return replace(
            self,
            forward=functions.get("value"),
            derivative=functions.get("derivative"),
            second=functions.get("second"),
            backward=functions.get("backward", functions.get("backward_x")),
            backward_y=functions.get("backward_y"),
            inputs=2 if {"backward_x", "backward_y"} & functions.keys() else self.inputs,
        )
