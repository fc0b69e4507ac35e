"""The frameworks that are surveyed; `verification.activations` says how each spells one."""

from dataclasses import dataclass
from importlib import metadata

from verification.activations.lore import lore_of


@dataclass(frozen=True)
class Peer:
    """A framework: its name, its package, and the distributions whose versions count."""

    title: str
    package: str
    distributions: tuple[str, ...]

    def spelling(self, activation: str) -> str | None:
        """How it spells an activation of the catalogue; None if nobody has said."""
        return lore_of(activation).spellings.get(self.package)


PEERS = (
    Peer("PyTorch", "torch", ("torch",)),
    Peer("JAX", "jax", ("jax", "jaxlib")),
    Peer("TensorFlow", "tensorflow", ("tensorflow-cpu",)),
)


def installed_versions() -> dict[str, str]:
    """The versions of NumPy and of the frameworks."""
    names = ("numpy", *(name for peer in PEERS for name in peer.distributions))
    return {name: metadata.version(name) for name in names}
