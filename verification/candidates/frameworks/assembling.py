"""A candidate put together of its parts: a function for the value, and others where there are any.

Where no other is given, derivative and backward are the framework's own vector-Jacobian product,
the former for an upstream of ones; of a function that does not depend on x it is 0.
"""

from typing import Any

import numpy as np

from reference.arithmetic.types import Array
from verification.candidates.calls import Caller
from verification.candidates.implementation import Implementation

from .candidate import Candidate
from .framework import Function
from .lines import Lines
from .loaded import Loaded
from .numpy import NUMPY
from .part import Parts
from .shaped import Shaped, shaped

NO_FRAMEWORK = (
    "the derivative is not judged: the name does not tell the framework; write it in front, as in "
    "torch:NAME, or use --framework"
)


def subjects_of(parts: Parts, candidate: Candidate) -> tuple[str, ...]:
    """What the functions give, which follows from names and options alone."""
    own = _has_own_product(parts, candidate)
    return tuple(
        subject
        for subject in ("value", "derivative", "backward")
        if subject in parts or (own and subject != "value")
    )


def description_of(parts: Parts, candidate: Candidate) -> Implementation:
    """The implementation without its functions: what can be said before anything is imported."""
    lines = Lines(parts, candidate)
    frameworks = [part.framework or NUMPY for part in parts.values()]
    is_alone = parts.keys() == {"value"} and not candidate.only_value
    lacks = is_alone and parts["value"].framework is None
    return Implementation(
        candidate.name,
        None,
        call=lines.value(),
        derivative_call=lines.derivative(),
        backward_call=lines.backward(),
        before_float64="".join(dict.fromkeys(known.before_float64 for known in frameworks)),
        caller=Caller if candidate.shape is None else Shaped,
        formats=frozenset.intersection(*(frozenset(known.formats) for known in frameworks)),
        why_not=NO_FRAMEWORK if lacks else "",
    )


def functions_of(parts: Parts, candidate: Candidate) -> dict[str, Function]:
    """The functions by what they give, each of NumPy arrays; or UsageError."""
    loaded = {subject: Loaded(part, subject, candidate) for subject, part in parts.items()}
    functions: dict[str, Function] = {}
    if _has_own_product(parts, candidate) and loaded["value"].library.product is not None:
        product = loaded["value"].library.product(loaded["value"].function)
        functions |= {"derivative": lambda x: product(x, np.ones_like(x)), "backward": product}
    functions |= {subject: one.called() for subject, one in loaded.items()}
    if "backward" in loaded:
        functions["backward"] = _of_x_and_upstream(functions, candidate.takes)
    if candidate.shape is not None:
        functions = {name: shaped(made, candidate.shape) for name, made in functions.items()}
    for subject, one in loaded.items():
        one.attempt(functions[subject], 2 if subject == "backward" else 1)
    return functions


def _has_own_product(parts: Parts, candidate: Candidate) -> bool:
    """Whether the framework's autodiff is judged."""
    framework = parts["value"].framework if "value" in parts else None
    return framework is not None and framework.product is not None and not candidate.only_value


def _of_x_and_upstream(functions: dict[str, Function], takes: tuple[str, ...]) -> Function:
    """A backward function that takes what it says, as one of (x, upstream)."""
    backward, value = functions["backward"], functions.get("value")
    if takes == ("x", "dy"):
        return backward

    def product(x: Array, upstream: Array) -> Any:
        arguments = {"x": x, "dy": upstream}
        if "y" in takes and value is not None:
            arguments["y"] = value(x)
        return backward(*(arguments[name] for name in takes))

    return product
