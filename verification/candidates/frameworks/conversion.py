"""Functions of a library's arrays as functions of NumPy's, by what converts one into the other."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from reference.arithmetic.types import Array

from .framework import Function


def calling(
    native: Callable[[Array], Any], array: Callable[[Any, Array], Array]
) -> Callable[[Function], Function]:
    """What makes such a function; ``array`` gets an array of the dtype that was converted too."""

    def call(function: Function) -> Function:
        def value(*arguments: Array) -> Array:
            natives = [native(argument) for argument in arguments]
            result = array(function(*natives), arguments[0])
            after = [array(one, like) for one, like in zip(natives, arguments, strict=True)]
            write_back(after, arguments)
            return result

        return value

    return call


def write_back(after: Sequence[Array], arguments: Sequence[Array]) -> None:
    """Where a function has written to a copy, write that to its argument, if that may be."""
    for own, argument in zip(after, arguments, strict=True):
        bits = f"i{argument.itemsize}"
        if argument.flags.writeable and not np.array_equal(own.view(bits), argument.view(bits)):
            argument[...] = own
