"""What others say of ELU."""

from .lore import Lore

LORE = Lore(
    spellings={
        "torch": "torch:torch.nn.functional.elu",
        "jax": "jax:jax.nn.elu",
        "tensorflow": "tensorflow:tensorflow.nn.elu",
    },
    keywords={"torch": {"alpha": "alpha"}, "jax": {"alpha": "alpha"}},
    choices={"left": "PyTorch's, JAX's and TensorFlow's choice"},
)
