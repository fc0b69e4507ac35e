"""A function that takes arrays of one shape only, called with arrays of any."""

import numpy as np

from reference.arithmetic.types import Array
from verification.candidates.calls import Caller

from .framework import Function

# Kinds of findings that copies of one shape do not show.
OPEN = ("shape", "input written", "shared result", "length", "layout")


class Shaped(Caller):
    """Calls such a function: what depends on shape, length or layout is not asked of it."""

    why_not = (
        "the function gets arrays of one shape: how it takes others, and whether it writes to "
        "them, is not judged"
    )

    @classmethod
    def not_judged(cls) -> tuple[str, ...]:
        """See `Caller`."""
        return (*super().not_judged(), *OPEN)


def shaped(function: Function, shape: tuple[int, ...]) -> Function:
    """The function of arrays that are cut to the shape; the last piece begins again to fill it."""
    size = int(np.prod(shape))

    def pieces(*arguments: Array) -> Array:
        flat = [argument.reshape(-1) for argument in arguments]
        if not flat[0].size:
            return np.empty_like(arguments[0])
        results = []
        for start in range(0, flat[0].size, size):
            parts = [array[start : start + size] for array in flat]
            result = function(*(np.resize(part, size).reshape(shape) for part in parts))
            if getattr(result, "shape", None) != shape:
                raise ValueError(f"expected a result of shape {shape}, as its argument has")
            results.append(result.reshape(-1)[: parts[0].size])
        return np.concatenate(results).reshape(arguments[0].shape)

    return pieces
