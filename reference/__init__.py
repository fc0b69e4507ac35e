"""Neural-network activation functions and their derivatives, exact to the last bit.

`ACTIVATIONS` is the catalogue, name to `Activation`, in its order; a new activation is one file in
``reference/activations`` and one line here. Each is also a name of this package; ``swish`` is
another name of ``silu``.
"""

# isort: off
# The catalogue, in its order.
from .activations.relu import relu as relu
from .activations.leaky_relu import leaky_relu as leaky_relu
from .activations.sigmoid import sigmoid as sigmoid
from .activations.tanh import tanh as tanh
from .activations.gelu import gelu as gelu
from .activations.gelu_tanh import gelu_tanh as gelu_tanh
from .activations.silu import silu as silu
from .activations.elu import elu as elu
from .activations.softplus import softplus as softplus
from .activations.mish import mish as mish

# isort: on
from .definition.activation import Activation as Activation
from .definition.catalogue import Catalogue
from .definition.facts import Kink as Kink
from .definition.function import Function as Function

__version__ = "0.1.0"
__date__ = "2026-11-24"  # of this version's release

ALIASES = {"swish": "silu"}
ACTIVATIONS = Catalogue(
    [found for found in list(globals().values()) if isinstance(found, Activation)], ALIASES
)
swish = silu
