"""The kinds of findings, gravest first: what each says, and what follows from it, as data."""

from dataclasses import dataclass
from enum import Flag, auto


class Access(Flag):
    """What there has to be of a candidate to see that it does not misbehave in some way."""

    NONE = 0
    CALLS = auto()  # it can be called; else there are recorded results alone
    ARRAYS = auto()  # it gets arrays and speaks to Python; a program gets raw values


PRODUCTS = ("backward", "backward_x", "backward_y")
SLOPES = ("derivative", *PRODUCTS)
FUNCTIONS = ("value", "derivative", "second")
ALL = (*FUNCTIONS, *PRODUCTS)


@dataclass(frozen=True)
class Kind:
    """One kind of finding.

    ``text`` completes the sentence that begins with the subject. ``needs`` is the access to the
    candidate without which it cannot be ruled out. It may come up for the ``subjects``. A law about
    a few calls has ``calls``: the subjects that are called for it, each of which has to give a
    result. After a ``silent`` one there are inputs without a result. A ``separable`` trouble may be
    due to a few of the elements, and is looked for in parts of the array. A law that ``follows``
    accuracy is broken for the reason that the results are wrong for. What is ``beside`` the results
    is told after those that are wrong. ``why`` is the usual reason.
    """

    text: str
    needs: Access = Access.NONE
    subjects: tuple[str, ...] = ALL
    calls: tuple[str, ...] = ()
    silent: bool = False
    separable: bool = False
    follows: bool = False
    beside: bool = False
    why: str | None = None


_CALLS = Access.CALLS
_ARRAYS = Access.CALLS | Access.ARRAYS

KINDS: dict[str, Kind] = {
    "crash": Kind("ends its process", _CALLS, silent=True),
    "hang": Kind("does not return in time", _CALLS, silent=True),
    "exception": Kind("raises an exception", _CALLS, silent=True, separable=True),
    "no result": Kind("returns no array of numbers", _CALLS),
    "dtype": Kind(
        "returns another dtype",
        _CALLS,
        why="a constant or a conversion of another precision decides the dtype",
    ),
    "shape": Kind("returns another shape", _ARRAYS),
    "input written": Kind("writes to its input", _ARRAYS, why="it works in place"),
    "shared result": Kind("returns memory that is not the caller's own", _ARRAYS),
    "not deterministic": Kind("gives other bits for the same input", _CALLS),
    "state": Kind("depends on earlier calls", _CALLS),
    "mode": Kind("changes the processor's floating-point mode", _ARRAYS),
    "nan": Kind("gives NaN where the true result is a number"),
    "nan lost": Kind("gives a number for NaN"),
    "overflow": Kind("gives an infinity where the true result is finite"),
    "kink": Kind("gives a derivative outside the subdifferential", subjects=SLOPES),
    "upstream": Kind("breaks a law of products", subjects=("value", *PRODUCTS), calls=PRODUCTS),
    "wrong sign": Kind("has the wrong sign"),
    "flushed": Kind("gives zero where the true result is not"),
    "inaccurate": Kind("is less accurate than the tolerance"),
    "infinity": Kind("misses the limit at an infinity"),
    "length": Kind("gives other bits in an array of another length or offset", _CALLS),
    "layout": Kind("gives other bits in another shape or memory layout", _ARRAYS),
    "inconsistent": Kind(
        "is not the derivative of this forward",
        subjects=("derivative",),
        calls=("value", "derivative"),
        follows=True,
    ),
    "out of bounds": Kind("leaves the function's range", subjects=FUNCTIONS, follows=True),
    "not monotone": Kind(
        "falls where the function rises, or rises where it falls", subjects=("value",), follows=True
    ),
    "not symmetric": Kind("breaks the function's symmetry", subjects=FUNCTIONS, follows=True),
    "sign of zero": Kind("gives a zero of the wrong sign"),
    "warning": Kind("lets a warning reach the caller", _ARRAYS, separable=True, beside=True),
    "output": Kind("writes to standard output or error", _ARRAYS, separable=True, beside=True),
}


# What the process that makes the calls says of itself.
BY_ITS_WORD = ("dtype", "shape", "input written", "shared result", "mode", "warning", "output")


def out_of_reach(access: Access) -> tuple[str, ...]:
    """The kinds that cannot be ruled out with this access to a candidate."""
    return tuple(name for name, kind in KINDS.items() if kind.needs & ~access)


def rank(kind: str) -> int:
    """The place of a kind in the order of gravity."""
    return list(KINDS).index(kind)
