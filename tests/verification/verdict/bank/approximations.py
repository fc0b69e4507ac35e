"""Bugs: approximations that are faster than accurate, and hardware's ways with small numbers."""

import ml_dtypes
import numpy as np

from reference import gelu, sigmoid, silu, tanh

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

APPROXIMATED = r"approximat|polynomial|rational|Padé|series|minimax|rough|fast exp|Schraudolph"
TABLE = r"table|interpolat|entry|grid|piecewise|steps? of|segment|lookup"


def schraudolph(x):
    """An exponential by the bits of an integer."""
    bits = np.clip(12102203.0 * x + 1064866805.0, 0, 2139095040.0)
    return bits.astype(np.int32).view(np.float32)


def bits_sigmoid(x):
    """The logistic function of it."""
    return 1 / (1 + schraudolph(np.nan_to_num(-x.astype(np.float64)))) + 0 * np.abs(np.tanh(x))


def pade(x):
    """The tanh of signal processing: 7th over 6th degree, clamped."""
    x = np.clip(x, -4.97, 4.97)
    y = x * x
    return x * (135135 + y * (17325 + y * (378 + y))) / (135135 + y * (62370 + y * (3150 + 28 * y)))


def limit_of_exp(x):
    """e^x as (1 + x/1024)^1024, by ten squarings."""
    e = 1 + np.maximum(x, -1024) / 1024
    for _ in range(10):
        e = e * e
    return e


def five_terms(x):
    """e^x by its first five terms behind a power of two."""
    n = np.rint(np.clip(x, -150, 128) * 1.4426950408889634)
    r = x - n * 0.6931471805599453
    return np.ldexp(1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r / 24))), n.astype(int))


def short_reduction(x):
    """e^x with ln 2 of four digits in its reduction."""
    n = np.rint(np.clip(x, -150, 128) * 1.4427)
    return np.ldexp(np.exp(x - n * 0.6931), n.astype(int))


def interpolated(function, step, end):
    """A table with linear interpolation, up to ±end."""
    nodes = np.arange(-end, end + step / 2, step)
    entries = np.asarray(function(nodes))
    return lambda x: np.interp(x, nodes, entries) + 0 * np.tanh(x)


def quantized(x):
    """In 8 bits, as of -8 to 8."""
    return np.rint(np.clip(x, -8, 8 - 1 / 16) * 16) / 16


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


APPROXIMATIONS = [
    Bug(
        "exponential by bits",
        "sigmoid",
        F32,
        cast(bits_sigmoid),
        INACCURATE,
        true=(APPROXIMATED, r"exp.*(bits|rough)"),
        beside="cut off|clamped",
    ),
    Bug(
        "Padé",
        "tanh",
        F32,
        cast(pade),
        INACCURATE,
        true=(APPROXIMATED, r"(clamp|clip|cut off|saturat).*4\.97|4\.97"),
    ),
    Bug(
        "Padé in half",
        "tanh",
        F16,
        wide(lambda x: x * (15 + x * x) / (15 + 6 * x * x)),
        INACCURATE,
        true=(APPROXIMATED, AT_INFINITY),
    ),
    Bug(
        "power of 1 + x/1024",
        "sigmoid",
        F32,
        wide(lambda x: 1 / (1 + limit_of_exp(-x))),
        INACCURATE,
        true=(APPROXIMATED, r"1024|power|exp"),
    ),
    Bug(
        "five terms of exp",
        "sigmoid",
        F32,
        wide(lambda x: 1 / (1 + five_terms(np.clip(-x, -120, 120)))),
        INACCURATE,
        true=(APPROXIMATED, r"exp.*(terms|short)|(clip|clamp).*120"),
        beside="cut off",
    ),
    Bug(
        "short ln 2",
        "sigmoid",
        F32,
        wide(lambda x: 1 / (1 + short_reduction(np.clip(-x, -120, 120)))),
        INACCURATE,
        true=(r"ln ?2|reduc|constant|0\.693", APPROXIMATED, r"(clip|clamp).*120"),
    ),
    Bug(
        "cubic near 0",
        "tanh",
        F32,
        wide(lambda x: np.where(np.abs(x) < 0.3, x - x**3 / 3, np.tanh(x))),
        INACCURATE,
        true=(APPROXIMATED, r"cubic|x³|0\.3"),
        beside="sign of zero",
    ),
    Bug(
        "interpolated",
        "silu",
        F32,
        wide(lambda x: np.where(np.abs(x) < 8, interpolated(silu, 1 / 64, 8)(x), silu(x))),
        INACCURATE,
        true=(TABLE, APPROXIMATED),
        beside="sign of zero",
    ),
    Bug(
        "interpolated in half",
        "gelu",
        F16,
        wide(lambda x: np.where(np.abs(x) < 8, interpolated(gelu, 1 / 16, 8)(x), gelu(x))),
        INACCURATE,
        true=(TABLE, APPROXIMATED),
        beside="sign of zero",
    ),
    Bug(
        "interpolated derivative",
        "sigmoid",
        F32,
        wide(interpolated(sigmoid.derivative, 1 / 128, 12)),
        INACCURATE,
        subject=D,
        true=(TABLE, APPROXIMATED, r"(clamp|clip|cut off|beyond|saturat).*12|\b12\b"),
    ),
    Bug(
        "8 bits",
        "tanh",
        F32,
        wide(lambda x: np.tanh(quantized(x))),
        FLUSHED,
        true=(TABLE, r"quanti|8.bit|1/16|0\.0625|fixed|int8|multiples"),
    ),
    Bug(
        "result in steps of 1/256",
        "sigmoid",
        F32,
        wide(lambda x: np.rint(sigmoid(x) * 256) / 256),
        FLUSHED,
        true=(TABLE, r"quanti|8.bit|1/256|0\.0039|fixed|int8|multiples"),
    ),
    Bug(
        "ends at 0.9999",
        "sigmoid",
        F32,
        cast(lambda x: np.clip(sigmoid(x), 1e-4, 0.9999)),
        INFINITY,
        true=r"0\.9999|0\.0001|1e-0?4|clip|clamp|saturat",
    ),
    Bug(
        "ends at 1 - 1e-7",
        "tanh",
        F64,
        cast(lambda x: np.clip(tanh(x), -1 + 1e-7, 1 - 1e-7)),
        INFINITY,
        true=r"0\.9999999|1e-0?7|clip|clamp|saturat",
    ),
    Bug(
        "clamped at 10",
        "sigmoid",
        F16,
        wide(lambda x: logistic(np.clip(x, -10, 10))),
        INACCURATE,
        true=r"(clip|clamp).*10|\b10\b",
        beside="cut off",
    ),
    Bug(
        "clamped at 7.9",
        "tanh",
        F32,
        wide(lambda x: tanh(np.clip(x, -7.9, 7.9))),
        INACCURATE,
        true=r"7\.9|clip|clamp|saturat",
    ),
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
        true=r"∞|infinit|limit|exchang",
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
