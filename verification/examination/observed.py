"""What was observed of a candidate, as data: nothing in it can call the candidate."""

from dataclasses import dataclass, field
from math import prod

import numpy as np

from reference import Kink
from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array
from verification.candidates.trouble import Trouble
from verification.numbers.arrangement import Arrangement

from .accuracy import Accuracy
from .tally import Part


@dataclass(frozen=True)
class Difference:
    """Results of a call that are not those of another call with the same numbers.

    ``x``, ``upstream``, ``got`` and the ``other`` results are the elements whose bits differ, at
    these ``places`` of an array of a ``shape``, counted row by row; arguments lie in memory as
    ``arrays``. ``kind`` is that of the finding that there may be, and ``detail`` says in what the
    calls differ. Where ``may_be_right``, a difference counts only if the results are wrong.
    """

    kind: str
    detail: str
    x: Array
    got: Array
    other: Array
    upstream: Array | None
    shape: tuple[int, ...]
    places: Array
    may_be_right: bool = False
    arrays: tuple[Arrangement, ...] = ()

    @property
    def tried(self) -> int:
        """How many elements the array has."""
        return prod(self.shape)


@dataclass(frozen=True)
class Behaviour:
    """What a subject does besides computing, which no single call shows.

    ``written`` is what compiled code wrote in a call with the inputs ``x``. ``overwritten`` are the
    inputs of calls whose results the next call changed.
    """

    x: Array
    differences: tuple[Difference, ...] = ()
    written: str = ""
    overwritten: tuple[Array, ...] = ()


@dataclass(frozen=True)
class Alone:
    """One input, its upstream if it has one, and the result; ``shows`` whether that is wrong."""

    x: Array
    upstream: Array | None
    got: Array
    shows: bool


@dataclass
class Observed:
    """All that was observed of one subject, by which it is judged without another call.

    ``behaviour`` is None where it was not looked at. ``products`` are results of backward for each
    of `laws.FACTORS`, and ``quotient`` those for `laws.consistency`. ``kinks`` are results at the
    `numbers_at` each kink, None if none came. ``shrunk`` is the simplest wrong input of each part,
    and ``alone`` has results of single elements by their bits (see `key`). Of ``promise``
    neighbouring numbers at least one was tried; ``untried`` are patterns for which an exhaustive
    check had no time.
    """

    subject: str
    seen: Accuracy
    behaviour: Behaviour | None = None
    products: tuple[Array, ...] | None = None
    quotient: tuple[Array, Array, Array] | None = None
    kinks: tuple[tuple[Kink, tuple[Array | None, ...]], ...] = ()
    shrunk: dict[Part, Alone] = field(default_factory=dict)
    alone: dict[tuple[bytes, bytes], Array | None] = field(default_factory=dict)
    troubles: tuple[Trouble, ...] = ()
    cut_short: bool = False
    expired: str = ""
    untried: str = ""
    promise: int = 0


def numbers_at(kink: Kink, format_: Format) -> tuple[Array, ...]:
    """The number at a kink, each as an array of one: both zeros where that is 0."""
    at = np.full(1, kink.at).astype(format_.dtype)
    return (np.abs(at), -np.abs(at)) if at[0] == 0 else (at,)


def key(x: Array, upstream: Array | None) -> tuple[bytes, bytes]:
    """The bits of one element."""
    return x.tobytes(), b"" if upstream is None else upstream.tobytes()
