"""What others say of softplus."""

from .lore import Lore

LORE = Lore(
    spellings={
        "torch": "torch:torch.nn.functional.softplus",
        "jax": "jax:jax.nn.softplus",
        "tensorflow": "tensorflow:tensorflow.nn.softplus",
    },
    keywords={"torch": {"beta": "beta"}},
)
