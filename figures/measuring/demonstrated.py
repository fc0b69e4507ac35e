"""The activations that the examples and findings are about, whatever else the catalogue has.

The sentences of the report speak about these seven: "ReLU dies, others survive" would be false
of a catalogue with hard-swish in it. Every other activation is in the report's appendix.
"""

from collections.abc import Mapping
from math import isfinite

from reference import ACTIVATIONS, Activation

Catalogue = Mapping[str, Activation]

SIX = ("relu", "leaky_relu", "sigmoid", "tanh", "gelu", "silu")
DEMONSTRATED = (*SIX, "gelu_tanh")

__all__ = [
    "ACTIVATIONS",
    "DEMONSTRATED",
    "SIX",
    "Activation",
    "Catalogue",
    "classic",
    "demonstrated",
    "label",
    "modern",
    "six",
]


def label(activation: Activation) -> str:
    """Return the title without its second name: "SiLU" for "SiLU/Swish"."""
    return activation.title.partition("/")[0]


def demonstrated(catalogue: Catalogue) -> dict[str, Activation]:
    """Keep the six and the tanh form of GELU: what an example or a finding is given."""
    return {name: catalogue[name] for name in DEMONSTRATED}


def six(catalogue: Catalogue) -> dict[str, Activation]:
    """Keep the six that are drawn beside each other."""
    return {name: catalogue[name] for name in SIX}


def classic(catalogue: Catalogue) -> dict[str, Activation]:
    """Keep those of the six that saturate: both limits of the value are finite."""
    return {
        name: activation
        for name, activation in six(catalogue).items()
        if all(isfinite(limit) for limit in activation.orders[0].limits)
    }


def modern(catalogue: Catalogue) -> dict[str, Activation]:
    """Keep those of the six whose gradient survives: its limit at +inf is not 0."""
    return {
        name: activation
        for name, activation in six(catalogue).items()
        if activation.orders[1].limits[1] != 0
    }
