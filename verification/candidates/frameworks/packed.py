"""A function that takes its two inputs in one array, called with both of them.

They lie along its last axis, which is twice as long: gate-first has all of x and then all of y,
gate-second y and then x, and interleaved x at the even places and y at the odd ones. An array
without axes counts as one of one element.
"""

from typing import Any

import numpy as np

from reference.arithmetic.types import Array
from verification.candidates.calls import Caller

from .contiguous import Contiguous
from .conversion import write_back
from .framework import Function

# The kind of finding that a copy does not show.
OPEN = ("shared result",)


class Packed(Caller):
    """Calls such a function: it gets a copy, and a result that lies in it is not told from others.

    The copy has its axes in the order of those of x, and their directions.
    """

    why_not = (
        "the function gets a packed copy of both inputs: whether its result lies in the memory of "
        "its argument is not judged"
    )

    @classmethod
    def not_judged(cls) -> tuple[str, ...]:
        """See `Caller`."""
        return (*super().not_judged(), *OPEN)


class PackedContiguous(Packed, Contiguous):
    """Calls one that gets contiguous arrays alone."""

    why_not = f"{Packed.why_not}; {Contiguous.why_not}"


def of_both(function: Function, packing: str) -> Function:
    """The value, or any other function of the packed array, as one of (x, y)."""

    def value(x: Array, y: Array) -> Array:
        whole, parts = _pack(x, y, packing)
        result = function(whole)
        write_back(parts, (x, y))
        return _without_axes(result) if x.ndim == 0 else result

    return value


def gradient_of_both(function: Function, packing: str, which: int) -> Function:
    """The gradient in x or y, of (x, y, upstream), where the function gives that of the array."""

    def backward(x: Array, y: Array, upstream: Array) -> Array:
        whole, parts = _pack(x, y, packing)
        gradient = function(whole, np.atleast_1d(upstream))
        write_back(parts, (x, y))
        if getattr(gradient, "shape", None) != whole.shape:
            raise ValueError(f"expected a gradient of shape {whole.shape}, as the inputs have")
        part: Array = gradient[_places(packing, whole.shape[-1])[which]]
        return part.reshape(x.shape)

    return backward


def _pack(x: Array, y: Array, packing: str) -> tuple[Array, tuple[Array, ...]]:
    """Both in one array, and where they lie in it."""
    *others, last = np.atleast_1d(x).shape
    whole = np.empty_like(x, shape=(*others, 2 * last), order="K")
    whole = whole[tuple(slice(None, None, -1 if stride < 0 else 1) for stride in x.strides)]
    parts = tuple(whole[place] for place in _places(packing, 2 * last))
    parts[0][...], parts[1][...] = x, y
    whole.flags.writeable = x.flags.writeable and y.flags.writeable
    return whole, tuple(part.reshape(x.shape) for part in parts)


def _places(packing: str, length: int) -> tuple[tuple[Any, slice], tuple[Any, slice]]:
    """Where x and y lie in an array whose last axis has this length."""
    if packing == "interleaved":
        return (..., slice(0, None, 2)), (..., slice(1, None, 2))
    first, second = (..., slice(0, length // 2)), (..., slice(length // 2, None))
    return (first, second) if packing == "gate-first" else (second, first)


def _without_axes(result: Array) -> Array:
    return result.reshape(()) if getattr(result, "shape", None) == (1,) else result
