"""What others say of mish."""

from .lore import Lore

LORE = Lore(
    spellings={
        "torch": "torch:torch.nn.functional.mish",
        "jax": "jax:jax.nn.mish",
    },
)
