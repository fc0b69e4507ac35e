"""Bugs of ReGLU, GLU and bilinear units, and of gates' memory."""

import numpy as np

from reference import relu, sigmoid, silu

from .bug import (
    AT_INFINITY,
    F32,
    FLUSHED,
    INACCURATE,
    NAN,
    ON_THE_WAY,
    Bug,
)
from .gated import BILINEAR, GLU, REGLU, SWIGLU, Identity, gated
from .helpers import cast, logistic, wide
from .more_gates import EXP_OVERFLOWS, X, Y, stored


def rolled(x, y):
    """The other half is read one row off."""
    return np.roll(silu(x), 1, axis=0) * y if x.ndim == 2 else silu(x) * y


def odd_end_lost(x, y):
    """Two at a time, and an odd last one is left at 0."""
    out = np.array(silu(x) * y)
    if out.ndim == 1 and out.size > 2 and out.size % 2:
        out[-1] = 0
    return out


def flattened(x, y):
    """x in the order of its memory, y in that of its rows."""
    return silu(np.ravel(x, order="K")).reshape(x.shape) * y if x.ndim > 1 else silu(x) * y


def sharing():
    """The gate is kept from the last call of the same shape."""
    kept = {}
    return gated(silu, value=wide(lambda x, y: kept.setdefault(x.shape, np.array(silu(x))) * y))


OTHER_GATES = [
    Bug(
        "gate on the second half",
        REGLU,
        F32,
        gated(relu, value=wide(lambda x, y: relu(y) * x)),
        INACCURATE,
        true=r"exchang|swap|applied to y",
    ),
    Bug(
        "rectified product",
        REGLU,
        F32,
        gated(relu, value=wide(lambda x, y: np.maximum(x * y, 0))),
        INACCURATE,
        true=r"product|x ?[·*]? ?y|rectif",
    ),
    Bug(
        "mask times",
        REGLU,
        F32,
        gated(relu, value=cast(lambda x, y: (x > 0) * x * y)),
        "infinity",
        true=(r"mask", AT_INFINITY, ON_THE_WAY),
    ),
    Bug(
        "mask of y in the gradient",
        REGLU,
        F32,
        gated(relu, backward_x=wide(lambda _x, y, u: np.where(y > 0, y * u, 0))),
        INACCURATE,
        subject=X,
        true=r"applied to y|exchang|swap|of y|mask",
    ),
    Bug(
        "x in the place of relu(x)",
        REGLU,
        F32,
        gated(relu, backward_y=wide(lambda x, _y, u: x * u)),
        INACCURATE,
        subject=Y,
        true=(r"limit 0", r"gate is (missing|x)|x itself|no gate|relu|bilinear|product"),
    ),
    Bug(
        "upstream forgotten",
        GLU,
        F32,
        gated(sigmoid, gate_first=False, backward_x=wide(lambda _x, y, _u: sigmoid(y))),
        INACCURATE,
        subject=X,
        true=r"upstream",
    ),
    Bug(
        "s(1 - s) of GLU",
        GLU,
        F32,
        gated(
            sigmoid,
            gate_first=False,
            backward_y=cast(lambda x, y, u: u * x * logistic(y) * (1 - logistic(y))),
        ),
        FLUSHED,
        subject=Y,
        true=(r"1 - s|1 - σ|cancel", EXP_OVERFLOWS, AT_INFINITY),
    ),
    Bug(
        "x forgotten in the gradient of y",
        GLU,
        F32,
        gated(
            sigmoid, gate_first=False, backward_y=wide(lambda _x, y, u: sigmoid.derivative(y) * u)
        ),
        INACCURATE,
        subject=Y,
        true=r"\bx is (ignored|forgotten|missing)|without x",
    ),
    Bug(
        "SiLU for GLU",
        GLU,
        F32,
        gated(sigmoid, gate_first=False, value=wide(lambda x, y: x * silu(y))),
        INACCURATE,
        true=r"silu|swish",
    ),
    Bug(
        "hard gate",
        GLU,
        F32,
        gated(sigmoid, gate_first=False, value=wide(lambda x, y: x * np.clip(y / 6 + 0.5, 0, 1))),
        INACCURATE,
        true=r"hard|1/6",
    ),
    Bug(
        "sum",
        BILINEAR,
        F32,
        gated(Identity(), value=wide(lambda x, y: x + y)),
        INACCURATE,
        true=r"sum|added|\+ y|plus",
    ),
    Bug(
        "square",
        BILINEAR,
        F32,
        gated(Identity(), value=wide(lambda x, _y: x * x)),
        INACCURATE,
        true=(r"sign of zero|square", r"square|x²|y is ignored"),
    ),
    Bug(
        "gradients exchanged",
        BILINEAR,
        F32,
        gated(
            Identity(),
            backward_x=wide(lambda x, _y, u: x * u),
            backward_y=wide(lambda _x, y, u: y * u),
        ),
        INACCURATE,
        subject=X,
        true=r"gradient in [xy]|exchang|swap",
    ),
    Bug(
        "in bfloat16",
        BILINEAR,
        F32,
        gated(Identity(), value=wide(lambda x, y: stored(stored(x) * stored(y)))),
        INACCURATE,
        true=r"bfloat16",
        beside="overflow",
    ),
    Bug(
        "one row off",
        SWIGLU,
        F32,
        gated(silu, value=wide(rolled)),
        "layout",
        true=r"row|mixed|shape|off by one|neighbour",
    ),
    Bug(
        "odd end not written",
        SWIGLU,
        F32,
        gated(silu, value=wide(odd_end_lost)),
        "length",
        true=r"last|odd|not written|elements|length",
    ),
    Bug(
        "order of memory",
        SWIGLU,
        F32,
        gated(silu, value=wide(flattened)),
        "layout",
        true=r"order|Fortran|transpos|memory|layout|mixed|stride",
    ),
    Bug(
        "gate of the last call",
        SWIGLU,
        F32,
        sharing,
        "state",
        true=r"call|state|stale|earlier|remember|cache",
        made=True,
    ),
    Bug(
        "0/0 of the gate",
        SWIGLU,
        F32,
        gated(silu, backward_x=cast(lambda x, y, u: u * y * (sigmoid(x) + silu(x) / x * x))),
        NAN,
        subject=X,
        # σ + xσ: the factor 1 - σ is missing as well.
        true=(r"0 ?/ ?0|x ?/ ?x|divi|at 0", "factor 1 - sigmoid", AT_INFINITY),
        beside="constant|overflow",
    ),
]
