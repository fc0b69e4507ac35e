"""The functions of a candidate that has two inputs: the value, and its gradients in x and in y.

Where no backward is given, they are those of the framework's own vector-Jacobian product.
"""

from collections.abc import Mapping
from functools import partial

from reference.arithmetic.types import Array

from .candidate import Candidate
from .framework import Function
from .loaded import Loaded
from .one_input import taking
from .packed import gradient_of_both, of_both

# The gradients, by the number of the input.
GRADIENTS = ("backward_x", "backward_y")


def functions_of(loaded: Mapping[str, Loaded], candidate: Candidate) -> dict[str, Function]:
    """The functions of NumPy's arrays, by what they give."""
    inputs, packing = candidate.arguments, candidate.packed
    value = loaded["value"].called() if "value" in loaded else None
    gradients: list[Function] = []
    if "backward" in loaded:
        backward = loaded["backward"]
        own = (
            [backward.gradient(0), backward.gradient(1)] if packing is None else [backward.called()]
        )
        gradients = [taking(function, value, candidate, inputs) for function in own]
    elif "value" in loaded and not candidate.only_value:
        product = loaded["value"].library.product
        if product is not None:
            made = product(loaded["value"].function)
            gradients = [partial(_one, made, which) for which in range(len(inputs))]
    if packing is not None:
        value = None if value is None else of_both(value, packing)
        gradients = [
            gradient_of_both(gradient, packing, which)
            for gradient in gradients
            for which in range(2)
        ]
    functions = {} if value is None else {"value": value}
    return functions | dict(zip(GRADIENTS, gradients, strict=False))


def _one(product: Function, which: int, *arguments: Array) -> Array:
    gradient: Array = product(*arguments)[which]
    return gradient
