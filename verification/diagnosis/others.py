"""Another function in the place of the one that is asked for: no list, but the catalogue itself.

Another activation, or this one with its default parameters; of a derivative, that of another one,
the value, or the second derivative; and the formula itself, every step rounded to the format, where
no other mistakes are known. A few results decide whether all are worth a comparison.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from reference import ACTIVATIONS, Activation
from reference.arithmetic.formats import FORMATS
from verification.activations.lore import lore_of
from verification.activations.mistake import DERIVATIVE, VALUE, Mistake
from verification.formula.language import parse

from .patterns import Case, near

# Results that are compared at first, and the least share of them that has to agree.
GLIMPSE, PROMISING = 64, 0.5


def other_functions(case: Case) -> Iterator[Mistake]:
    """Those that agree with some of the wrong results."""
    glimpse = _glimpse(case)
    for mistake in _candidates(case.question.activation, case.question.order):
        with np.errstate(all="ignore"):
            agrees = near(glimpse, glimpse.of(mistake.formula(glimpse.x)))
        if agrees.mean() >= PROMISING:
            yield mistake


def _glimpse(case: Case) -> Case:
    """A few of the wrong results, evenly spread."""
    kept = np.unique(np.linspace(0, case.x.size - 1, min(case.x.size, GLIMPSE)).astype(int))
    upstream = None if case.upstream is None else case.upstream[kept]
    return replace(case, x=case.x[kept], got=case.got[kept], upstream=upstream)


def _step_by_step(activation: Activation, order: int) -> Mistake:
    """The textbook formula of the value or of a derivative, as a straightforward kernel has it."""
    from verification.formula.naive import evaluated  # noqa: PLC0415  SciPy where it is needed

    text = activation.orders[order].formula
    expression = parse(text, ("x", *activation.parameters))
    return Mistake(
        VALUE if order == 0 else DERIVATIVE,
        f"{text}, every step rounded to the format",
        lambda x: evaluated(expression, activation.parameters, FORMATS[x.dtype.name], x),
        noisy=True,
    )


def _candidates(activation: Activation, order: int) -> Iterator[Mistake]:
    catalogue = [other for other in ACTIVATIONS.values() if other.name != activation.name]
    if order == 0:
        for other in catalogue:
            yield Mistake(VALUE, f"this is {other.title}, not {activation.title}", other)
    else:
        for other in catalogue:
            why = f"derivative of another variant: of {other.title}"
            yield Mistake(DERIVATIVE, why, other.derivative)
        yield Mistake(DERIVATIVE, "this is the value, not the derivative", activation)
        if not activation.kinks:
            second = partial(activation.derivative, order=2)
            yield Mistake(DERIVATIVE, "this is the second derivative", second)
    text = activation.orders[order].formula
    if text and not lore_of(activation.name).all_mistakes(activation.parameters):
        yield _step_by_step(activation, order)
    default = ACTIVATIONS.get(activation.name, activation)
    if default.parameters != activation.parameters:
        said = ", ".join(f"{name} = {value:g}" for name, value in default.parameters.items())
        function = partial(default.derivative, order=order)
        subject = VALUE if order == 0 else DERIVATIVE
        yield Mistake(subject, f"the parameters are ignored: this is for {said}", function)
