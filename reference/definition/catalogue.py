"""Activations by name, in an order; an alias finds the activation that it is another name of."""

from collections.abc import Iterable, Mapping

from .activation import Activation


class Catalogue(dict[str, Activation]):
    """Name to activation. Aliases are found by ``[]`` and not counted."""

    def __init__(self, activations: Iterable[Activation], aliases: Mapping[str, str]) -> None:
        super().__init__((activation.name, activation) for activation in activations)
        self.aliases = dict(aliases)

    def __missing__(self, name: str) -> Activation:
        if name not in self.aliases:
            raise KeyError(name)
        return self[self.aliases[name]]
