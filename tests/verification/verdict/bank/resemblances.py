"""Bugs that look like a known mistake and are another: words that must not be said."""

import numpy as np
from scipy.special import erf, erfc

from reference import gelu, sigmoid, silu, tanh

from .bug import AT_INFINITY, F32, F64, FLUSHED, INACCURATE, NAN, B, Bug, D
from .helpers import ROOT, cast, where, wide


def eleven_bits(x):
    """A tanh with 11 bits, as of some processors."""
    mantissa, exponent = np.frexp(np.tanh(x))
    return np.ldexp(np.rint(mantissa * 2**11) / 2**11, exponent)


def ten_bits(x):
    """Inputs rounded to 10 bits after the point, as by tensor cores."""
    bits = np.ascontiguousarray(x).view(np.uint32) + np.uint32(0x1000)
    return silu((bits & np.uint32(0xFFFFE000)).view(np.float32).reshape(x.shape))


def rational_tanh(x):
    """A fraction whose terms underflow before it does."""
    return np.float32(1e-3) * x * (1 + x * x / 15) / (np.float32(1e-3) * (1 + 0.4 * x * x))


RESEMBLANCES = [
    Bug("erf", "tanh", F32, wide(erf), INACCURATE, None, true=r"\berf\b", never="cancels"),
    Bug(
        "0 below 1e-4",
        "tanh",
        F32,
        where(lambda x: np.abs(x) < 1e-4, lambda x: 0 * x, tanh),
        FLUSHED,
        None,
        true=r"1e-0?4|threshold|cut|small|0 for .*\|x\||flush.*below|near 0",
        never="cancels",
    ),
    Bug(
        "7 bits after the point",
        "tanh",
        F32,
        cast(lambda x: np.rint(tanh(x) * 127) / 127),
        FLUSHED,
        None,
        true="fixed.point|1/127|quanti|127|steps? of|absolute|8.bit|int8",
        never="cancels",
    ),
    Bug(
        "0 left of -3",
        "gelu",
        F32,
        where(lambda x: x < -3, lambda x: -0.0 * np.abs(x), lambda x: np.where(x > 3, x, gelu(x))),
        FLUSHED,
        None,
        true=r"cut off at 3|-?3\b|hard|NaN at an inf|0 ?· ?∞|x itself",
        never="cancels",
    ),
    Bug(
        "short √2",
        "gelu",
        F64,
        cast(lambda x: x / 2 * erfc(-x / 1.414213562)),
        INACCURATE,
        None,
        true=r"digits|1\.414213562|√2|√½|1 ?\+2\.64e-10|0\.70710678|NaN at an inf|0 ?· ?∞",
        never="1 + erf",
    ),
    Bug(
        "tanh of 11 bits",
        "gelu_tanh",
        F32,
        wide(lambda x: x / 2 * (1 + eleven_bits(ROOT * (x + 0.044715 * x**3)))),
        FLUSHED,
        None,
        true=(r"tanh.*(11|approx|accura|rough|hardware)|bits|1 \+ tanh|float16", AT_INFINITY),
        never="κ",
    ),
    Bug(
        "y + s(1 - y)",
        "silu",
        F32,
        cast(lambda x: silu(x) + sigmoid(x) * (1 - silu(x))),
        FLUSHED,
        None,
        D,
        true=r"y \+|1 - y|1 - s|cancel|NaN at an inf|0 ?· ?∞",
        never="for -x",
        beside="constant of -1",
    ),
    Bug(
        "threshold",
        "relu",
        F32,
        cast(lambda x: np.where(x > 1e-6, x, 0)),
        FLUSHED,
        None,
        true="threshold|1e-0?6|compar|cut.?off",
        never="for -x",
    ),
    Bug(
        "mask of u",
        "relu",
        F32,
        cast(lambda _, u: np.where(u > 0, u, 0)),
        FLUSHED,
        None,
        B,
        true="upstream.*(sign|positive|mask|> 0|negative)|mask",
        never="for -x",
    ),
    Bug(
        "guided",
        "relu",
        F32,
        cast(lambda x, u: np.where((u > 0) & (x > 0), u, 0)),
        FLUSHED,
        None,
        B,
        true="upstream.*(sign|positive|mask|> 0|negative)|guided",
        never="for -x",
    ),
    Bug(
        "0/0",
        "relu",
        F32,
        cast(lambda x: np.maximum(x, 0) / x),
        NAN,
        None,
        D,
        true="0 ?/ ?0|∞ ?/ ?∞|division|divided|x ?/ ?x",
        never="overflows",
    ),
    Bug(
        "NaN everywhere",
        "silu",
        F32,
        cast(lambda x: x * np.nan),
        NAN,
        None,
        true="everywhere|always|all|NaN",
        never="overflows",
    ),
    Bug(
        "NaN at infinities too",
        "silu",
        F32,
        cast(lambda x: x * np.nan),
        "infinity",
        None,
        true="everywhere|always|all|NaN",
        never="NaN",
    ),
    Bug(
        "half of both",
        "relu",
        F32,
        cast(lambda x: x / 2 + np.abs(x) / 2),
        "infinity",
        None,
        true="subnormal|halv|underflow|∞|infinit|x/2|rounded",
        never="(x > 0)",
    ),
    Bug(
        "logarithm",
        "sigmoid",
        F32,
        wide(lambda x: -np.logaddexp(0, -x)),
        "infinity",
        None,
        true="log|softplus",
        never="LeakyReLU",
    ),
    Bug(
        "t in half",
        "tanh",
        F32,
        cast(lambda x, u: (1 - tanh(x).astype(np.float16).astype(np.float32) ** 2) * u),
        FLUSHED,
        None,
        B,
        true="float16",
        never="upstream",
    ),
    Bug(
        "x u / x",
        "relu",
        F32,
        cast(lambda x, u: x * u / np.where(x == 0, 1, x) * (x > 0)),
        "overflow",
        None,
        B,
        true="x.*upstream|product.*(over|under)flow|intermediate|∞ ?/ ?∞|∞",
        never="upstream",
    ),
]
