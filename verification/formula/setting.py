"""An activation with other parameters than its default ones.

A stand-in: the facts are those of the given parameters for leaky_relu, and else the default ones'.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import copysign, inf, isfinite
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
            raise UsageError(
                f"{activation.name} has no parameter {name!r}; its parameters: {known}"
            )
        if isinstance(value, bool) or not isinstance(value, Real) or not isfinite(value):
            raise UsageError(f"{activation.name}: {name} has to be a finite number, not {value!r}")
        given[name] = float(value)
    if all(activation.parameters[name] == value for name, value in given.items()):
        return activation
    other = replace(activation, parameters={**activation.parameters, **given})
    return _leaky(other) if activation.name == "leaky_relu" else other


def _leaky(activation: Activation) -> Activation:
    slope = activation.parameters["negative_slope"]
    value, first, second = activation.orders
    left = copysign(inf, -slope) if slope else 0.0
    value = replace(
        value,
        limits=(left, inf),
        bounds=(min(left, 0.0), inf),
        roots=(0.0,) if slope > 0 else (),
    )
    ends = (min(slope, 1.0), max(slope, 1.0))
    first = replace(first, limits=(slope, 1.0), bounds=ends, roots=(0.0,) if slope < 0 else ())
    [kink] = activation.kinks
    return replace(
        activation,
        orders=(value, first, second),
        kinks=(replace(kink, left=slope, chosen=slope),),
        monotone=slope >= 0,
    )
