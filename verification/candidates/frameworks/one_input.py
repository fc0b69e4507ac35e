"""The functions of a candidate that has one input.

Where no other is given, derivative and backward are the framework's own vector-Jacobian product,
the former for an upstream of ones; of a function that does not depend on x it is 0.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from reference.arithmetic.types import Array

from .candidate import AUTODIFF, Candidate
from .framework import Function
from .loaded import Loaded
from .takes import flat


def functions_of(loaded: Mapping[str, Loaded], candidate: Candidate) -> dict[str, Function]:
    """The functions of NumPy's arrays, by what they give."""
    functions: dict[str, Function] = {}
    value = loaded.get("value")
    library = None if value is None else value.library
    if value is not None and library is not None:
        if library.product is not None and not candidate.only_value:
            functions |= _own(library.product(value.function))
        if library.second is not None and candidate.second == AUTODIFF:
            functions["second"] = library.second(value.function)
    functions |= {subject: one.called() for subject, one in loaded.items()}
    if "backward" in loaded:
        functions["backward"] = taking(
            functions["backward"], functions.get("value"), candidate, ("x",)
        )
    return functions


def _own(product: Function) -> dict[str, Function]:
    return {
        "derivative": lambda x: product(x, np.ones_like(x))[0],
        "backward": lambda x, upstream: product(x, upstream)[0],
    }


def taking(
    backward: Function, value: Function | None, candidate: Candidate, inputs: tuple[str, ...]
) -> Function:
    """A backward function that takes what it says, as one of the inputs and upstream."""
    names = flat(candidate.taken)
    if names == (*inputs, "dy"):
        return backward

    def product(*arguments: Array) -> Any:
        arrays = dict(zip((*inputs, "dy"), arguments, strict=True))
        for name in ("out", "y"):
            if name in names and name not in inputs and value is not None:
                arrays[name] = value(*arguments[:-1])
        return backward(*(arrays[name] for name in names))

    return product
