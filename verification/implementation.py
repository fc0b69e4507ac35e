"""An implementation under test, behind the smallest interface that the oracle needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reference.arithmetic.types import Array


@dataclass(frozen=True)
class Implementation:
    """Somebody's activation: its functions map arrays to arrays of the same dtype and shape.

    ``backward`` maps (x, upstream); a function that is None is not judged. The ``call``s are
    templates of one-line snippets in the candidate's own terms, in which ``{x}`` and
    ``{upstream}`` stand for a number and ``{dtype}`` for the format's name; ``before_float64`` is
    what a snippet in float64 has to begin with.
    """

    name: str
    forward: Callable[[Array], Any] | None
    derivative: Callable[[Array], Any] | None = None
    backward: Callable[[Array, Array], Any] | None = None
    call: str = "{x}"
    derivative_call: str = ""
    backward_call: str = ""
    before_float64: str = ""
