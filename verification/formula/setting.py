"""An activation with other parameters than its default ones."""

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from numbers import Real

from reference import Activation
from verification.errors import UsageError


def setting(activation: Activation, parameters: Mapping[str, float]) -> Activation:
    """The same activation with these parameters as its defaults, and facts of these parameters.

    Raises:
        UsageError: a parameter that it does not have, or a value that is no finite number.

    """
    given: dict[str, float] = {}
    for name, value in parameters.items():
        if name not in activation.parameters:
            known = ", ".join(activation.parameters) or "none"
            raise UsageError(f"{activation.name} has no parameter {name!r}; it has {known}")
        if isinstance(value, bool) or not isinstance(value, Real) or not isfinite(value):
            raise UsageError(f"{activation.name}: {name} has to be a finite number, not {value!r}")
        given[name] = float(value)
    other = {name: value for name, value in given.items() if value != activation.parameters[name]}
    if not other:
        return activation
    return replace(activation, parameters={**activation.parameters, **other})
