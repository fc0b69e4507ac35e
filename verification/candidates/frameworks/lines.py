"""Lines of code that show what a candidate gives at one number, in its user's own terms.

They run after an import of the framework and of the function's module.
"""

from verification.errors import UsageError

from .candidate import Candidate
from .device import split
from .known import FRAMEWORKS
from .numpy import NUMPY
from .part import Part, Parts


class Lines:
    """The lines of a candidate, templates with {x}, {upstream} and {dtype}; or UsageError."""

    def __init__(self, parts: Parts, candidate: Candidate) -> None:
        self._parts, self._candidate = parts, candidate
        self._place = _place(parts, candidate.device)

    def value(self) -> str:
        """Of the value; empty if it is not judged, as those below."""
        return self._of_x("value")

    def derivative(self) -> str:
        """Of the derivative."""
        return self._of_x("derivative") or self._product("1.0")

    def backward(self) -> str:
        """Of upstream times the derivative."""
        part, takes = self._parts.get("backward"), self._candidate.takes
        if part is None:
            return self._product("{upstream}")
        arrays = {
            "x": self._array(part, "{x}"),
            "y": self.value(),
            "dy": self._array(part, "{upstream}"),
        }
        if self._candidate.in_place:
            first = f"{self.value()[:-1]}y = x; " if "y" in takes else ""
            rest = f"x = {arrays['x']}; dy = {arrays['dy']}; "
            return f"{first}{rest}{part.call(*takes)}; dy"
        return part.call(*(arrays[name] for name in takes))

    def _of_x(self, subject: str) -> str:
        part = self._parts.get(subject)
        if part is None:
            return ""
        array = self._array(part, "{x}")
        if self._candidate.in_place:
            return f"x = {array}; {part.call('x')}; x"
        return (part.framework or NUMPY).value(part.call, array)

    def _product(self, upstream: str) -> str:
        """The vector-Jacobian product of the value's framework."""
        part = self._parts.get("value")
        if part is None or part.framework is None or part.framework.product is None:
            return ""
        x, factor = self._array(part, "{x}"), self._array(part, upstream)
        return part.framework.product(part.call, x, factor)

    def _array(self, part: Part, number: str) -> str:
        framework = part.framework or NUMPY
        return framework.array.format(number, self._place if framework.has_devices else "")


def _place(parts: Parts, device: str | None) -> str:
    """What an array has behind its dtype to lie on a device."""
    if device is None:
        return ""
    kind, number = split(device)
    framework = parts["value"].framework if "value" in parts else None
    if framework is None or not framework.has_devices:
        known = ", ".join(known.name for known in FRAMEWORKS.values() if known.has_devices)
        raise UsageError(f"expected a function of {known}, where there is a choice of {device!r}")
    return framework.on.format(device=device, kind=kind, number=number)
