"""Bugs of sigmoids, hyperbolic tangents and gates: differences, slopes, scales, thresholds."""

import numpy as np

from reference import tanh

from .bug import (
    AS_WRITTEN,
    AT_INFINITY,
    BF16,
    F16,
    F32,
    F64,
    FLUSHED,
    INACCURATE,
    Bug,
    D,
)
from .helpers import cast, wide

TANH_SHRINK = "x - tanh(x)"
SOFTCAP = "30 * tanh(x / 30)"
LECUN_TANH = "1.7159 * tanh(0.6666666666666666 * x)"

CANCELS = r"cancel|x - tanh|difference"
ONE_MINUS_SQUARE = r"1 - (tanh|t)|tanh².*cancel|cancel"


SATURATING = [
    Bug(
        "rounded tanh in double",
        TANH_SHRINK,
        F64,
        cast(lambda x: x - np.tanh(x)),
        FLUSHED,
        true=(CANCELS, AS_WRITTEN, AT_INFINITY),
    ),
    Bug(
        "rounded tanh in half",
        TANH_SHRINK,
        F16,
        cast(lambda x: x - np.tanh(x)),
        FLUSHED,
        true=(CANCELS, AS_WRITTEN, AT_INFINITY),
    ),
    Bug(
        "rounded tanh in bfloat16",
        TANH_SHRINK,
        BF16,
        cast(lambda x: x - np.tanh(x)),
        FLUSHED,
        true=(CANCELS, AS_WRITTEN, AT_INFINITY),
    ),
    Bug(
        "1 - (1 - t²)",
        TANH_SHRINK,
        F32,
        cast(lambda x: 1 - (1 - np.tanh(x) ** 2)),
        FLUSHED,
        subject=D,
        true=ONE_MINUS_SQUARE,
    ),
    Bug(
        "tanh for its square",
        TANH_SHRINK,
        F32,
        wide(tanh),
        "wrong sign",
        subject=D,
        true=r"square|\btanh\b",
    ),
    Bug(
        "minus the difference",
        TANH_SHRINK,
        F32,
        wide(lambda x: np.tanh(x) - x),
        FLUSHED,
        true=(r"minus|sign|negat|exchang", CANCELS),
    ),
    Bug(
        "series for too large x",
        TANH_SHRINK,
        F32,
        wide(lambda x: np.where(np.abs(x) < 0.5, x**3 / 3, x - np.tanh(x))),
        INACCURATE,
        true=r"series|polynomial|x³|x\*\*3|approximat|\b0\.5|cubic",
    ),
    Bug(
        "factor in front forgotten",
        SOFTCAP,
        F32,
        wide(lambda x: np.tanh(x / 30)),
        INACCURATE,
        true=r"factor|30|0\.033",
    ),
    Bug(
        "not divided inside",
        SOFTCAP,
        F32,
        wide(lambda x: 30 * np.tanh(x)),
        INACCURATE,
        true=r"30 x|result for 30|divi|argument|1/30",
    ),
    Bug(
        "1 - t² of the cap",
        SOFTCAP,
        F32,
        cast(lambda x: 1 - np.tanh(x / 30) ** 2),
        FLUSHED,
        subject=D,
        true=ONE_MINUS_SQUARE,
    ),
    Bug(
        "inner factor twice",
        SOFTCAP,
        F32,
        wide(lambda x: tanh.derivative(x / 30) / 30),
        INACCURATE,
        subject=D,
        true=r"factor|30|0\.033|chain",
    ),
    Bug(
        "cap of 50",
        SOFTCAP,
        F16,
        wide(lambda x: 50 * np.tanh(x / 50)),
        INACCURATE,
        true=r"\b50\b|1\.66|constant|cap",
    ),
    Bug(
        "hard cap",
        SOFTCAP,
        BF16,
        wide(lambda x: np.clip(x, -30, 30)),
        INACCURATE,
        true=r"(clip|clamp).*30|hard|x itself",
    ),
    Bug(
        "through half",
        SOFTCAP,
        F32,
        cast(lambda x: 30 * np.tanh(x.astype(np.float16) / 30)),
        INACCURATE,
        true=r"float16",
    ),
]
