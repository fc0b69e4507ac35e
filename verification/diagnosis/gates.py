"""What goes wrong in a function of two inputs, ``g(x) * y``: inputs, gradients, factors mixed up.

Each is a substitution: what comes at any input in the place of the right result.
"""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from reference.arithmetic.types import Array, Float64
from verification.examination.arguments import given
from verification.examination.truth import Question
from verification.formula.activation import Gated
from verification.numbers.ulp import doubles

from .substitution import Change, Formula, Substitution, lower_formats

# Of the gate's input, the other input, and upstream, which is 1 for the value.
Product = Callable[[Float64, Float64, Float64], Float64]


def of_gates(question: Question) -> Iterator[Substitution]:
    """All that come into question for a subject of a gated function."""
    gated = question.activation
    assert isinstance(gated, Gated)  # noqa: S101  it is asked for where it is
    for why, product in _products(question, gated):
        yield Substitution(why, (_formula(question, gated, product),), about_factor=True)


def _products(question: Question, gated: Gated) -> Iterator[tuple[str, Product]]:
    def gate(x: Float64, order: int) -> Float64:
        return np.asarray(gated.derivative(x, order=order))

    x, y = gated.gate, gated.other
    if question.subject == "value":
        yield (
            f"the inputs are exchanged: the gate is applied to {y}, not to {x}",
            lambda a, b, _: gate(b, 0) * a,
        )
        yield f"{y} is ignored: this is the gate alone", lambda a, _b, _u: gate(a, 0)
        yield f"the gate is ignored: this is {y}", lambda _a, b, _u: b
        yield "this is the product of the two inputs", lambda a, b, _: a * b
        yield f"{y} is added, and has to be multiplied", lambda a, b, _: gate(a, 0) + b
        yield f"the gate is applied to {y} too", lambda a, b, _: gate(a, 0) * gate(b, 0)
        yield f"the gate is applied to the product of {x} and {y}", lambda a, b, _: gate(a * b, 0)
        yield f"this is multiplied by 1 + {y}, not by {y}", lambda a, b, _: gate(a, 0) * (1 + b)
        yield f"{y} is taken by its magnitude", lambda a, b, _: gate(a, 0) * np.abs(b)
    elif question.order == 1:
        yield (
            f"this is the gradient in {y}, not in {x}",
            lambda a, _, u: gate(a, 0) * u,
        )
        yield f"{y} is ignored", lambda a, _, u: gate(a, 1) * u
        yield "upstream is ignored", lambda a, b, _: gate(a, 1) * b
        yield "upstream is squared", lambda a, b, u: gate(a, 1) * b * u * u
        yield (
            f"the inputs are exchanged: this is the gradient in {y} of the gate of {y}",
            lambda a, b, u: gate(b, 1) * a * u,
        )
    else:
        yield (
            f"this is the gradient in {x}, not in {y}",
            lambda a, b, u: gate(a, 1) * b * u,
        )
        yield "upstream is ignored: this is the gate", lambda a, _b, _u: gate(a, 0)
        yield "the gate is differentiated", lambda a, _, u: gate(a, 1) * u
        yield (
            f"it is multiplied by {y}: this is the value times upstream",
            (lambda a, b, u: gate(a, 0) * b * u),
        )
        yield f"the gate is applied to {y}, not to {x}", lambda _, b, u: gate(b, 0) * u
    rounded = y if question.subject == "value" else "upstream"
    for lower, via in lower_formats(question.format_):

        def product(a: Float64, b: Float64, u: Float64, via: Change = via) -> Float64:
            if question.subject == "value":
                return np.asarray(gate(a, 0) * via(b))
            return np.asarray((gate(a, 1) * b if question.order == 1 else gate(a, 0)) * via(u))

        yield f"{rounded} is rounded to {lower.name}", product


def _formula(question: Question, gated: Gated, product: Product) -> Formula:
    return partial(_evaluated, question, gated, product)


def _evaluated(
    question: Question, gated: Gated, product: Product, x: Array, factor: Array | None
) -> Array:
    first, second, *upstream = (doubles(argument) for argument in given(question, x, factor))
    inputs = {"x": first, "y": second}
    unit = upstream[0] if upstream else np.ones_like(first)
    result = product(inputs[gated.gate], inputs[gated.other], unit)
    return np.asarray(result).astype(x.dtype)
