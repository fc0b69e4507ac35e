"""Neural-network activation functions and their derivatives, exact to the last bit.

`ACTIVATIONS` is the catalogue, name to `Activation`, in its order; a new activation is one file
and one entry here. Each is also a name of this package; ``swish`` is another name of ``silu``.
"""

from .activation import Activation, Kink
from .function import Function
from .gelu import gelu
from .gelu_tanh import gelu_tanh
from .leaky_relu import leaky_relu
from .relu import relu
from .sigmoid import sigmoid
from .silu import silu
from .tanh import tanh

__version__ = "0.1.0"
__date__ = "2026-11-24"  # of this version's release

ACTIVATIONS: dict[str, Activation] = {
    activation.name: activation
    for activation in (relu, leaky_relu, sigmoid, tanh, gelu, gelu_tanh, silu)
}
swish = silu

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "Function",
    "Kink",
    "gelu",
    "gelu_tanh",
    "leaky_relu",
    "relu",
    "sigmoid",
    "silu",
    "swish",
    "tanh",
]
