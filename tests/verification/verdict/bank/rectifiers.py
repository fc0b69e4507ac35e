"""Bugs of functions by branches: wrong thresholds, sides, factors, and infinities in a product."""

import numpy as np

from reference import relu

from .bug import (
    AS_WRITTEN,
    AT_INFINITY,
    D2,
    F16,
    F32,
    FLUSHED,
    INACCURATE,
    ON_THE_WAY,
    OVERFLOW,
    B,
    Bug,
    D,
)
from .helpers import cast, wide

HARD_SWISH = "x * min(max(x + 3, 0), 6) / 6"
HARD_SIGMOID = "min(max(x + 3, 0), 6) / 6"
RELU_6 = "min(max(x, 0), 6)"


def hard_swish_slope(x):
    """The derivative, stable."""
    return np.where(x < -3, 0, np.where(x < 3, (2 * x + 3) / 6, 1))


RECTIFIERS = [
    Bug(
        "6 times x first",
        HARD_SWISH,
        F32,
        cast(lambda x: x * np.clip(x + 3, 0, 6) / 6),
        OVERFLOW,
        true=(r"6 ?x|product.*overflow|overflow.*product", ON_THE_WAY, AT_INFINITY, AS_WRITTEN),
    ),
    Bug(
        "6 times x first in half",
        HARD_SWISH,
        F16,
        cast(lambda x: x * np.clip(x + 3, 0, 6) / 6),
        OVERFLOW,
        true=(r"6 ?x|product.*overflow|overflow.*product", ON_THE_WAY, AT_INFINITY, AS_WRITTEN),
    ),
    Bug(
        "1/6 rounded to half",
        HARD_SWISH,
        F32,
        wide(lambda x: np.where(x < -3, 0, x) * np.clip(x + 3, 0, 6) * float(np.float16(1 / 6))),
        INACCURATE,
        true=(r"constant 6", r"digits|float16|1/6|factor of 0\.9998|0\.1666|constant"),
    ),
    Bug(
        "relu6 without 3",
        HARD_SWISH,
        F32,
        wide(lambda x: x * np.clip(x, 0, 6) / 6),
        INACCURATE,
        true=(r"\+ ?3|x \+ 3|shift|threshold|\b3\b", AT_INFINITY),
        beside="tail is cut off at 0",
    ),
    Bug(
        "not divided by 6",
        HARD_SWISH,
        F32,
        wide(lambda x: np.where(x < -3, 0, x) * np.clip(x + 3, 0, 6)),
        INACCURATE,
        true=r"factor of 6|6 times|1/6|divi",
    ),
    Bug(
        "derivative without the term of x",
        HARD_SWISH,
        F32,
        wide(lambda x: np.clip(x + 3, 0, 6) / 6),
        INACCURATE,
        subject=D,
        true=r"term|product rule|missing|hard.?sigmoid|gate|x is taken",
    ),
    Bug(
        "derivative with 3 for 1/2",
        HARD_SWISH,
        F32,
        wide(lambda x: np.where(x < -3, 0, np.where(x < 3, x / 3 + 3, 1))),
        INACCURATE,
        subject=D,
        true=r"constant of 2\.5|1/2|0\.5|\b3\b|2\.5",
    ),
    Bug(
        "derivative of x²/6 alone",
        HARD_SWISH,
        F32,
        wide(lambda x: np.where(x < -3, 0, np.where(x < 3, x / 3, 1))),
        INACCURATE,
        subject=D,
        true=r"constant of -?0\.5|1/2|term|0\.5",
        beside="constant of",
    ),
    Bug(
        "right side of -3",
        HARD_SWISH,
        F32,
        wide(lambda x: np.where(x < 3, hard_swish_slope(np.maximum(x, -3)), 1)),
        INACCURATE,
        subject=D,
        true=r"-3|clamp|left|branch|threshold|\b3\b|saturat",
        beside=r"constant of -0\.5",
    ),
    Bug(
        "second derivative of the middle",
        HARD_SWISH,
        F32,
        cast(lambda x: np.full_like(x, 1 / 3)),
        INACCURATE,
        subject=D2,
        true=r"everywhere|constant|1/3|branch|0\.333|\b3\b",
    ),
    Bug(
        "through bfloat16",
        HARD_SWISH,
        F32,
        wide(lambda x: np.where(x < -3, 0, x) * rounded_gate(x)),
        INACCURATE,
        true=r"bfloat16",
    ),
    Bug(
        "Keras's hard sigmoid",
        HARD_SIGMOID,
        F32,
        wide(lambda x: np.clip(0.2 * x + 0.5, 0, 1)),
        INACCURATE,
        true=r"0\.2\b|1/5|2\.5|1\.2 ?x|hard.?sigmoid|slope",
    ),
    Bug(
        "derivative outside",
        HARD_SIGMOID,
        F32,
        cast(lambda x: np.full_like(x, 1 / 6)),
        INACCURATE,
        subject=D,
        true=r"everywhere|branch|outside|\b3\b|clip|saturat|constant",
        beside="off by a",
    ),
    Bug(
        "derivative without 1/6",
        HARD_SIGMOID,
        F32,
        wide(lambda x: np.where(np.abs(x) < 3, 1, 0)),
        INACCURATE,
        subject=D,
        true=(r"division by 6", r"factor of 6|1/6|6 times"),
    ),
    Bug(
        "6 forgotten in the bounds",
        HARD_SIGMOID,
        F32,
        wide(lambda x: np.clip(x / 6 + 0.5, 0, 6)),
        INACCURATE,
        true=(r"limit 6", r"(clip|clamp|bound|saturat|above 1|upper).*"),
        beside="constant",
    ),
    Bug(
        "relu for relu6", RELU_6, F32, wide(relu), INACCURATE, true=r"\brelu\b|x itself|\b6\b|clip"
    ),
    Bug(
        "capped at 5",
        RELU_6,
        F32,
        wide(lambda x: np.clip(x, 0, 5)),
        INACCURATE,
        true=r"(clip|clamp|cap|cut).*5|\b5\b",
    ),
    Bug(
        "derivative beyond 6",
        RELU_6,
        F32,
        wide(lambda x: np.where(x > 0, 1, 0)),
        INACCURATE,
        subject=D,
        true=r"\b6\b|relu",
    ),
    Bug(
        "derivative of the wrong side",
        RELU_6,
        F32,
        wide(lambda x: np.where((x > 0) & (x < 6), 0, 1)),
        INACCURATE,
        subject=D,
        true=r"side|exchang|branch|swap|invert|negat|1 -",
        beside="constant of -?1",
    ),
    Bug(
        "upstream where it is positive",
        RELU_6,
        F32,
        wide(lambda x, u: np.where((x > 0) & (x < 6) & (u > 0), u, 0)),
        FLUSHED,
        subject=B,
        true=r"upstream.*(sign|positive|> 0|negative|mask)|mask",
        beside="NaN is taken",
    ),
    Bug(
        "NaN as 0", RELU_6, F32, cast(lambda x: np.fmin(np.fmax(x, 0), 6)), "nan lost", true=r"NaN"
    ),
]


def rounded_gate(x):
    """The hard gate as it is stored in bfloat16."""
    bits = np.ascontiguousarray(np.clip(x + 3, 0, 6) / 6, np.float32).view(np.uint32)
    bits = (bits + np.uint32(0x8000)) & np.uint32(0xFFFF0000)
    return bits.view(np.float32).reshape(x.shape)
