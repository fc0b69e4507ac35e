"""Bugs: approximations that are faster than accurate, and hardware's ways with small numbers."""

import numpy as np

from reference import gelu, sigmoid, silu, tanh

from .bug import (
    AT_INFINITY,
    F16,
    F32,
    F64,
    FLUSHED,
    INACCURATE,
    INFINITY,
    Bug,
    D,
)
from .helpers import cast, logistic, wide

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
]
