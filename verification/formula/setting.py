"""An activation at other parameters than its default ones, with the facts about those."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from math import isfinite
from numbers import Real

from reference import Activation
from reference.definition.facts import facts_of, kinks_of
from reference.definition.function import Function
from verification.errors import UsageError

from .facts import entry_of, to_json

Known = tuple[tuple[str, float], ...]


def setting(activation: Activation, parameters: Mapping[str, float]) -> Activation:
    """The same activation with these parameters as its default ones, and the facts about them.

    The facts are derived from the formula texts, which takes seconds for a new setting. Raises
    UsageError for a parameter that the activation lacks, or does not allow.
    """
    chosen = {**activation.parameters, **_checked(activation, parameters)}
    if chosen == activation.parameters:
        return activation
    return _setting(activation, tuple(chosen.items()))


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


@cache
def _setting(activation: Activation, parameters: Known) -> Activation:
    entry = json.loads(to_json(entry_of(activation, dict(parameters))))
    value, first, second = (
        _with_facts(function, known)
        for function, known in zip(activation.orders, entry["orders"], strict=True)
    )
    return replace(
        activation,
        orders=(value, first, second),
        kinks=kinks_of(entry, dict(activation.choices)),
        parameters=dict(parameters),
        parameter_derivatives={
            name: _with_facts(function, entry["parameter_derivatives"][name])
            for name, function in activation.parameter_derivatives.items()
        },
        monotone=entry["monotone"],
    )


def _with_facts(function: Function, known: dict[str, object]) -> Function:
    """The function with other facts; the arithmetic finds its own."""
    return replace(function, facts=facts_of(known), guides=None)
