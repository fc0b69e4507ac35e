"""Somebody else's function in this process: whatever it does is noted, and nothing escapes."""

import io
import math
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array
from verification.errors import UsageError

from .floating_point import MODE
from .output import written_by
from .text import said_by, shown, type_of, warned
from .trouble import Died

# What frameworks say about themselves, not about the numbers.
HARMLESS = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)
# Characters of its output that are shown.
SAID = 60


@dataclass(frozen=True)
class Answer:
    """What came of a call: the result, and kind and detail of what it should not have done.

    The result is None if none came. ``overwrote`` and ``wrote`` answer questions of their own.
    """

    result: Array | None
    troubles: tuple[tuple[str, str], ...] = ()
    overwrote: bool = False
    wrote: str = ""


class Callee:
    """A function of arrays, called with care."""

    def __init__(self, function: Callable[..., Any], format_: Format) -> None:
        self._function, self._format = function, format_
        self._last: tuple[Array, ...] = ()

    def __call__(self, *arguments: Array) -> Array | None:
        """The result, None if none came."""
        return self.call(*arguments).result

    def call(self, *arguments: Array, warns: bool = True, reuse: bool = False) -> Answer:
        """The result in the format and in the arguments' common shape.

        With ``reuse`` the function gets the arrays of the last call, with these numbers in them.
        """
        if reuse:
            for last, argument in zip(self._last, arguments, strict=True):
                last[...] = argument
            arguments = self._last
        self._last = arguments
        before = [argument.tobytes() for argument in arguments]
        troubles: list[tuple[str, str]] = []
        result = self._guarded(arguments, troubles, warns=warns)
        checked = None if result is None else self._checked(result, arguments, troubles)
        for argument, data in zip(arguments, before, strict=True):
            if argument.tobytes() != data:
                troubles.append(("input written", "the argument is not what it was before"))
                if argument.flags.writeable:
                    argument[...] = np.frombuffer(data, argument.dtype).reshape(argument.shape)
        return Answer(checked, tuple(troubles))

    def overwrites(self, arguments: tuple[Array, ...], others: tuple[Array, ...]) -> Answer:
        """Whether what a call returns is changed by the next one, which has others."""
        first = self._guarded(arguments, [], warns=False)
        if not issubclass(type(first), np.ndarray):
            return Answer(None)
        first = np.asarray(first)
        kept = first.tobytes()
        return replace(self.call(*others), overwrote=first.tobytes() != kept)

    def writes(self, *arguments: Array) -> Answer:
        """The first of what compiled code writes; what Python writes, every call notes."""
        written = written_by(lambda: self.call(*arguments))
        return Answer(None, wrote=shown(written.decode(errors="replace")))

    def _guarded(
        self, arguments: tuple[Array, ...], troubles: list[tuple[str, str]], *, warns: bool
    ) -> Any:
        """What the function returns, its noises noted; None if it raised."""
        said = io.StringIO()
        result = None
        with (
            warnings.catch_warnings(record=True) as caught,
            redirect_stdout(said),
            redirect_stderr(said),
            np.errstate(all="warn", under="ignore"),
        ):
            warnings.simplefilter("always")
            try:
                with MODE.theirs():
                    result = self._function(*arguments)
            except (KeyboardInterrupt, UsageError, Died):  # not the function's doing, or its end
                raise
            except BaseException as error:  # noqa: BLE001  SystemExit too is its doing
                troubles.append(("exception", said_by(error)))
            else:
                if result is None:
                    troubles.append(("no result", "it returned None"))
        if MODE.deviation:
            troubles.append(("mode", MODE.deviation))
        if text := said.getvalue():
            troubles.append(("output", repr(text[:SAID])))
        troubles += [
            ("warning", warned(warning.category, warning.message))
            for warning in caught
            if warns and not issubclass(warning.category, HARMLESS)
        ]
        return result

    def _checked(
        self, result: Any, arguments: tuple[Array, ...], troubles: list[tuple[str, str]]
    ) -> Array | None:
        shape = np.broadcast_shapes(*(argument.shape for argument in arguments))
        array = _as_array(result, shape)
        if array is None:
            troubles.append(("no result", f"it returned a {type_of(result)}"))
            return None
        if array.dtype != self._format.dtype:
            detail = shown(f"{array.dtype} for {self._format.name}")
            numbers = array.dtype.name in ("float16", "bfloat16", "float32", "float64")
            troubles.append(("dtype" if numbers else "no result", detail))
            if not numbers:
                return None
        if array.shape != shape:
            troubles.append(("shape", f"{array.shape} for {shape}"))
            if array.size != math.prod(shape):
                return None
            array = array.reshape(shape)
        if any(np.may_share_memory(array, argument) for argument in arguments if argument.size):
            troubles.append(("shared result", "the result lies in the argument's memory"))
        with np.errstate(all="ignore"):
            return array.astype(self._format.dtype)


def _as_array(result: Any, shape: tuple[int, ...]) -> Array | None:
    """The array that a result is, or the number where one is due; a masked one is neither."""
    kinds = (np.ndarray, np.generic, *((float,) if shape == () else ()))
    if not issubclass(type(result), kinds) or issubclass(type(result), np.ma.MaskedArray):
        return None
    return np.asarray(result)
