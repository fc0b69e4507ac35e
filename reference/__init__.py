"""Neural-network activation functions and their derivatives, in readable NumPy."""

from .activation import Activation
from .gelu import gelu
from .gelu_tanh import gelu_tanh
from .leaky_relu import leaky_relu
from .relu import relu
from .sigmoid import sigmoid
from .silu import silu
from .tanh import tanh

ACTIVATIONS: dict[str, Activation] = {
    activation.name: activation
    for activation in (relu, leaky_relu, sigmoid, tanh, gelu, gelu_tanh, silu)
}
swish = silu

__all__ = ["ACTIVATIONS", "Activation", "gelu", "gelu_tanh", "leaky_relu", "relu", "sigmoid", "silu", "swish", "tanh"]
