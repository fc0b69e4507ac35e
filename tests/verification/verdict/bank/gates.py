"""Bugs of gates: inputs and gradients exchanged, another gate, and what is forgotten."""

import ml_dtypes
import numpy as np

from reference import gelu, gelu_tanh, sigmoid, silu

from .bug import F32, Bug
from .gated import GEGLU, GLU, SWIGLU, gated
from .helpers import wide


def in_bfloat16(x):
    """Rounded on the way."""
    return x.astype(ml_dtypes.bfloat16).astype(x.dtype)


def columns_lost(x, y):
    """The second half of a long row is not written."""
    out = wide(lambda a, b: silu(a) * b)(x, y)
    if out.ndim and out.shape[-1] > 600:
        out[..., 600:] = 0
    return out


GATES = [
    Bug(
        "halves exchanged",
        SWIGLU,
        F32,
        gated(silu, value=wide(lambda x, y: silu(y) * x)),
        "inaccurate",
        "the inputs are exchanged: the gate is applied to y, not to x",
        "value",
        true=r"exchang|swap|applied to y",
    ),
    Bug(
        "halves of GLU exchanged",
        GLU,
        F32,
        gated(sigmoid, gate_first=False, value=wide(lambda x, y: sigmoid(x) * y)),
        "inaccurate",
        "the inputs are exchanged: the gate is applied to x, not to y",
        "value",
        true=r"exchang|swap|applied to x",
    ),
    Bug(
        "no gate",
        SWIGLU,
        F32,
        gated(silu, value=wide(lambda x, y: x * y)),
        "inaccurate",
        "this is the product of the two inputs",
        "value",
        true=r"product of the two|no gate|gate is (missing|x)|bilinear|x itself",
    ),
    Bug(
        "nothing but the gate",
        SWIGLU,
        F32,
        gated(silu, value=wide(lambda x, _y: silu(x))),
        "inaccurate",
        "y is ignored: this is the gate alone",
        "value",
        true=r"y is ignored|gate alone",
    ),
    Bug(
        "another gate",
        SWIGLU,
        F32,
        gated(silu, value=wide(lambda x, y: gelu(x) * y)),
        "inaccurate",
        f"the gate is GELU, not {SWIGLU}",
        "value",
        true=r"\bGELU\b",
    ),
    Bug(
        "a plain sigmoid for SiLU",
        SWIGLU,
        F32,
        gated(silu, value=wide(lambda x, y: sigmoid(x) * y)),
        "inaccurate",
        f"the gate is Sigmoid, not {SWIGLU}",
        "value",
        true=r"sigmoid",
    ),
    Bug(
        "the other variant",
        GEGLU,
        F32,
        gated(gelu, value=wide(lambda x, y: gelu_tanh(x) * y)),
        "inaccurate",
        "the gate is GELU (tanh form), not x * Phi(x) * y",
        "value",
        true=r"tanh form",
    ),
    Bug(
        "columns not written",
        SWIGLU,
        F32,
        gated(silu, value=columns_lost),
        "length",
        None,
        "value",
        true=r"column|not written|600|length|elements",
    ),
    Bug(
        "the gate in bfloat16",
        SWIGLU,
        F32,
        gated(silu, value=wide(lambda x, y: in_bfloat16(np.asarray(silu(x))) * y)),
        "inaccurate",
        None,
        "value",
        true=r"bfloat16",
    ),
    Bug(
        "gradients exchanged",
        SWIGLU,
        F32,
        gated(
            silu,
            backward_x=wide(lambda x, _y, u: silu(x) * u),
            backward_y=wide(lambda x, y, u: silu.derivative(x) * y * u),
        ),
        "inaccurate",
        "this is the gradient in y, not in x",
        "backward_x",
        true=r"gradient in [xy]|exchang|swap",
    ),
    Bug(
        "upstream forgotten in x",
        SWIGLU,
        F32,
        gated(silu, backward_x=wide(lambda x, y, _u: silu.derivative(x) * y)),
        "inaccurate",
        "upstream is ignored",
        "backward_x",
        true=r"upstream.*(ignored|forgotten)|upstream",
    ),
    Bug(
        "y forgotten",
        SWIGLU,
        F32,
        gated(silu, backward_x=wide(lambda x, _y, u: silu.derivative(x) * u)),
        "inaccurate",
        "y is ignored",
        "backward_x",
        true=r"\by is (ignored|forgotten|missing)",
    ),
    Bug(
        "the gate not differentiated",
        SWIGLU,
        F32,
        gated(silu, backward_x=wide(lambda x, y, u: silu(x) * y * u)),
        "inaccurate",
        "this is the value, not the derivative",
        "backward_x",
        true=r"value|not differentiated",
    ),
    Bug(
        "the derivative of another gate",
        SWIGLU,
        F32,
        gated(silu, backward_x=wide(lambda x, y, u: gelu.derivative(x) * (y * u))),
        "inaccurate",
        "derivative of another variant: of GELU",
        "backward_x",
        true=r"\bGELU\b",
    ),
    Bug(
        "upstream forgotten in y",
        SWIGLU,
        F32,
        gated(silu, backward_y=wide(lambda x, _y, _u: silu(x))),
        "inaccurate",
        "upstream is ignored: this is the gate",
        "backward_y",
        true=r"upstream.*(ignored|forgotten)|upstream",
    ),
    Bug(
        "the gate differentiated",
        SWIGLU,
        F32,
        gated(silu, backward_y=wide(lambda x, _y, u: silu.derivative(x) * u)),
        "inaccurate",
        "the gate is differentiated",
        "backward_y",
        true=r"gate is differentiated|differentiated|derivative of the gate",
    ),
    Bug(
        "multiplied by y",
        SWIGLU,
        F32,
        gated(silu, backward_y=wide(lambda x, y, u: silu(x) * y * u)),
        "inaccurate",
        "it is multiplied by y: this is the value times upstream",
        "backward_y",
        true=r"multiplied by y|value times upstream|times y",
    ),
    Bug(
        "upstream in bfloat16",
        SWIGLU,
        F32,
        gated(silu, backward_y=wide(lambda x, _y, u: silu(x) * in_bfloat16(u))),
        "inaccurate",
        None,
        "backward_y",
        true=r"bfloat16",
    ),
    Bug(
        "the gate of y in the gradient of GLU",
        GLU,
        F32,
        gated(sigmoid, gate_first=False, backward_x=wide(lambda x, _y, u: sigmoid(x) * u)),
        "inaccurate",
        "the gate is applied to x, not to y",
        "backward_x",
        true=r"applied to x|exchang|swap|gate of x",
    ),
    Bug(
        "0 at the infinities of the gate",
        SWIGLU,
        F32,
        gated(silu, value=wide(lambda x, y: np.where(np.isinf(x), 0.0, silu(x) * y))),
        "infinity",
        None,
        "value",
        true=(r"not the limit", r"∞|infinit|limit"),
    ),
    Bug(
        "NaN from a formula that overflows",
        SWIGLU,
        F32,
        gated(silu, value=wide(lambda x, y: np.where(x < -700, np.nan, silu(x) * y))),
        "nan",
        None,
        "value",
        true=r"overflow|∞|-700|exp",
    ),
]
