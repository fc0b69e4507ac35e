"""Which activations a figure or a finding is about, read off the catalogue's facts.

No list of names is kept here: an activation that joins ``reference.ACTIVATIONS`` joins every
group that its limits and its title put it in.
"""

from collections.abc import Mapping
from math import isfinite

from reference import ACTIVATIONS, Activation

Catalogue = Mapping[str, Activation]

__all__ = ["ACTIVATIONS", "Activation", "Catalogue", "classic", "distinct", "label", "modern"]


def label(activation: Activation) -> str:
    """Return the title without its second name: "SiLU" for "SiLU/Swish"."""
    return activation.title.partition("/")[0]


def distinct(catalogue: Catalogue) -> dict[str, Activation]:
    """Leave out the other forms of an activation: "GELU (tanh form)" is one of "GELU"."""
    titles = {activation.title for activation in catalogue.values()}
    return {
        name: activation
        for name, activation in catalogue.items()
        if " (" not in activation.title or activation.title.partition(" (")[0] not in titles
    }


def classic(catalogue: Catalogue) -> dict[str, Activation]:
    """Keep the activations that saturate: both limits of the value are finite."""
    return {
        name: activation
        for name, activation in distinct(catalogue).items()
        if all(isfinite(limit) for limit in activation.orders[0].limits)
    }


def modern(catalogue: Catalogue) -> dict[str, Activation]:
    """Keep the activations whose gradient survives: its limit at +inf is not 0."""
    return {
        name: activation
        for name, activation in distinct(catalogue).items()
        if activation.orders[1].limits[1] != 0
    }
