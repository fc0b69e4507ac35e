"""Candidates that are given: functions and other objects that can be called, and names of some."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from verification.candidates.implementation import Implementation
from verification.candidates.text import shown, type_of
from verification.errors import UsageError

from .assembling import description_of, functions_of
from .candidate import AUTODIFF, Candidate
from .framework import Framework, Function
from .known import FRAMEWORKS, of_object
from .name import taken_apart
from .part import Part


@dataclass(frozen=True)
class Given:
    """A function or an object that can be called; a plain function is one of NumPy arrays."""

    thing: Any
    said: str | None

    @cached_property
    def name(self) -> str:
        """How a function is called, or an object that can be called."""
        for attribute in ("__name__", "name"):
            name = getattr(self.thing, attribute, None)
            if isinstance(name, str):
                return shown(name)
        return type_of(self.thing)

    @property
    def framework(self) -> Framework:
        """See `Part`."""
        return of_object(self.thing) if self.said is None else FRAMEWORKS[self.said]

    @property
    def options(self) -> Mapping[str, Any]:
        """See `Part`."""
        return MappingProxyType({})

    def call(self, *arguments: str) -> str:
        """See `Part`; where the name is none of Python's, f stands for the object."""
        return f"{self.name if self.name.isidentifier() else 'f'}({', '.join(arguments)})"

    def function(self) -> Function:
        """See `Part`."""
        function: Function = self.thing
        return function


def implementation_of(
    things: Mapping[str, Any],
    framework: str | None,
    device: str | None,
    dtype: str,
    *,
    inputs: int = 1,
) -> Implementation:
    """The implementation of what is given for value, derivative, ...; or UsageError.

    The second derivative may be "autodiff". Of two ``inputs`` backward gives both gradients.
    """
    if framework is not None and framework not in FRAMEWORKS:
        raise UsageError(f"no framework {framework!r}; expected {', '.join(FRAMEWORKS)}")
    parts: dict[str, Part] = {}
    second = things.get("second")
    autodiff = isinstance(second, str) and second == AUTODIFF
    for subject, thing in things.items():
        if subject == "second" and autodiff:
            continue
        otherwise = parts["value"].framework if "value" in parts else None
        parts[subject] = _part(thing, framework, otherwise)
    if not parts:
        raise UsageError("nothing to check: give forward, derivative or backward")
    name = next(iter(parts.values())).name
    if inputs > 1 and {"derivative", "second"} & parts.keys():
        raise UsageError("a function of two inputs has gradients: give backward")
    second = AUTODIFF if autodiff else None
    candidate = Candidate(name, framework, device, dtype=dtype, inputs=inputs, second=second)
    return description_of(parts, candidate).with_functions(functions_of(parts, candidate))


def _part(thing: Any, framework: str | None, otherwise: Framework | None) -> Part:
    if isinstance(thing, str):
        return taken_apart(thing, framework, otherwise)
    if not callable(thing):
        raise UsageError(
            f"expected a function, its name or an Implementation, not a {type_of(thing)}"
        )
    return Given(thing, framework)
