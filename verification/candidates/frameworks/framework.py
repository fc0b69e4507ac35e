"""What a framework is: how its functions are called, here and by its user."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reference.arithmetic.types import Array

Function = Callable[..., Any]
Write = Callable[[str], str]
Forward = Callable[[Array], Array]
Backward = Callable[[Array, Array], Array]


@dataclass(frozen=True)
class Framework:
    """How to call the functions of a framework, and how its user would.

    ``array`` is the template of an array of one number. ``value`` and ``product`` write a line of
    code: they take what writes a call of the function, and the arrays x and upstream.
    """

    package: str
    adapt: Callable[[Function], tuple[Forward, Backward | None]]
    array: str
    value: Callable[[Write, str], str] = lambda call, x: call(x)
    product: Callable[[Write, str, str], str] | None = None
    before_float64: str = ""
