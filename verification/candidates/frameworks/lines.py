"""Lines of code that show what a candidate gives at one number, in its user's own terms.

They run after an import of the framework and of the function's module.
"""

from verification.errors import UsageError

from .candidate import AUTODIFF, Candidate
from .device import split
from .framework import Gradient
from .known import FRAMEWORKS
from .numpy import NUMPY
from .part import Part, Parts
from .takes import flat, tupled

# The numbers of a packed array, each by itself.
PACKED = {
    "gate-first": ("{x}", "{y}"),
    "gate-second": ("{y}", "{x}"),
    "interleaved": ("{x}", "{y}"),
}


class Lines:
    """The lines of a candidate, templates with {x}, {y}, {upstream} and {dtype}; or UsageError."""

    def __init__(self, parts: Parts, candidate: Candidate) -> None:
        self._parts, self._candidate = parts, candidate
        self._place = _place(parts, candidate.device)
        numbers = [f"{{{name}}}" for name in candidate.arguments]
        if candidate.packed is not None:
            numbers = [", ".join(PACKED[candidate.packed])]
        self._inputs = dict(zip(candidate.arguments, numbers, strict=True))

    def value(self) -> str:
        """Of the value; empty if it is not judged, as those below."""
        return self._of_inputs("value")

    def derivative(self) -> str:
        """Of the derivative."""
        if self._candidate.inputs > 1:
            return ""
        return self._of_inputs("derivative") or self._product("1.0", 0)

    def second(self) -> str:
        """Of the second derivative."""
        part = self._parts.get("value")
        if self._candidate.second != AUTODIFF or part is None or part.framework is None:
            return self._of_inputs("second")
        write = part.framework.second
        x, one = self._array(part, "{x}"), self._array(part, "1.0")
        return "" if write is None else write(part.call, x, one)

    def backward(self, which: int) -> str:
        """Of upstream times the derivative, or one of two gradients."""
        part, taken = self._parts.get("backward"), self._candidate.taken
        if part is None:
            return self._product("{upstream}", which)
        arrays = {name: self._array(part, text) for name, text in self._inputs.items()}
        arrays["dy"] = self._array(part, "{upstream}")
        if self._candidate.in_place:
            return self._in_place(part, arrays, which)
        arrays = {"y": self.value(), "out": self.value()} | arrays
        call = part.call(*(_spelled(names, arrays) for names in taken))
        return call if self._candidate.inputs == 1 else f"{call}[{self._index(which)}]"

    def _in_place(self, part: Part, arrays: dict[str, str], which: int) -> str:
        """The statements of a backward function that leaves its result in its arguments."""
        first = "".join(
            f"{self.value()[:-1]}{name} = x; "
            for name in flat(self._candidate.taken)
            if name not in arrays
        )
        rest = "".join(f"{name} = {text}; " for name, text in arrays.items())
        call = part.call(*(_spelled(names, {}) for names in self._candidate.taken))
        if self._candidate.inputs == 1:
            return f"{first}{rest}{call}; dy"
        return f"{first}{rest}({call} or (x, y))[{which}]"

    def _of_inputs(self, subject: str) -> str:
        part = self._parts.get(subject)
        if part is None:
            return ""
        arrays = {name: self._array(part, text) for name, text in self._inputs.items()}
        if self._candidate.in_place:
            given = "".join(f"{name} = {text}; " for name, text in arrays.items())
            return f"{given}{part.call(*arrays)}; x"
        return (part.framework or NUMPY).value(part.call, *arrays.values())

    def _product(self, upstream: str, which: int) -> str:
        """The vector-Jacobian product of the value's framework."""
        part = self._parts.get("value")
        if part is None or part.framework is None or part.framework.product is None:
            return ""
        arrays = tuple(self._array(part, text) for text in self._inputs.values())
        factor = self._array(part, upstream)
        if self._candidate.packed is None:
            return part.framework.product(Gradient(part.call, arrays, factor, which))
        element = f"[{self._index(which)}]"
        return part.framework.product(Gradient(part.call, arrays, factor, 0, element))

    def _index(self, which: int) -> int:
        """The place of a gradient among two, in a packed array or side by side."""
        packing = self._candidate.packed
        return which if packing is None else PACKED[packing].index(("{x}", "{y}")[which])

    def _array(self, part: Part, numbers: str) -> str:
        framework = part.framework or NUMPY
        return framework.array.format(numbers, self._place if framework.has_devices else "")


def _spelled(names: str | tuple[str, ...], arrays: dict[str, str]) -> str:
    """An argument, or a tuple of some; by its name, where there is no text for it."""
    if isinstance(names, str):
        return arrays.get(names, names)
    return tupled(arrays.get(name, name) for name in names)


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
