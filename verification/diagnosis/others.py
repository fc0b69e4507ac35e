"""Another function in the place of the one that is asked for: no list, but the catalogue itself.

Another activation, or this one with its default parameters; of a derivative, that of another one,
the value, or the second derivative. A few results decide whether all are worth a comparison.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from reference import ACTIVATIONS, Activation
from verification.activations.mistake import DERIVATIVE, SECOND, SUBJECTS, VALUE, Mistake
from verification.formula.activation import Gated

from .generated import slips_of
from .patterns import Case, near

# Results that are compared at first, and the least share of them that has to agree.
GLIMPSE, PROMISING = 64, 0.5


def other_functions(case: Case) -> Iterator[Mistake]:
    """Those that agree with some of the wrong results."""
    return _promising(case, _candidates(case.question.activation, case.question.order))


def promising_slips(case: Case) -> Iterator[Mistake]:
    """Formulas with one mistake in them that agree with some of the wrong results."""
    question = case.question
    slips = slips_of(question.activation, question.order, question.format_.precision)
    return _promising(case, slips)


def _promising(case: Case, mistakes: Iterator[Mistake]) -> Iterator[Mistake]:
    glimpse = _glimpse(case)
    for mistake in mistakes:
        with np.errstate(all="ignore"):
            agrees = near(glimpse, glimpse.of(mistake.formula(glimpse.x)))
        if agrees.mean() >= PROMISING:
            yield mistake


def _glimpse(case: Case) -> Case:
    """A few of the wrong results, evenly spread."""
    kept = np.unique(np.linspace(0, case.x.size - 1, min(case.x.size, GLIMPSE)).astype(int))
    upstream = None if case.upstream is None else case.upstream[kept]
    return replace(case, x=case.x[kept], got=case.got[kept], upstream=upstream)


def _candidates(activation: Activation, order: int) -> Iterator[Mistake]:
    catalogue = [other for other in ACTIVATIONS.values() if other.name != activation.name]
    whose = "the gate is" if isinstance(activation, Gated) else "this is"
    for other in catalogue:
        if order == 0:
            yield Mistake(VALUE, f"{whose} {other.title}, not {activation.title}", other)
        else:
            why = f"derivative of another variant: of {other.title}"
            yield Mistake(SUBJECTS[order], why, partial(other.derivative, order=order))
    yield from _other_orders(activation, order)
    default = ACTIVATIONS.get(activation.name, activation)
    if default.parameters != activation.parameters:
        said = ", ".join(f"{name} = {value:g}" for name, value in default.parameters.items())
        function = partial(default.derivative, order=order)
        why = f"the parameters are ignored: this is for {said}"
        yield Mistake(SUBJECTS[order], why, function)


def _other_orders(activation: Activation, order: int) -> Iterator[Mistake]:
    """The value or a derivative in the place of another one."""
    first, second = (partial(activation.derivative, order=order) for order in (1, 2))
    if order == 1:
        yield Mistake(DERIVATIVE, "this is the value, not the derivative", activation)
        if not activation.kinks:
            yield Mistake(DERIVATIVE, "this is the second derivative", second)
    elif order == 2:  # noqa: PLR2004  the second one
        yield Mistake(SECOND, "this is the first derivative, not the second", first)
