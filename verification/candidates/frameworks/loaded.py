"""A part that is loaded: its function, which takes what it will be given, and its library."""

from typing import Any

from verification.candidates.text import type_of

from .candidate import Candidate
from .framework import Function
from .known import of_object
from .part import Part
from .signature import attempt, has_signature, require_signature
from .takes import flat, grouped
from .warming import is_compiled


class Loaded:
    """A function of the library's arrays; UsageError for one that takes others than it should.

    What works in place gives the argument that it has written to. Of several results of backward
    the first counts, but of two inputs that are not packed it has to give two.
    """

    def __init__(self, part: Part, subject: str, candidate: Candidate) -> None:
        self._part, self._dtype = part, candidate.dtype or "float32"
        found = part.function()
        takes = candidate.taken if subject == "backward" else candidate.arguments
        require_signature(found, len(takes), part.name)
        framework = part.framework or of_object(found)
        self.library = framework.load(candidate.device if framework.has_devices else None)
        self.is_compiled = self.library.compiles or is_compiled(found)
        self._has_signature = has_signature(found)
        self._in_place = candidate.in_place
        self._names = flat(takes)
        self.function = grouped(found, takes)
        if subject != "backward":
            if candidate.in_place:
                self.function = _written(self.function, 0)
        elif len(candidate.arguments) > 1:
            self._places = [self._names.index(n) for n in "xy"] if candidate.in_place else []
        elif candidate.in_place:
            self.function = _written(self.function, self._names.index("dy"))
        else:
            self.function = _first(self.function)

    def called(self) -> Function:
        """The function of NumPy's arrays."""
        return self._called(self.function)

    def gradient(self, which: int) -> Function:
        """The function of NumPy's arrays that gives one of two gradients."""
        return self._called(_one_of_two(self.function, which, self._places))

    def _called(self, function: Function) -> Function:
        call = self.library.call(function)
        if not self._in_place:
            return call
        return lambda *arguments: call(*(argument.copy(order="K") for argument in arguments))

    def attempt(self, call: Function, count: int) -> None:
        """Try what was made of it, where only that shows whether it takes arrays."""
        framework = self._part.framework
        if self._part.options:
            attempt(call, count, self._part.name, "float32", any_error=True)
        elif framework is not None and framework.file is not None:
            attempt(call, count, self._part.name, self._dtype, any_error=True)
        elif not self._has_signature:
            attempt(call, count, self._part.name, self._dtype, any_error=False)


def _written(function: Function, place: int) -> Function:
    def argument(*arguments: Any) -> Any:
        function(*arguments)
        return arguments[place]

    return argument


def _first(function: Function) -> Function:
    def result(*arguments: Any) -> Any:
        results = function(*arguments)
        return results[0] if isinstance(results, tuple | list) and results else results

    return result


def _one_of_two(function: Function, which: int, places: list[int]) -> Function:
    """One of the gradients that a function gives, or has left in its arguments at two places."""

    def gradient(*arguments: Any) -> Any:
        results = function(*arguments)
        if results is None and places:
            return arguments[places[which]]
        if not isinstance(results, tuple | list) or len(results) != 2:  # noqa: PLR2004  x and y
            few = f" of {len(results)}" if isinstance(results, tuple | list) else ""
            raise TypeError(
                "expected a tuple or list of two gradients, in x and in y, but backward gave a "
                f"{type_of(results)}{few}"
            )
        return results[which]

    return gradient
