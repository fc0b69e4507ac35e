"""Everybody's activations: how each framework spells the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata


@dataclass(frozen=True)
class Peer:
    """A framework: its name, the distributions whose versions count, its spellings."""

    title: str
    distributions: tuple[str, ...]
    spellings: Mapping[str, str]


PEERS = (
    Peer(
        "PyTorch",
        ("torch",),
        {
            "relu": "torch:torch.nn.functional.relu",
            "leaky_relu": "torch:torch.nn.functional.leaky_relu",
            "sigmoid": "torch:torch.sigmoid",
            "tanh": "torch:torch.tanh",
            "gelu": "torch:torch.nn.functional.gelu",
            "gelu_tanh": "torch:torch.nn.functional.gelu?approximate=tanh",
            "silu": "torch:torch.nn.functional.silu",
        },
    ),
    Peer(
        "JAX",
        ("jax", "jaxlib"),
        {
            "relu": "jax:jax.nn.relu",
            "leaky_relu": "jax:jax.nn.leaky_relu",
            "sigmoid": "jax:jax.nn.sigmoid",
            "tanh": "jax:jax.numpy.tanh",
            "gelu": "jax:jax.nn.gelu?approximate=False",
            "gelu_tanh": "jax:jax.nn.gelu",
            "silu": "jax:jax.nn.silu",
        },
    ),
    Peer(
        "TensorFlow",
        ("tensorflow-cpu",),
        {
            "relu": "tensorflow:tensorflow.nn.relu",
            "leaky_relu": "tensorflow:tensorflow.nn.leaky_relu?alpha=0.01",
            "sigmoid": "tensorflow:tensorflow.nn.sigmoid",
            "tanh": "tensorflow:tensorflow.nn.tanh",
            "gelu": "tensorflow:tensorflow.nn.gelu",
            "gelu_tanh": "tensorflow:tensorflow.nn.gelu?approximate=True",
            "silu": "tensorflow:tensorflow.nn.silu",
        },
    ),
)


def installed_versions() -> dict[str, str]:
    """The versions of NumPy and of the frameworks."""
    names = ("numpy", *(name for peer in PEERS for name in peer.distributions))
    return {name: metadata.version(name) for name in names}
