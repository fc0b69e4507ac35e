"""Bugs: exceptions, results that are none, output; and what a strict check alone forbids."""

import numpy as np

from reference import sigmoid, silu

from .bug import BF16, F32, F64, Bug
from .helpers import where
from .memory_functions import fails_on, grumbles, leaves, overflows_aloud, talks

RESULTS = [
    Bug(
        "raises on negative numbers",
        "silu",
        F32,
        fails_on(lambda x: x < -700),
        "exception",
        true="no such number|rais",
    ),
    Bug(
        "raises on infinity",
        "silu",
        F64,
        fails_on(np.isinf),
        "exception",
        true="no such number|rais|inf",
    ),
    Bug(
        "raises always",
        "silu",
        F64,
        fails_on(np.ones_like),
        "exception",
        true="no such number|rais",
    ),
    Bug(
        "raises on 0-d",
        "silu",
        F32,
        lambda x: silu(x[..., :]),
        "exception",
        true=r"too many indices|0.d|dimension|index|shape \(\)",
    ),
    Bug("exits", "silu", F32, leaves, "exception", true="exit|leav|end"),
    Bug("None", "silu", F32, lambda _: None, "no result", true="None"),
    Bug("text", "silu", F32, str, "no result", true="str|text"),
    Bug("complex", "silu", F32, lambda x: silu(x).astype(complex), "no result", true="complex"),
    Bug(
        "float64 for float32",
        "silu",
        F32,
        lambda x: silu(x.astype(np.float64)),
        "dtype",
        true="float64|another precision|dtype",
    ),
    Bug(
        "float32 for bfloat16",
        "silu",
        BF16,
        lambda x: silu(x.astype(np.float32)),
        "dtype",
        true="float32|another precision|dtype",
    ),
    Bug("flat", "silu", F32, lambda x: silu(x).reshape(-1), "shape", true=r"shape|for \("),
    Bug("scalar", "silu", F32, lambda x: silu(x).sum(), "shape", true=r"shape|\(\)|scalar|for \("),
    Bug(
        "empty refused",
        "silu",
        F32,
        lambda x: silu(x) + 0 * x.max(),
        "exception",
        true="empty|zero-size|no elements|0 elements",
        # The largest of an array with a NaN in it.
        beside="all of these results are nan",
    ),
    Bug("prints", "silu", F32, talks, "output", true="output|print|writes|computing"),
]


# Bugs for a strict check alone, and conventions for any other.
STRICTLY = [
    Bug("warns", "silu", F32, grumbles, "warning", true="deprecated|warn", strict=True),
    Bug(
        "overflow warning",
        "sigmoid",
        F32,
        overflows_aloud,
        "warning",
        true="overflow|warn",
        strict=True,
    ),
    Bug(
        "-0 for +0",
        "sigmoid",
        F32,
        where(lambda x: x < -110, lambda x: -0.0 * np.abs(x), sigmoid),
        "sign of zero",
        true="-0|sign|zero|NaN at an inf|0 ?· ?∞",
        strict=True,
    ),
]
