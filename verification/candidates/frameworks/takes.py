"""What a backward function takes: names in its order, some of them in one tuple.

x and y are the inputs, ``out`` is what the forward function gives, and ``dy`` is upstream. Of one
input y is the result too, and of two packed ones x is the packed array.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from verification.errors import UsageError

Takes = tuple[str | tuple[str, ...], ...]

ONE, TWO, PACKED = "one input", "two inputs", "packed inputs"
NAMES = {
    ONE: {"x", "y", "out", "dy"},
    TWO: {"x", "y", "out", "dy"},
    PACKED: {"x", "out", "dy"},
}
DEFAULTS: Mapping[str, Takes] = {ONE: ("x", "dy"), TWO: ("x", "y", "dy"), PACKED: ("x", "dy")}
EXAMPLES = {
    ONE: "x,dy or dy,x or dy,y or x,y,dy or (x,out),dy",
    TWO: "x,y,dy or dy,x,y or (x,y),dy",
    PACKED: "x,dy or dy,x or (x,out),dy",
}
BETWEEN = re.compile(r",(?![^(]*\))")  # a comma outside parentheses


def parsed(text: str) -> Takes:
    """What such a text says: ``(x,out),dy``; whether the names are known is not asked."""
    return tuple(map(_part, BETWEEN.split(text)))


def _part(text: str) -> str | tuple[str, ...]:
    text = text.strip()
    if text[:1] + text[-1:] != "()":
        return text
    names = [name.strip() for name in text[1:-1].split(",")]
    return tuple(names[:-1] if names[1:] and not names[-1] else names)


def spelled(takes: Takes, mark: str = ",") -> str:
    """The text that says so."""
    return mark.join(part if isinstance(part, str) else tupled(part, mark) for part in takes)


def tupled(parts: Iterable[str], mark: str = ", ") -> str:
    """A tuple as Python spells it."""
    parts = tuple(parts)
    return f"({mark.join(parts)}{',' if len(parts) == 1 else ''})"


def flat(takes: Takes) -> tuple[str, ...]:
    """The names alone."""
    return tuple(name for part in takes for name in ((part,) if isinstance(part, str) else part))


def require(takes: Takes, inputs: str) -> None:
    """UsageError for what no backward function of these inputs takes."""
    names = flat(takes)
    if set(names) <= NAMES[inputs] and len(set(names)) == len(names) > 1 and "dy" in names:
        return
    raise UsageError(
        f"expected what backward takes as {EXAMPLES[inputs]}, but got {spelled(takes)!r}"
    )


def grouped(function: Callable[..., Any], takes: Takes) -> Callable[..., Any]:
    """The function with all its arrays side by side, as one that takes some of them in tuples."""
    if flat(takes) == takes:
        return function

    def taking(*arrays: Any) -> Any:
        of = dict(zip(flat(takes), arrays, strict=True))
        return function(
            *(of[part] if isinstance(part, str) else tuple(of[n] for n in part) for part in takes)
        )

    return taking
