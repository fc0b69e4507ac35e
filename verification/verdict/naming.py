"""An activation and its parameters as text: ``leaky_relu[negative_slope=0.2]``."""

import re
from collections.abc import Iterable, Mapping

from verification.errors import UsageError

NAME = re.compile(r"(\w+)(?:\[([^\]]*)\])?")


def named(activation: str, parameters: Mapping[str, float]) -> str:
    """The name, with the parameters in brackets if there are any."""
    if not parameters:
        return activation
    return f"{activation}[{','.join(f'{name}={value!r}' for name, value in parameters.items())}]"


def parsed(text: str) -> tuple[str, dict[str, float]]:
    """The name and the parameters that such a text has, or UsageError."""
    found = NAME.fullmatch(text)
    if found is None:
        raise UsageError(
            f"expected an activation, such as leaky_relu[negative_slope=0.2], but got {text!r}"
        )
    name, inside = found.groups()
    return name, parameters_of(inside.split(",") if inside else ())


def parameters_of(texts: Iterable[str]) -> dict[str, float]:
    """The parameters that texts like ``negative_slope=0.2`` set, or UsageError."""
    parameters: dict[str, float] = {}
    for text in texts:
        name, equals, number = text.partition("=")
        name = name.strip()
        try:
            value = float(number)
        except ValueError:
            equals = ""
        if not (name and equals):
            raise UsageError(
                f"expected a parameter as NAME=NUMBER, such as negative_slope=0.2, but got {text!r}"
            )
        if name in parameters:
            raise UsageError(f"expected each parameter once, but {name!r} is set twice")
        parameters[name] = value
    return parameters
