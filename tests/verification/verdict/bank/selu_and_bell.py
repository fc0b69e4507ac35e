"""Bugs of selu, elu + 1, the bell and a scaled exponential."""

import ml_dtypes
import numpy as np

from .bug import (
    AS_WRITTEN,
    AT_INFINITY,
    D2,
    F16,
    F32,
    F64,
    FLUSHED,
    INACCURATE,
    OVERFLOW,
    Bug,
    D,
)
from .exponential import EXPM1, elu, left
from .helpers import cast, through, wide

SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772
SELU = f"{SCALE} * where(x > 0, x, {ALPHA} * expm1(x))"
ELU_PLUS_1 = "where(x > 0, x + 1, exp(x))"
BELL = "exp(-x**2)"
SCALED_EXP = "exp(alpha * x) / beta"


def selu(x, scale=SCALE, alpha=ALPHA):
    """Stable."""
    return scale * elu(x, alpha)


SELU_AND_BELL = [
    Bug(
        "short constants",
        SELU,
        F32,
        wide(lambda x: selu(x, 1.0507, 1.67326)),
        INACCURATE,
        true=r"digits|1\.0507|1\.67326|factor of (0\.99|1 ?-)|constant",
    ),
    Bug(
        "float32 constants",
        SELU,
        F64,
        lambda x: selu(x, float(np.float32(SCALE)), float(np.float32(ALPHA))),
        INACCURATE,
        true=r"float32 constant|constants?.*float32|digits|constant",
    ),
    Bug(
        "scale and alpha exchanged",
        SELU,
        F32,
        wide(lambda x: selu(x, ALPHA, SCALE)),
        INACCURATE,
        true=r"exchang|swap|1\.673|factor of 1\.59|constant",
    ),
    Bug(
        "scale missing on the left",
        SELU,
        F32,
        wide(lambda x: np.where(x > 0, SCALE * x, ALPHA * np.expm1(left(x)))),
        INACCURATE,
        true=r"1\.0507|factor|scale|constant",
    ),
    Bug(
        "alpha missing in the derivative",
        SELU,
        F32,
        wide(lambda x: SCALE * np.where(x > 0, 1, np.exp(left(x)))),
        INACCURATE,
        subject=D,
        true=r"1\.673|factor|alpha|α|constant|0\.597",
    ),
    Bug(
        "alpha e^x - alpha",
        SELU,
        F32,
        cast(
            lambda x: (
                np.float32(SCALE)
                * np.where(x > 0, x, np.float32(ALPHA) * np.exp(x) - np.float32(ALPHA))
            )
        ),
        FLUSHED,
        true=EXPM1,
    ),
    Bug(
        "through bfloat16",
        SELU,
        F32,
        through(ml_dtypes.bfloat16, selu),
        INACCURATE,
        true=r"bfloat16",
    ),
    Bug(
        "elu and 1",
        ELU_PLUS_1,
        F32,
        cast(lambda x: elu(x) + np.float32(1)),
        FLUSHED,
        true=r"cancel|\+ 1|elu|1 \+",
    ),
    Bug(
        "elu and 1 in half",
        ELU_PLUS_1,
        F16,
        cast(lambda x: elu(x) + np.float16(1)),
        FLUSHED,
        true=r"cancel|\+ 1|elu|1 \+|(every|each) step",
    ),
    Bug(
        "x² without its rounding error",
        BELL,
        F32,
        cast(lambda x: np.exp(-x * x)),
        INACCURATE,
        true=(r"rounded before|x².*rounded|rounded.*(x²|square|argument)|argument", AS_WRITTEN),
    ),
    Bug(
        "half of x²",
        BELL,
        F32,
        wide(lambda x: np.exp(-x * x / 2)),
        INACCURATE,
        true=r"1/2|half|x²|0\.707|√2|x\*\*2|/ 2",
    ),
    Bug(
        "derivative without its inner factor",
        BELL,
        F32,
        wide(lambda x: np.exp(-x * x)),
        INACCURATE,
        subject=D,
        true=r"value|chain|inner|-2 ?x|factor",
    ),
    Bug(
        "derivative without the 2",
        BELL,
        F32,
        wide(lambda x: -x * np.exp(-x * x)),
        INACCURATE,
        subject=D,
        true=(
            r"factor 2 is",
            r"factor of (2|0\.5|1/2)|half|lacks.*2|times 2|constant 2 is 1",
            AT_INFINITY,
        ),
    ),
    Bug(
        "second derivative without its first term",
        BELL,
        F32,
        wide(lambda x: 4 * x * x * np.exp(-x * x)),
        INACCURATE,
        subject=D2,
        true=(r"term|-2|missing|product rule|square|derivative of", AT_INFINITY),
        beside="constant of 2",
    ),
    Bug(
        "alpha and beta exchanged",
        SCALED_EXP,
        F32,
        wide(lambda x: np.exp(2 * x) / 0.5),
        INACCURATE,
        true=r"exchang|swap|alpha|beta|4 ?x|2 ?x",
        beside="overflow",
        parameters={"alpha": 0.5, "beta": 2.0},
    ),
    Bug(
        "exp overflows before the division",
        SCALED_EXP,
        F32,
        cast(lambda x: np.exp(x) / 1024),
        OVERFLOW,
        true=r"overflow",
        parameters={"alpha": 1.0, "beta": 1024.0},
    ),
]
