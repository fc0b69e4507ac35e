"""Bugs: another format on the way, tables, and single spots."""

import ml_dtypes
import numpy as np

from reference import gelu, sigmoid, silu, tanh

from .bug import BF16, F16, F32, F64, FLUSHED, INACCURATE, B, Bug, D
from .helpers import cast, logistic, through, where, wide


def steps(x):
    """Look the value up in a table with steps of 1/256."""
    return silu(np.round(np.clip(x, -1e6, 1e6) * 256) / 256)


def tanh_slope_in_bfloat16(x, upstream):
    """Return the product step by step in bfloat16."""
    t = np.asarray(tanh(x.astype(ml_dtypes.bfloat16)))
    return (t.dtype.type(1) - t * t) * upstream.astype(t.dtype)


def one_cell(step, number):
    """Return SiLU by a table of which one entry is off by 0.1 %."""
    return where(lambda x: np.floor(x / step) == number, lambda x: silu(x) * 1.001, silu)


PRECISION = [
    *(
        Bug(
            f"entry {number} at 1/{1 / step:g} in {dtype}",
            "silu",
            dtype,
            one_cell(step, number),
            INACCURATE,
            true="table|entry|cell|slot|one stretch",
            beside=r"factor of 1\.001",
        )
        for step, number in [(1 / 64, 137), (1 / 256, -700), (1 / 1024, 700), (1 / 1024, -16383)]
        for dtype in (F32, F64)
    ),
    Bug(
        "through half",
        "silu",
        F32,
        through(np.float16, silu),
        INACCURATE,
        "computed in float16",
        true="float16",
    ),
    Bug(
        "through bfloat16",
        "gelu",
        F32,
        through(ml_dtypes.bfloat16, gelu),
        INACCURATE,
        "computed in bfloat16",
        true="bfloat16",
    ),
    Bug(
        "half result",
        "sigmoid",
        F32,
        through(np.float16, sigmoid, inputs=False),
        INACCURATE,
        "computed in float16",
        true="float16",
    ),
    Bug(
        "single for double",
        "tanh",
        F64,
        through(np.float32, tanh),
        INACCURATE,
        "computed in float32",
        true="float32",
    ),
    Bug(
        "single for double, by NumPy",
        "tanh",
        F64,
        cast(lambda x: np.tanh(x.astype(np.float32))),
        INACCURATE,
        "computed in float32",
        true="float32",
    ),
    Bug(
        "half for bfloat16",
        "silu",
        BF16,
        through(np.float16, silu),
        FLUSHED,
        "computed in float16",
        true="float16",
    ),
    Bug(
        "single derivative",
        "silu",
        F64,
        through(np.float32, silu.derivative),
        INACCURATE,
        "computed in float32",
        D,
        true="float32",
    ),
    Bug(
        "table",
        "silu",
        F32,
        wide(steps),
        INACCURATE,
        beside=r"clamped at 1e\+06",
        true="table|entry|grid|steps? of|quantis|fixed.point|rounded to (multiples|1/256)",
    ),
    Bug(
        "step by step in bfloat16",
        "silu",
        BF16,
        cast(lambda x: x * logistic(x) * (1 + x * 0)),
        INACCURATE,
        "every step is rounded",
        true="(every|each) step|bfloat16|exp.*overflow|∞|infinit|NaN at an inf",
    ),
    Bug(
        "step by step in half",
        "sigmoid",
        F16,
        cast(logistic),
        INACCURATE,
        "every step is rounded",
        true="(every|each) step|float16|exp.*overflow|overflow.*exp",
    ),
    Bug(
        "overflow beside steps",
        "silu",
        F16,
        cast(lambda x: x * logistic(x)),
        FLUSHED,
        "overflows",
        true="(every|each) step|float16|exp.*overflow|overflow.*exp|∞|infinit",
    ),
    Bug(
        "1 - s beside x",
        "silu",
        F32,
        cast(lambda x: logistic(x) * (1 + x * (1 - logistic(x)))),
        INACCURATE,
        "x times its error",
        D,
        true="1 - s|1 - σ|x times its error|exp.*overflow|∞|infinit|cancel",
    ),
    Bug(
        "sixth digit",
        "gelu",
        F32,
        wide(lambda x: gelu(x) * 1.000002),
        INACCURATE,
        "constant factor",
        true=r"constant factor|factor of 1\.000002|2e-0?6",
    ),
    Bug(
        "seam at 4",
        "gelu",
        F32,
        where(lambda x: np.abs(x - 4) < 0.01, lambda x: gelu(x) * (1 + 1e-5), gelu),
        INACCURATE,
        true=r"\b4\b|seam|branch|3\.99",
        beside=r"factor of 1\.00001",
    ),
    Bug(
        "one binade",
        "tanh",
        F64,
        where(lambda x: (x > 2.0**-600) & (x < 2.0**-599), lambda x: x * 1.001, tanh),
        INACCURATE,
        true=r"binade|2\^-600|2\^-599|exponent|\[.*1\.001\]|factor.*1\.001",
    ),
    Bug(
        "1 - t² through bfloat16",
        "tanh",
        F32,
        cast(tanh_slope_in_bfloat16),
        INACCURATE,
        "computed in bfloat16",
        B,
        true="bfloat16|overflow",
    ),
]
