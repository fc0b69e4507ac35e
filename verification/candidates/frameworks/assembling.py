"""A candidate put together of its parts: a function for the value, and others where there are any.

Where no other is given, derivative and backward are the framework's own vector-Jacobian product,
the former for an upstream of ones; of a function that does not depend on x it is 0. The snippets
run what was judged, after an import of the framework and of the function's module.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from reference.arithmetic.types import Array
from verification.candidates.calls import Caller
from verification.candidates.implementation import Implementation
from verification.errors import UsageError

from .candidate import Candidate
from .device import split
from .framework import Framework, Function
from .known import FRAMEWORKS, of_object
from .numpy import NUMPY
from .shaped import Shaped, shaped
from .signature import attempt, has_signature, require_signature

NO_FRAMEWORK = (
    "the derivative is not judged: the name does not tell the framework; write it in front, as in "
    "torch:NAME, or use --framework"
)


class Part(Protocol):
    """One function: its framework, where that is known, how it is called, and where it is found."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def framework(self) -> Framework | None:
        """Whose arrays it takes; None if only the function itself tells."""

    @property
    def options(self) -> Mapping[str, Any]:
        """The keyword arguments that are added to each call."""

    def call(self, *arguments: str) -> str:
        """A line that calls it."""

    def function(self) -> Function:
        """The function itself, or UsageError."""


Parts = Mapping[str, Part]


def subjects_of(parts: Parts, candidate: Candidate) -> tuple[str, ...]:
    """What the functions give, which follows from names and options alone."""
    own = _own_product(parts, candidate)
    return tuple(
        subject
        for subject in ("value", "derivative", "backward")
        if subject in parts or (own and subject != "value")
    )


def description_of(parts: Parts, candidate: Candidate) -> Implementation:
    """The implementation without its functions: what can be said before anything is imported."""
    place = _place(parts, candidate.device)
    frameworks = [part.framework or NUMPY for part in parts.values()]
    is_silent = "value" in parts and parts["value"].framework is None
    lacks = is_silent and "derivative" not in parts and not candidate.only_value
    return Implementation(
        candidate.name,
        None,
        call=_value_line(parts, "value", place),
        derivative_call=_derivative_line(parts, place),
        backward_call=_backward_line(parts, candidate.takes, place),
        before_float64="".join(dict.fromkeys(known.before_float64 for known in frameworks)),
        caller=Caller if candidate.shape is None else Shaped,
        formats=frozenset.intersection(*(frozenset(known.formats) for known in frameworks)),
        why_not=NO_FRAMEWORK if lacks else "",
    )


def functions_of(parts: Parts, candidate: Candidate) -> dict[str, Function]:
    """The functions by what they give, each of NumPy arrays; or UsageError."""
    functions: dict[str, Function] = {}
    counts = {"value": 1, "derivative": 1, "backward": len(candidate.takes)}
    loaded = {name: _Loaded(part, counts[name], candidate) for name, part in parts.items()}
    if "value" in loaded:
        value = loaded["value"]
        functions["value"] = value.library.call(value.function)
        if _own_product(parts, candidate) and value.library.product is not None:
            product = value.library.product(value.function)
            functions["derivative"] = lambda x: product(x, np.ones_like(x))
            functions["backward"] = product
    if "derivative" in loaded:
        functions["derivative"] = loaded["derivative"].library.call(loaded["derivative"].function)
    if "backward" in loaded:
        called = loaded["backward"].library.call(_first(loaded["backward"].function))
        functions["backward"] = _of_x_and_upstream(called, functions.get("value"), candidate.takes)
    if candidate.shape is not None:
        functions = {name: shaped(made, candidate.shape) for name, made in functions.items()}
    for name, one in loaded.items():
        one.attempt(functions[name], 2 if name == "backward" else 1)
    return functions


class _Loaded:
    """The function of a part, which says that it takes so many arrays, and its library."""

    def __init__(self, part: Part, count: int, candidate: Candidate) -> None:
        self._part, self._dtype = part, candidate.dtype or "float32"
        self.function = part.function()
        require_signature(self.function, count, part.name)
        framework = part.framework or of_object(self.function)
        self.library = framework.load(candidate.device if framework.has_devices else None)

    def attempt(self, call: Function, count: int) -> None:
        """Try what was made of the function, where only that shows whether it takes arrays."""
        framework = self._part.framework
        if self._part.options:
            attempt(call, count, self._part.name, "float32", any_error=True)
        elif framework is not None and framework.file is not None:
            attempt(call, count, self._part.name, self._dtype, any_error=True)
        elif not has_signature(self.function):
            attempt(call, count, self._part.name, self._dtype, any_error=False)


def _own_product(parts: Parts, candidate: Candidate) -> bool:
    """Whether the framework's autodiff is judged."""
    framework = parts["value"].framework if "value" in parts else None
    return framework is not None and framework.product is not None and not candidate.only_value


def _first(function: Function) -> Function:
    """The function, with the first of its results if it gives several."""

    def one(*arguments: Any) -> Any:
        result = function(*arguments)
        return result[0] if isinstance(result, tuple | list) and result else result

    return one


def _of_x_and_upstream(
    backward: Function, value: Function | None, takes: tuple[str, ...]
) -> Function:
    """A backward function that takes what it says, as one of (x, upstream)."""
    if takes == ("x", "dy"):
        return backward

    def product(x: Array, upstream: Array) -> Any:
        arguments = {"x": x, "dy": upstream}
        if "y" in takes and value is not None:
            arguments["y"] = value(x)
        return backward(*(arguments[name] for name in takes))

    return product


def _place(parts: Parts, device: str | None) -> str:
    """What an array has behind its dtype to lie on a device; or UsageError."""
    if device is None:
        return ""
    kind, number = split(device)
    framework = parts["value"].framework if "value" in parts else None
    if framework is None or not framework.has_devices:
        known = ", ".join(known.name for known in FRAMEWORKS.values() if known.has_devices)
        raise UsageError(f"expected a function of {known}, where there is a choice of {device!r}")
    return framework.on.format(device=device, kind=kind, number=number)


def _array(part: Part, number: str, place: str) -> str:
    framework = part.framework or NUMPY
    return framework.array.format(number, place if framework.has_devices else "")


def _value_line(parts: Parts, subject: str, place: str) -> str:
    """A line that calls a function of x, if it is there."""
    part = parts.get(subject)
    if part is None:
        return ""
    return (part.framework or NUMPY).value(part.call, _array(part, "{x}", place))


def _derivative_line(parts: Parts, place: str) -> str:
    return _value_line(parts, "derivative", place) or _product_line(parts, "1.0", place)


def _product_line(parts: Parts, upstream: str, place: str) -> str:
    value = parts.get("value")
    if value is None or value.framework is None or value.framework.product is None:
        return ""
    arrays = (_array(value, number, place) for number in ("{x}", upstream))
    return value.framework.product(value.call, *arrays)


def _backward_line(parts: Parts, takes: tuple[str, ...], place: str) -> str:
    part = parts.get("backward")
    if part is None:
        return _product_line(parts, "{upstream}", place)
    lines = {
        "x": _array(part, "{x}", place),
        "y": _value_line(parts, "value", place),
        "dy": _array(part, "{upstream}", place),
    }
    return part.call(*(lines[name] for name in takes))
