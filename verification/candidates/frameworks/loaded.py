"""A part that is loaded: its function, which takes what it will be given, and its library."""

from typing import Any

from .candidate import Candidate
from .framework import Function
from .known import of_object
from .part import Part
from .signature import attempt, has_signature, require_signature


class Loaded:
    """A function of the library's arrays; UsageError for one that takes others than it should.

    What works in place gives the argument that it has written to. Of several results of backward
    the first counts.
    """

    def __init__(self, part: Part, subject: str, candidate: Candidate) -> None:
        self._part, self._dtype = part, candidate.dtype or "float32"
        found = part.function()
        takes = candidate.takes if subject == "backward" else ("x",)
        require_signature(found, len(takes), part.name)
        framework = part.framework or of_object(found)
        self.library = framework.load(candidate.device if framework.has_devices else None)
        self._has_signature = has_signature(found)
        self._in_place = candidate.in_place
        self.function = found
        if candidate.in_place:
            self.function = _written(found, takes.index("dy") if subject == "backward" else 0)
        elif subject == "backward":
            self.function = _first(found)

    def called(self) -> Function:
        """The function of NumPy's arrays."""
        call = self.library.call(self.function)
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
