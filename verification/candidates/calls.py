"""Somebody else's function, called with care: whatever it does is noted, and nothing escapes."""

import io
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf
from typing import Any, ClassVar

import numpy as np

from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array, Mask
from verification.errors import UsageError
from verification.kinds import KINDS, Access, out_of_reach

from .floating_point import MODE
from .trouble import Died, Expired, Trouble

# An array that gives no result is cut into this number of parts, and those that give none again.
PARTS = 16
# Most calls spent on that; and most of them that may end the process.
RETRIES = 400
DEATHS = 24
# What frameworks say about themselves, not about the numbers.
HARMLESS = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)


@dataclass
class Caller:
    """Calls one function of a candidate, its subject: "value", "derivative" or "backward".

    This way of calling has ``access`` to some of what the candidate does, and ``why_not`` is the
    sentence about the kinds of findings that it cannot rule out. ``cut_short``: not all inputs
    without a result were tried alone; ``expired`` says that there was no time left, if so.
    """

    access: ClassVar[Access] = Access.CALLS | Access.ARRAYS | Access.MEMORY
    why_not: ClassVar[str] = ""

    subject: str
    function: Callable[..., Any]
    format_: Format
    troubles: dict[str, Trouble] = field(default_factory=dict)
    deaths: int = 0
    cut_short: bool = False
    expired: str = ""

    def __call__(self, *arguments: Array, warns: bool = True) -> Array | None:
        """Return the result in the format and in the arguments' common shape, None if none came.

        What goes wrong is noted under its kind: the first time, and again with fewer elements.
        """
        before = [argument.tobytes() for argument in arguments]
        result = self.guarded(arguments, warns=warns)
        if any(a.tobytes() != b for a, b in zip(arguments, before, strict=True)):
            given = [
                np.frombuffer(b, a.dtype).reshape(a.shape)
                for a, b in zip(arguments, before, strict=True)
            ]
            self._note("input written", "the argument is not what it was before", tuple(given))
        return None if result is None else self._checked(result, arguments)

    def resiliently(self, *arguments: Array, warns: bool = True) -> tuple[Array, Mask]:
        """Results of 1-D arguments, and where there are any: past exceptions, the rest is kept.

        Down to the first single element that fails, then the longest part first; ``cut_short`` if
        the retries did not reach every element.
        """
        size = arguments[0].size
        results = np.zeros(size, self.format_.dtype)
        answered = np.zeros(size, bool)
        left, retries, deaths, found = [slice(0, size)], 0, self.deaths, False
        while left and retries < RETRIES and self.deaths - deaths < DEATHS and not self.expired:
            part = left.pop(0)
            retries += 1
            result = self(*(argument[part].copy() for argument in arguments), warns=warns)
            if result is not None:
                results[part], answered[part] = result, True
            elif part.stop - part.start > 1 and self._worth_a_retry():
                left = _parts(part) + left
            else:
                found = True
            if found:
                left.sort(key=lambda part: part.start - part.stop)
        self.cut_short |= bool(left)
        return results, answered

    def _worth_a_retry(self) -> bool:
        return not {"no result", "shape"} & set(self.troubles)

    @classmethod
    def not_judged(cls) -> tuple[str, ...]:
        """The kinds of findings that cannot be ruled out in this way of calling."""
        return out_of_reach(cls.access)

    def narrow_down(self) -> None:
        """Look for less to show what a call should not do: halves, and halves of those."""
        for kind in [kind for kind in self.troubles if KINDS[kind].separable]:
            while kind in self.troubles and (size := self.troubles[kind].size) > 1 and size != inf:
                flat = [argument.reshape(-1) for argument in self.troubles[kind].arguments]
                for part in _halves(flat[0].size):
                    self(*(argument[part].copy() for argument in flat))
                    if self.troubles[kind].size < size:
                        break
                else:
                    break

    def guarded(self, arguments: tuple[Array, ...], *, warns: bool = True) -> Any:
        """Return what the function returns, its noises noted; None if it raised."""
        said = io.StringIO()
        with (
            warnings.catch_warnings(record=True) as caught,
            redirect_stdout(said),
            redirect_stderr(said),
            np.errstate(all="warn", under="ignore"),
        ):
            warnings.simplefilter("always")
            try:
                with MODE.theirs():
                    result = self.function(*arguments)
            except (KeyboardInterrupt, UsageError):  # the user's doing, not the function's
                raise
            except Died as death:
                self.died(death, arguments)
                result = None
            except BaseException as error:  # noqa: BLE001  SystemExit too is its doing
                said_first = str(error).strip().partition("\n")[0]
                detail = f"{type(error).__name__}: {said_first}".removesuffix(": ")
                self._note("exception", detail, arguments)
                result = None
            else:
                if result is None:
                    self._note("no result", "it returned None", arguments)
        if MODE.deviation:
            self._note("mode", MODE.deviation, arguments)
        if said.getvalue():
            self._note("output", repr(said.getvalue()[:60]), arguments)
        for warning in caught:
            if warns and not issubclass(warning.category, HARMLESS):
                self._note("warning", f"{warning.category.__name__}: {warning.message}", arguments)
        return result

    def died(self, death: Died, arguments: tuple[Array, ...]) -> None:
        """Note that the candidate's process ended in a call; or that there was no time for it."""
        self.deaths += 1
        if isinstance(death, Expired):
            self.expired = str(death)
        else:
            self._note(death.kind, str(death), arguments)

    def _checked(self, result: Any, arguments: tuple[Array, ...]) -> Array | None:
        shape = np.broadcast_shapes(*(argument.shape for argument in arguments))
        scalar = shape == () and isinstance(result, float)
        if not isinstance(result, np.ndarray | np.generic) and not scalar:
            self._note("no result", f"it returned a {type(result).__name__}", arguments)
            return None
        array = np.asarray(result)
        if array.dtype != self.format_.dtype:
            detail = f"{array.dtype} for {self.format_.name}"
            numbers = array.dtype.name in ("float16", "bfloat16", "float32", "float64")
            self._note("dtype" if numbers else "no result", detail, arguments)
            if not numbers:
                return None
        if array.shape != shape:
            self._note("shape", f"{array.shape} for {shape}", arguments)
            return None
        if any(np.may_share_memory(array, argument) for argument in arguments if argument.size):
            self._note("shared result", "the result lies in the argument's memory", arguments)
        with np.errstate(all="ignore"):
            return array.astype(self.format_.dtype)

    def _note(self, kind: str, detail: str, arguments: tuple[Array, ...]) -> None:
        kept = tuple(np.array(argument) for argument in arguments)
        self.keep(Trouble(kind, detail, kept))

    def keep(self, trouble: Trouble) -> None:
        """Keep a trouble, if none of its kind is known with as few elements, but for no element."""
        known = self.troubles.get(trouble.kind)
        if known is None or trouble.size < known.size:
            self.troubles[trouble.kind] = trouble


def _halves(size: int) -> tuple[slice, slice]:
    return slice(0, size // 2), slice(size // 2, size)


def _parts(whole: slice) -> list[slice]:
    """A slice, cut into pieces of nearly the same length."""
    ends = np.linspace(whole.start, whole.stop, min(PARTS, whole.stop - whole.start) + 1)
    return [slice(int(start), int(stop)) for start, stop in pairwise(ends)]
