"""Mistakes that nobody listed: they are made from the formula of what is asked for.

`slips` are other formulas, exact; `forms` are the same formula, typed so that it loses digits.
"""

from collections.abc import Iterator
from functools import partial

import numpy as np

from reference import Activation
from verification.activations.formulas import wide
from verification.activations.mistake import SUBJECTS, Mistake
from verification.formula.activation import OfFormula
from verification.formula.language import Expression, operation, parse
from verification.formula.rewriting import rewritten
from verification.formula.slopes import slope

from .forms import forms
from .slips import Slip, of_derivatives, of_parameters, of_storing, slips
from .steps import exactly

# Where a slip shows, and what is no difference.
POINTS = np.linspace(-7.25, 8.3, 41)
SAME = 1e-9


def formulas(activation: Activation) -> tuple[Expression, ...]:
    """The formula of the value, and those of the derivatives that have one."""
    if isinstance(activation, OfFormula):
        return (activation.expression,)
    texts = [function.formula for function in activation.orders]
    return tuple(parse(text, ("x", *activation.parameters)) for text in texts if text)


def slips_of(activation: Activation, order: int, precision: int) -> Iterator[Mistake]:
    """Formulas with one mistake in them, for a format of a precision."""
    found: dict[Expression, str] = {}
    for slip in _slips(activation, order, precision):
        found.setdefault(rewritten(slip.formula), slip.why)
    right = np.asarray(activation.derivative(POINTS, order=order))
    for formula, why in found.items():
        if np.allclose(exactly(formula, activation.parameters, POINTS), right, SAME, SAME):
            continue  # A factor that is 1, say.
        exact = wide(partial(exactly, formula, activation.parameters))
        yield Mistake(SUBJECTS[order], why, exact, in_part=True)


def _slips(activation: Activation, order: int, precision: int) -> Iterator[Slip]:
    for base in bases_of(activation, order):
        yield from slips(base)
        yield from of_parameters(base, activation.parameters)
    if order == 0:
        value = formulas(activation)[0]
        yield Slip(f"this is the logarithm of {activation.title}", operation("log", value))
    if order == 1:
        yield from of_derivatives(formulas(activation)[0], activation.parameters)
    for base in bases_of(activation, order):
        yield from of_storing(base, precision)


def bases_of(activation: Activation, order: int) -> tuple[Expression, ...]:
    """The formula of the value or of a derivative, in the ways that people start from."""
    known = formulas(activation)
    value = known[0]
    bases = list(known[order : order + 1])
    for base in (value, rewritten(value)):
        for _ in range(order):
            base = slope(base)  # noqa: PLW2901  once for each order
        bases.append(base)
    return tuple(dict.fromkeys(bases))


def forms_of(activation: Activation, order: int) -> tuple[Expression, ...]:
    """Forms of the value or the first derivative that may lose digits; of others the formula."""
    known = formulas(activation)
    text = known[order] if order < len(known) else None
    if order > 1:
        return (slope(slope(rewritten(known[0]))),) if text is None else (text,)
    return forms(known[0], order, text)
