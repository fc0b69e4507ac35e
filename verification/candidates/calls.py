"""One function of a candidate: called in portions, and what goes wrong kept at its smallest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import inf
from typing import Any, ClassVar

import numpy as np

from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array, Mask
from verification.kinds import KINDS, Access, out_of_reach

from .callee import Answer, Callee
from .trouble import Died, Expired, Trouble

# An array that gives no result is cut into this number of parts, and those that give none again.
PARTS = 16
# Most calls spent on that; and most of them that may end the process.
RETRIES = 400
DEATHS = 24


@dataclass
class Caller:
    """Calls one function of a candidate, its subject: "value", "derivative", "backward", ...

    The ``function`` may be a `Callee` itself. This way of calling has ``access`` to some of what
    the candidate does, and ``why_not`` is the sentence about the kinds of findings that it cannot
    rule out. ``cut_short``: not all inputs without a result were tried alone; ``expired`` says
    that there was no time left, if so.
    """

    access: ClassVar[Access] = Access.CALLS | Access.ARRAYS
    why_not: ClassVar[str] = ""

    subject: str
    function: Callable[..., Any]
    format_: Format
    troubles: dict[str, Trouble] = field(default_factory=dict)
    deaths: int = 0
    cut_short: bool = False
    expired: str = ""
    _deadly: set[tuple[int, ...]] = field(default_factory=set)

    def __post_init__(self) -> None:
        function = self.function
        self._callee = function if isinstance(function, Callee) else Callee(function, self.format_)

    def __call__(self, *arguments: Array, warns: bool = True, reuse: bool = False) -> Array | None:
        """Return the result in the format and in the arguments' common shape, None if none came.

        What goes wrong is noted under its kind: the first time, and again with fewer elements. With
        ``reuse`` the function gets the arrays of the last call, with these numbers in them.
        """
        return self._answer(
            arguments, lambda: self._callee.call(*arguments, warns=warns, reuse=reuse)
        ).result

    def overwrites(self, arguments: tuple[Array, ...], others: tuple[Array, ...]) -> bool:
        """Whether what a call returns is changed by the next one, which has others."""
        return self._answer(others, lambda: self._callee.overwrites(arguments, others)).overwrote

    def writes(self, *arguments: Array) -> str:
        """The first of what compiled code writes during a call."""
        return self._answer(arguments, lambda: self._callee.writes(*arguments)).wrote

    def _answer(self, arguments: tuple[Array, ...], ask: Callable[[], Answer]) -> Answer:
        """What comes of a call, troubles kept; an element that ended it once is not tried again."""
        if any(self._has(arguments, deadly) for deadly in self._deadly):
            return Answer(None)
        try:
            answer = ask()
        except Expired as late:
            self.expired = str(late)
            return Answer(None)
        except Died as death:
            self.deaths += 1
            answer = Answer(None, ((death.kind, str(death)),))
            if arguments[0].size == 1:
                self._deadly.add(tuple(int(bits[0]) for bits in self._bits(arguments)))
        for kind, detail in answer.troubles:
            self.keep(Trouble(kind, detail, arguments))
        return answer

    def _has(self, arguments: tuple[Array, ...], inputs: tuple[int, ...]) -> bool:
        """Whether these bits of x, or of x and y, are those of an element."""
        pairs = zip(self._bits(arguments), inputs, strict=True)
        return bool(np.logical_and.reduce([bits == one for bits, one in pairs]).any())

    def _bits(self, arguments: tuple[Array, ...]) -> list[Array]:
        """The bits of the inputs, whatever upstream is."""
        inputs = arguments[: 1 if self.subject == "backward" else 2]
        return [np.ascontiguousarray(x).view(self.format_.bits).reshape(-1) for x in inputs]

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

    def simplify(self, simple: Sequence[tuple[Array, ...]]) -> None:
        """Show what one element brings about at the first of these where it happens as well."""
        for kind in [kind for kind in self.troubles if KINDS[kind].separable]:
            known = self.troubles[kind]
            for arguments in simple if known.size == 1 else ():
                del self.troubles[kind]
                self(*arguments)
                if kind in self.troubles:
                    break
                self.troubles[kind] = known

    def keep(self, trouble: Trouble) -> None:
        """Keep a trouble, if none of its kind is known with as few elements, but for no element."""
        known = self.troubles.get(trouble.kind)
        if known is None or trouble.size < known.size:
            arguments = tuple(np.array(argument) for argument in trouble.arguments)
            self.troubles[trouble.kind] = replace(trouble, arguments=arguments)


def _halves(size: int) -> tuple[slice, slice]:
    return slice(0, size // 2), slice(size // 2, size)


def _parts(whole: slice) -> list[slice]:
    """A slice, cut into pieces of nearly the same length."""
    ends = np.linspace(whole.start, whole.stop, min(PARTS, whole.stop - whole.start) + 1)
    return [slice(int(start), int(stop)) for start, stop in pairwise(ends)]
