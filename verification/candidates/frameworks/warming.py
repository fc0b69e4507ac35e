"""Functions that are compiled when they are first called, and that call.

The time for that is not the candidate's. Such a function is told by its own type, or by what its
compiler has written on it; no framework is imported to ask.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from reference.arithmetic.formats import FORMATS
from verification.candidates.callee import Callee

from .framework import Function

# The types of such functions, by the package that they come from.
TYPES = {
    ("torch", "OptimizedModule"),
    ("torch", "ScriptFunction"),
    ("torch", "ScriptModule"),
    ("jaxlib", "PjitFunction"),
    ("tensorflow", "PolymorphicFunction"),
    ("mlx", "_gc_func"),
    ("tinygrad", "_TinyJit"),
    ("tinygrad", "TinyJit"),
    ("numba", "Dispatcher"),
    ("numba", "DUFunc"),
    ("numba", "GUFunc"),
    ("paddle", "StaticFunction"),
    ("cupy", "Fusion"),
}
# What torch.compile writes on a function, and on a module.
MARKS = ("_torchdynamo_orig_callable", "_compiled_call_impl")
LENGTHS = (1, 1024)


def is_compiled(thing: Any) -> bool:
    """Whether a function, or the object that it is a method of, is compiled when it is called."""
    return any(_is_compiled(whole) for whole in _wholes(thing))


def _wholes(thing: Any) -> Iterator[Any]:
    """The function that a partial one calls, and the object that it is a method of."""
    while isinstance(thing, partial):
        thing = thing.func
    yield thing
    owner = getattr(thing, "__self__", None)
    if owner is not None:
        yield owner


def _is_compiled(thing: Any) -> bool:
    names = {(kind.__module__.partition(".")[0], kind.__name__) for kind in type(thing).__mro__}
    written = getattr(thing, "__dict__", {})
    return bool(names & TYPES) or any(written.get(mark) is not None for mark in MARKS)


def warm(function: Function, count: int, dtype: str) -> None:
    """Call a function of so many arrays, short and longer; whatever comes of it is not judged."""
    call = Callee(function, FORMATS[dtype])
    for length in LENGTHS:
        call(*(np.full(length, 0.5).astype(FORMATS[dtype].dtype) for _ in range(count)))
