"""Neural-network activation functions and their derivatives, exact to the last bit.

`ACTIVATIONS` is the catalogue, name to `Activation`, in its order; a new activation is one file
and one entry here. Each is also a name of this package; ``swish`` is another name of ``silu``.
"""

from .activations.elu import elu
from .activations.gelu import gelu
from .activations.gelu_tanh import gelu_tanh
from .activations.leaky_relu import leaky_relu
from .activations.mish import mish
from .activations.relu import relu
from .activations.sigmoid import sigmoid
from .activations.silu import silu
from .activations.softplus import softplus
from .activations.tanh import tanh
from .definition.activation import Activation
from .definition.facts import Kink
from .definition.function import Function

__version__ = "0.1.0"
__date__ = "2026-11-24"  # of this version's release

ACTIVATIONS: dict[str, Activation] = {
    activation.name: activation
    for activation in (
        relu,
        leaky_relu,
        sigmoid,
        tanh,
        gelu,
        gelu_tanh,
        silu,
        elu,
        softplus,
        mish,
    )
}
swish = silu

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "Function",
    "Kink",
    "elu",
    "gelu",
    "gelu_tanh",
    "leaky_relu",
    "mish",
    "relu",
    "sigmoid",
    "silu",
    "softplus",
    "swish",
    "tanh",
]
