"""Bugs of gates as kernels have them: packed halves, own arithmetic, bounds, lost terms."""

import ml_dtypes
import numpy as np
from scipy.special import erf, ndtr

from reference import gelu, gelu_tanh, sigmoid, silu

from .bug import (
    AT_INFINITY,
    BF16,
    F16,
    F32,
    F64,
    FLUSHED,
    INACCURATE,
    ON_THE_WAY,
    OVERFLOW,
    WRONG_SIGN,
    Bug,
)
from .gated import GEGLU, GEGLU_TANH, SWIGLU, gated
from .helpers import cast, logistic, wide

X, Y = "backward_x", "backward_y"
EXP_OVERFLOWS = rf"exp.*overflow|overflow.*exp|{ON_THE_WAY}"


def stored(x, dtype=ml_dtypes.bfloat16):
    """Stored on the way in another format."""
    return np.asarray(x).astype(dtype).astype(x.dtype)


def silu_slope(x):
    """From the rounded s."""
    s = logistic(x)
    return s + x * s * (1 - s)


MORE_GATES = [
    Bug(
        "exp(-x) in the format",
        SWIGLU,
        F32,
        gated(silu, value=cast(lambda x, y: x / (1 + np.exp(-x)) * y)),
        FLUSHED,
        true=(EXP_OVERFLOWS, AT_INFINITY, r"(every|each) step|rounded twice"),
    ),
    Bug(
        "exp(-x) in half",
        SWIGLU,
        F16,
        gated(silu, value=cast(lambda x, y: x / (1 + np.exp(-x)) * y)),
        INACCURATE,
        true=(EXP_OVERFLOWS, AT_INFINITY, r"(every|each) step|rounded|float16"),
    ),
    Bug(
        "rounded gate",
        SWIGLU,
        BF16,
        gated(silu, value=cast(lambda x, y: x * stored(sigmoid(x)) * y)),
        INACCURATE,
        true=(r"(every|each) step|rounded|bfloat16|to subnormal", AT_INFINITY, ON_THE_WAY),
    ),
    Bug(
        "x y first",
        SWIGLU,
        F32,
        gated(silu, value=cast(lambda x, y: x * y * sigmoid(x))),
        OVERFLOW,
        true=(r"x y|x ?[·*] ?y.*overflow|product.*overflow", ON_THE_WAY, AT_INFINITY, r"underflow"),
    ),
    Bug(
        "gradient through 1 - s",
        SWIGLU,
        F32,
        gated(silu, backward_x=cast(lambda x, y, u: u * y * silu_slope(x))),
        INACCURATE,
        subject=X,
        true=(r"1 - s|1 - σ|x times its error|cancel", EXP_OVERFLOWS, AT_INFINITY),
    ),
    Bug(
        "term of the product rule",
        SWIGLU,
        F32,
        gated(silu, backward_x=wide(lambda x, y, u: sigmoid(x) * (y * u))),
        INACCURATE,
        subject=X,
        true=r"x σ\(1 - σ\)|term|missing|sigmoid|product rule",
    ),
    Bug(
        "derivative of the sigmoid alone",
        SWIGLU,
        F32,
        gated(silu, backward_x=wide(lambda x, y, u: x * sigmoid.derivative(x) * (y * u))),
        WRONG_SIGN,
        subject=X,
        true=(r"term|missing|product rule|\bσ|sigmoid", AT_INFINITY),
    ),
    Bug(
        "minus",
        SWIGLU,
        F32,
        gated(silu, value=wide(lambda x, y: -silu(x) * y)),
        WRONG_SIGN,
        true=r"minus|sign|negat",
    ),
    Bug(
        "magnitude of y",
        SWIGLU,
        F32,
        gated(silu, value=wide(lambda x, y: silu(x) * np.abs(y))),
        WRONG_SIGN,
        true=r"\|y\||magnitude|sign of y|absolute",
    ),
    Bug(
        "y gated too",
        SWIGLU,
        F32,
        gated(silu, value=wide(lambda x, y: silu(x) * silu(y))),
        INACCURATE,
        true=(r"applied to y too", r"both|\by\b.*(gate|activ|silu)|twice"),
    ),
    Bug(
        "gate of the product",
        SWIGLU,
        F32,
        gated(silu, value=wide(lambda x, y: silu(x * y))),
        INACCURATE,
        true=r"product|x ?[·*]? ?y",
    ),
    Bug(
        "sum for product",
        SWIGLU,
        F32,
        gated(silu, value=wide(lambda x, y: silu(x) + y)),
        INACCURATE,
        true=r"sum|added|\+ y|plus",
    ),
    Bug(
        "1 + y",
        SWIGLU,
        F32,
        gated(silu, value=wide(lambda x, y: silu(x) * (1 + y))),
        INACCURATE,
        true=r"1 \+ y|y \+ 1|\+ ?1|OAI|constant",
    ),
    Bug(
        "clamped at 7",
        SWIGLU,
        F32,
        gated(silu, value=wide(lambda x, y: silu(np.minimum(x, 7)) * np.clip(y, -7, 7))),
        INACCURATE,
        true=r"(clip|clamp|cap).*7|\b7\b",
        beside="cut off",
    ),
    Bug(
        "quick gate",
        GEGLU,
        F32,
        gated(gelu, value=wide(lambda x, y: x * sigmoid(1.702 * x) * y)),
        INACCURATE,
        true=(r"quick|1\.702", AT_INFINITY),
    ),
    Bug(
        "1 + erf",
        GEGLU,
        F32,
        gated(gelu, value=cast(lambda x, y: x * (1 + erf(x * 0.5**0.5)).astype(x.dtype) / 2 * y)),
        FLUSHED,
        true=(r"1 \+ erf|erf.*cancel|cancel", AT_INFINITY, ON_THE_WAY),
    ),
    Bug(
        "no x φ(x)",
        GEGLU,
        F32,
        gated(gelu, backward_x=wide(lambda x, y, u: ndtr(x) * (y * u))),
        INACCURATE,
        subject=X,
        true=r"x φ|term|missing|product rule|Φ",
    ),
    Bug(
        "exact gate for the tanh form",
        GEGLU_TANH,
        F64,
        gated(gelu_tanh, value=wide(lambda x, y: gelu(x) * y)),
        INACCURATE,
        true=r"\bGELU\b|exact",
    ),
    Bug(
        "derivative of the exact gate",
        GEGLU_TANH,
        F32,
        gated(gelu_tanh, backward_x=wide(lambda x, y, u: gelu.derivative(x) * (y * u))),
        INACCURATE,
        subject=X,
        true=r"\bGELU\b|exact|another variant",
    ),
]
