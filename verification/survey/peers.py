"""The frameworks that are surveyed; `verification.activations` says how each spells one."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata

from verification.activations.lore import lore_of


@dataclass(frozen=True)
class Peer:
    """A framework: its name, its package, and the distributions whose versions count."""

    title: str
    package: str
    distributions: tuple[str, ...]

    def spelling(self, activation: str, parameters: Mapping[str, float]) -> str | None:
        """How it spells an activation with these parameters; None if nobody has said."""
        lore = lore_of(activation)
        spelling = lore.spellings.get(self.package)
        keywords = lore.keywords.get(self.package, {})
        if spelling is None or not parameters:
            return spelling
        if not keywords.keys() >= parameters.keys():
            return None
        settings = (f"{keywords[name]}={value!r}" for name, value in parameters.items())
        return f"{spelling.partition('?')[0]}?{'&'.join(settings)}"


PEERS = (
    Peer("PyTorch", "torch", ("torch",)),
    Peer("JAX", "jax", ("jax", "jaxlib")),
    Peer("TensorFlow", "tensorflow", ("tensorflow-cpu",)),
)


def installed_versions() -> dict[str, str]:
    """The versions of NumPy and of the frameworks."""
    names = ("numpy", *(name for peer in PEERS for name in peer.distributions))
    return {name: metadata.version(name) for name in names}
