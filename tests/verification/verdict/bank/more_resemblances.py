"""Bugs that look like a known mistake and are another: words that must not be said."""

from math import pi, sqrt

import ml_dtypes
import numpy as np
from scipy.special import erfc

from reference import gelu, sigmoid, silu, tanh

from .bug import AT_INFINITY, F16, F32, FLUSHED, INACCURATE, B, Bug, D
from .helpers import cast, doubled_first, through, where, wide


def ten_bits(x):
    """Inputs rounded to 10 bits after the point, as by tensor cores."""
    bits = np.ascontiguousarray(x).view(np.uint32) + np.uint32(0x1000)
    return silu((bits & np.uint32(0xFFFFE000)).view(np.float32).reshape(x.shape))


def rational_tanh(x):
    """A fraction whose terms underflow before it does."""
    return np.float32(1e-3) * x * (1 + x * x / 15) / (np.float32(1e-3) * (1 + 0.4 * x * x))


MORE_RESEMBLANCES = [
    Bug(
        "clamp of u",
        "silu",
        F32,
        lambda x, u: silu.backward(x, np.clip(u, -1, 1)),
        INACCURATE,
        None,
        B,
        true="upstream.*(clip|clamp)|(clip|clamp).*upstream",
        never="sign",
    ),
    Bug(
        "clip of u f'",
        "gelu",
        F32,
        lambda x, u: np.clip(gelu.backward(x, u), -10, 10),
        INACCURATE,
        None,
        B,
        true="(clip|clamp).*10",
        never="computed in",
    ),
    Bug(
        "whole numbers",
        "relu",
        F32,
        cast(lambda x: np.maximum(x, 0).astype(np.int64)),
        INACCURATE,
        None,
        true=r"integer|whole|int|9\.22e|NaN is taken",
        never="computed in",
    ),
    Bug(
        "through bfloat16",
        "tanh",
        F32,
        through(ml_dtypes.bfloat16, tanh),
        INACCURATE,
        None,
        true="bfloat16",
        never="float16 ",
    ),
    Bug(
        "x σ(x)",
        "silu",
        F32,
        cast(lambda x: x * sigmoid(x)),
        FLUSHED,
        None,
        true="underflow|flush.*σ|σ.*subnormal|∞|infinit",
        never="flush to zero",
    ),
    Bug(
        "x exp(-softplus(-x))",
        "silu",
        F32,
        cast(lambda x: x * np.exp(-np.logaddexp(np.float32(0), -x))),
        FLUSHED,
        None,
        true="exp.*(argument|rounded)|rounded before exp|underflow|∞|infinit|error.*exp",
        never="flush to zero",
    ),
    Bug(
        "ten bits",
        "silu",
        F32,
        cast(ten_bits),
        FLUSHED,
        None,
        true="10 bits|bits|TF32|tensor|float16.*input|input.*(rounded|float16)",
        never="flush to zero",
    ),
    Bug(
        "fraction",
        "tanh",
        F32,
        cast(rational_tanh),
        FLUSHED,
        None,
        true=(
            r"rational|polynomial|Padé|15|0\.4|approximat|underflow",
            AT_INFINITY,
            "overflow",
        ),
        never="flush to zero",
    ),
    Bug(
        "1 + erf in float32 for half",
        "gelu",
        F16,
        cast(lambda x: doubled_first(x.astype(np.float32))),
        FLUSHED,
        None,
        true=r"1 \+ erf|2 ?x|∞|infinit",
        never="flush to zero",
    ),
    Bug(
        "+0",
        "tanh",
        F32,
        lambda x: tanh(x) + np.float32(0),
        "sign of zero",
        None,
        true="zero",
        never="flush to zero",
    ),
    Bug(
        "no zero",
        "tanh",
        F16,
        cast(lambda x: 1 - np.tanh(x.astype(np.float32)) ** 2),
        INACCURATE,
        None,
        D,
        true="1 - tanh|1 - t|cancel",
        never="above",
    ),
    Bug(
        "one cell of a table",
        "silu",
        F32,
        where(lambda x: np.abs(x - 2.147) < 0.006, lambda x: silu(x) * 1.001, silu),
        INACCURATE,
        None,
        true=r"table|entry|cell|2\.14|2\.15|one stretch",
        never="result for",
        beside=r"factor of 1\.001",
    ),
    Bug(
        "near a root",
        "gelu",
        F32,
        wide(lambda x: gelu.derivative(x) + x * np.exp(-x * x / 2) * 4e-5),
        "wrong sign",
        None,
        D,
        true=r"root|factor|constant|φ|4e-0?5|coefficient|exp\(-x²|added|term|NaN at an inf|0 ?· ?∞",
        never="clamped",
    ),
    Bug(
        "gelu' with exp(-x²)",
        "gelu",
        F32,
        wide(lambda x: erfc(-x * sqrt(0.5)) / 2 + x * np.exp(-x * x) / sqrt(2 * pi)),
        FLUSHED,
        None,
        D,
        true=r"exp\(-x²|x²|φ|1/2|√2|half|NaN at an inf|0 ?· ?∞",
        never="cancels",
    ),
]
