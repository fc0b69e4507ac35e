"""What others say of ReLU."""

import numpy as np

from .formulas import wide
from .lore import Lore, Reflection
from .mistake import DERIVATIVE, VALUE, Mistake, lost

RELU6_END = 6

LORE = Lore(
    spellings={
        "torch": "torch:torch.nn.functional.relu",
        "jax": "jax:jax.nn.relu",
        "tensorflow": "tensorflow:tensorflow.nn.relu",
    },
    choices={
        "left": "PyTorch's, JAX's and TensorFlow's choice",
        "middle": "the mean of both sides, as of jax.numpy.maximum",
    },
    reflection=Reflection(-1.0, slope=1.0),
    mistakes=(
        Mistake(VALUE, "x + |x| overflows", lambda x: (x + np.abs(x)) / 2, claims=lost),
        Mistake(VALUE, "this is ReLU6, not ReLU", lambda x: np.clip(x, 0, RELU6_END)),
        Mistake(VALUE, "this is |x|", np.abs),
        Mistake(VALUE, "this is softplus, not ReLU", wide(lambda x: np.logaddexp(x, 0))),
        Mistake(
            VALUE,
            "this is ELU, not ReLU",
            wide(lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0)))),
        ),
        Mistake(
            DERIVATIVE,
            "derivative of another variant: of ReLU6",
            wide(lambda x: (x > 0) & (x < RELU6_END)),
        ),
        Mistake(DERIVATIVE, "1 everywhere", wide(np.ones_like)),
    ),
)
