"""Bugs: other formats on the way, small numbers flushed, 0/0, NaN and infinities swallowed."""

import ml_dtypes
import numpy as np

from reference import gelu, sigmoid, silu, tanh

from .approximations import APPROXIMATED
from .bug import (
    AT_INFINITY,
    BF16,
    F16,
    F32,
    F64,
    FLUSHED,
    INACCURATE,
    INFINITY,
    NAN,
    ON_THE_WAY,
    B,
    Bug,
    D,
)
from .helpers import cast, flush, logistic, wide


def lowest_bits_lost(x):
    """With the last 13 bits cut off, as TF32 keeps."""
    bits = np.ascontiguousarray(x).view(np.uint32) & np.uint32(0xFFFFE000)
    return bits.view(np.float32).reshape(x.shape)


def stored(x, dtype):
    """Stored on the way in another format."""
    return x.astype(dtype).astype(x.dtype)


def newton(x):
    """A reciprocal by one step from 8 bits."""
    guess = stored(1 / x, ml_dtypes.bfloat16)
    return guess * (2 - x * guess)


def half_gate(x):
    """A logistic function that is stored in half."""
    return stored(np.asarray(sigmoid(x)), np.float16)


HARDWARE = [
    Bug(
        "inputs of TF32",
        "gelu",
        F32,
        wide(lambda x: gelu(lowest_bits_lost(x.astype(np.float32)).astype(np.float64))),
        INACCURATE,
        true=r"TF32|10 bits|13 bits|tensor|bits|input.*(rounded|float16)|float16|truncat",
    ),
    Bug(
        "reciprocal of 16 bits",
        "sigmoid",
        F32,
        wide(lambda x: newton(1 + np.exp(np.minimum(-x, 700)))),
        INACCURATE,
        true=(
            r"reciprocal|division|1 ?/|16 bits|bits|Newton|bfloat16",
            APPROXIMATED,
            AT_INFINITY,
            ON_THE_WAY,
        ),
    ),
    Bug(
        "exponential of float16",
        "sigmoid",
        F32,
        cast(lambda x: 1 / (1 + np.exp(-x.astype(np.float16)).astype(np.float32))),
        INACCURATE,
        true=(r"float16", r"exp.*overflow"),
        beside="cut off",
    ),
    Bug(
        "exponential stored in bfloat16",
        "silu",
        F32,
        cast(lambda x: x / (1 + stored(np.exp(-x), ml_dtypes.bfloat16))),
        INACCURATE,
        true=(r"bfloat16", r"exp.*overflow", AT_INFINITY),
    ),
    Bug(
        "tanh stored in bfloat16",
        "gelu_tanh",
        F32,
        wide(
            lambda x: (
                x
                / 2
                * (1 + stored(tanh(0.7978845608028654 * (x + 0.044715 * x**3)), ml_dtypes.bfloat16))
            )
        ),
        FLUSHED,
        true=(r"bfloat16", r"1 \+ tanh|cancel", AT_INFINITY),
    ),
    Bug(
        "float32 for double",
        "gelu",
        F64,
        wide(lambda x: gelu(x.astype(np.float32))),
        INACCURATE,
        true=r"float32",
    ),
    Bug(
        "gradient stored in half",
        "silu",
        F32,
        wide(lambda x, u: stored(np.asarray(silu.backward(x, u)), np.float16)),
        INACCURATE,
        subject=B,
        true=(r"float16", ON_THE_WAY, r"overflow"),
    ),
    Bug(
        "derivative of a float16 sigmoid",
        "silu",
        F32,
        cast(lambda x: half_gate(x) * (1 + x * (1 - half_gate(x)))),
        FLUSHED,
        subject=D,
        true=(r"float16", r"1 - s|1 - σ|cancel|x times its error", AT_INFINITY),
    ),
    Bug(
        "small exponentials flushed",
        "silu",
        F32,
        cast(lambda x: x / (1 + 1 / flush(np.asarray(np.exp(x))))),
        FLUSHED,
        true=(r"flush|subnormal|underflow|exp.*overflow", AT_INFINITY, ON_THE_WAY),
    ),
    Bug(
        "small exponentials flushed",
        "sigmoid",
        BF16,
        lambda x: flush(np.asarray(sigmoid(flush(x)))),
        FLUSHED,
        true=r"flush|subnormal|underflow",
    ),
    Bug(
        "x times tanh(x)/x",
        "tanh",
        F32,
        cast(lambda x: x * (np.tanh(x) / x)),
        NAN,
        true=(r"0 ?/ ?0|x ?/ ?x|divi|at 0|underflow", AT_INFINITY),
    ),
    Bug(
        "0/0 of the derivative",
        "silu",
        F32,
        cast(lambda x: logistic(x) + (silu(x) / x) * x * (1 - logistic(x))),
        NAN,
        subject=D,
        true=(
            r"0 ?/ ?0|x ?/ ?x|divi|at 0|1 - s|1 - σ|x times its error|exp.*overflow",
            AT_INFINITY,
        ),
    ),
    Bug(
        "NaN swallowed by maximum",
        "sigmoid",
        F32,
        cast(lambda x: np.fmax(sigmoid(x), 0)),
        "nan lost",
        true=r"NaN",
    ),
    Bug(
        "NaN replaced",
        "silu",
        F16,
        cast(lambda x: np.nan_to_num(silu(x))),
        "nan lost",
        true=(r"NaN", r"largest|∞|infinit|clip|clamp|65504"),
    ),
    Bug(
        "NaN by a select",
        "tanh",
        BF16,
        wide(lambda x: np.where(np.abs(x) < 3, tanh(x), np.where(x > 0, 1, -1))),
        INACCURATE,
        true=r"NaN|(cut off|saturat|clip|clamp).*3|\b3\b",
    ),
    Bug(
        "limits exchanged",
        "sigmoid",
        F32,
        wide(lambda x: np.where(np.isinf(x), x < 0, sigmoid(x))),
        INFINITY,
        true=(r"not the limit", r"∞|infinit|limit|exchang"),
    ),
    Bug(
        "infinity minus infinity",
        "silu",
        F32,
        cast(lambda x: np.where(x < 0, silu(x), x - np.where(x < 0, 0, x) * sigmoid(-x))),
        INFINITY,
        true=AT_INFINITY,
        beside="sign of zero",
    ),
]
