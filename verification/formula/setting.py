"""An activation at other parameters than its default ones, with the facts about those."""

import json
from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from numbers import Real

from reference import Activation
from reference.definition.facts import facts_of, kinks_of
from verification.errors import UsageError


def setting(activation: Activation, parameters: Mapping[str, float]) -> Activation:
    """The same activation with these parameters as its default ones, and the facts about them.

    The facts are derived from the formula texts, which takes seconds for a new setting. Raises
    UsageError for a parameter that the activation lacks, or does not allow.
    """
    if not parameters:
        return activation
    chosen = {**activation.parameters, **_checked(activation, parameters)}
    if chosen == activation.parameters:
        return activation
    return _setting(activation, chosen)


def _checked(activation: Activation, parameters: Mapping[str, float]) -> dict[str, float]:
    for name, value in parameters.items():
        if name not in activation.parameters:
            known = ", ".join(activation.parameters) or "none"
            raise UsageError(
                f"{activation.name} has no parameter {name!r}; its parameters: {known}"
            )
        if isinstance(value, bool) or not isinstance(value, Real) or not isfinite(value):
            raise UsageError(f"{activation.name}: {name} has to be a finite number, not {value!r}")
    try:
        activation(0.0, **parameters)
    except ValueError as error:
        raise UsageError(str(error)) from None
    return {name: float(value) for name, value in parameters.items()}


def _setting(activation: Activation, parameters: Mapping[str, float]) -> Activation:
    """The facts about the derivatives with respect to parameters are left open."""
    from .facts import facts_of_orders, to_json  # noqa: PLC0415  flint where it is needed

    formulas = tuple(function.formula for function in activation.orders)
    known = facts_of_orders(formulas, tuple(parameters.items()), tuple(activation.choices))
    entry = json.loads(to_json(known))
    value, first, second = (
        replace(function, facts=facts_of(facts), guides=None)
        for function, facts in zip(activation.orders, entry["orders"], strict=True)
    )
    return replace(
        activation,
        orders=(value, first, second),
        kinks=kinks_of(entry, dict(activation.choices)),
        parameters=dict(parameters),
        parameter_derivatives={
            name: replace(function, facts=None, guides=None)
            for name, function in activation.parameter_derivatives.items()
        },
        monotone=entry["monotone"],
    )
