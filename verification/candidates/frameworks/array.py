"""Functions of any library that keeps to the array API standard, and takes arrays by DLPack.

The library is the package of the function; of one in another module, what that module calls ``xp``.
"""

import sys
from functools import partial
from typing import Any

import numpy as np

from reference.arithmetic.types import Array
from verification.errors import UsageError

from .conversion import calling
from .framework import Framework, Function, Library


def load(_device: str | None) -> Library:
    """Arrays of the function's library."""
    return Library(call)


def call(function: Function) -> Function:
    """The function of that library's arrays as one of NumPy's."""
    library = _library(function)
    return calling(partial(_native, library), _array)(function)


def _library(function: Function) -> Any:
    while isinstance(function, partial):
        function = function.func
    module = sys.modules.get(getattr(function, "__module__", None) or "")
    package = sys.modules.get(module.__name__.partition(".")[0]) if module else None
    for library in (package, getattr(module, "xp", None)):
        if hasattr(library, "from_dlpack"):
            return library
    raise UsageError(
        "expected a function of a library of the array API, or one in a module that calls that "
        f"library xp, but there is no from_dlpack beside {getattr(function, '__name__', function)}"
    )


def _native(library: Any, x: Array) -> Any:
    return library.from_dlpack(x.copy())


def _array(y: Any, _like: Array) -> Array:
    return np.array(np.from_dlpack(y))


ARRAY = Framework(
    "array",
    load,
    "xp.asarray([{}], dtype=xp.{{dtype}})",
    formats=("float16", "float32", "float64"),
    homes=("array_api_strict",),
)
