"""Bugs of elu, celu, selu, elu + 1 and the bell, whose left side is an exponential."""

import ml_dtypes
import numpy as np

from .bug import (
    AS_WRITTEN,
    AT_INFINITY,
    BF16,
    D2,
    F16,
    F32,
    F64,
    FLUSHED,
    INACCURATE,
    NAN,
    ON_THE_WAY,
    OVERFLOW,
    B,
    Bug,
    D,
)
from .helpers import cast, through, wide

ELU = "elu"
CELU = "where(x > 0, x, alpha * expm1(x / alpha))"
SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772
SELU = f"{SCALE} * where(x > 0, x, {ALPHA} * expm1(x))"
ELU_PLUS_1 = "where(x > 0, x + 1, exp(x))"
BELL = "exp(-x**2)"
SCALED_EXP = "exp(alpha * x) / beta"

EXPM1 = r"exp.* ?- ?1|expm1|cancel|sign of zero"


def left(x):
    """x where it is not positive, with its sign."""
    return np.where(x > 0, 0, x)


def elu(x, alpha=1.0):
    """Stable."""
    return np.where(x > 0, x, alpha * np.expm1(left(x)))


def selu(x, scale=SCALE, alpha=ALPHA):
    """Stable."""
    return scale * elu(x, alpha)


def multiplied(x):
    """A mask times each side, as without a select."""
    mask = x > 0
    return mask * x + (1 - mask) * (np.exp(x) - 1)


EXPONENTIAL_BUGS = [
    Bug(
        "exp - 1",
        ELU,
        F32,
        cast(lambda x: np.where(x > 0, x, np.exp(left(x)) - 1)),
        FLUSHED,
        true=EXPM1,
    ),
    Bug(
        "exp - 1 in double",
        ELU,
        F64,
        cast(lambda x: np.where(x > 0, x, np.exp(left(x)) - 1)),
        FLUSHED,
        true=EXPM1,
    ),
    Bug(
        "exp - 1 in half",
        ELU,
        F16,
        cast(lambda x: np.where(x > 0, x, np.exp(left(x)) - 1)),
        FLUSHED,
        true=(EXPM1, r"(every|each) step"),
    ),
    Bug(
        "exp - 1 in bfloat16",
        ELU,
        BF16,
        cast(lambda x: np.where(x > 0, x, np.exp(left(x)) - 1)),
        FLUSHED,
        true=(EXPM1, r"(every|each) step"),
    ),
    Bug(
        "both sides by a mask",
        ELU,
        F32,
        cast(multiplied),
        NAN,
        true=(EXPM1, r"exp.*overflow|mask|sign of zero", AT_INFINITY, ON_THE_WAY),
    ),
    Bug(
        "derivative y + alpha",
        ELU,
        F32,
        cast(lambda x: np.where(x > 0, 1, np.expm1(x) + 1)),
        FLUSHED,
        subject=D,
        true=r"cancel|\+ 1|expm1|\+ (alpha|α)|1 \+",
    ),
    Bug(
        "alpha ignored",
        ELU,
        F32,
        wide(elu),
        INACCURATE,
        true=r"alpha|α|\b1\.0?\b|default|factor of 2",
        parameters={"alpha": 0.5},
    ),
    Bug(
        "alpha inside",
        ELU,
        F32,
        wide(lambda x: np.where(x > 0, x, np.expm1(1.5 * left(x)))),
        INACCURATE,
        true=r"alpha|α|1\.5",
        parameters={"alpha": 1.5},
    ),
    Bug(
        "alpha ignored in the derivative",
        ELU,
        F32,
        wide(lambda x: np.where(x > 0, 1, np.exp(left(x)))),
        INACCURATE,
        subject=D,
        true=r"alpha|α|\b1\.0?\b|default|factor",
        parameters={"alpha": 1.5},
    ),
    Bug(
        "gradient of alpha",
        ELU,
        F32,
        wide(lambda x: np.where(x > 0, 0, np.expm1(left(x)))),
        "wrong sign",
        subject=D,
        true=r"alpha|α|parameter",
        beside="constant of -1",
    ),
    Bug(
        "output for the input",
        ELU,
        F32,
        wide(lambda x: np.where(x > 0, 1, x + 1)),
        INACCURATE,
        subject=D,
        true=r"taken for the output|output",
    ),
    Bug(
        "second derivative of both sides",
        ELU,
        F32,
        wide(lambda x: np.exp(left(x))),
        INACCURATE,
        subject=D2,
        true=r"x > 0|right|positive|branch|side|first derivative",
    ),
    Bug(
        "leaky for elu",
        ELU,
        F32,
        wide(lambda x: np.where(x > 0, x, 0.01 * x)),
        INACCURATE,
        true=r"leaky",
    ),
    Bug(
        "upstream of the right side alone",
        ELU,
        F32,
        wide(lambda x, u: np.where(x > 0, u, np.exp(left(x)))),
        INACCURATE,
        subject=B,
        true=r"upstream.*(ignored|forgotten|missing).*|upstream",
    ),
    Bug(
        "alpha inside alone",
        CELU,
        F32,
        wide(lambda x: np.where(x > 0, x, np.expm1(left(x) / 1.5))),
        INACCURATE,
        true=r"alpha|α|1\.5|factor",
        parameters={"alpha": 1.5},
    ),
    Bug(
        "elu for celu",
        CELU,
        F32,
        wide(lambda x: elu(x, 1.5)),
        INACCURATE,
        true=r"\belu\b|alpha|α",
        parameters={"alpha": 1.5},
    ),
    Bug(
        "divided by alpha in the derivative",
        CELU,
        F32,
        wide(lambda x: np.where(x > 0, 1, np.exp(left(x) / 2) / 2)),
        INACCURATE,
        subject=D,
        true=r"alpha|α|factor of (2|0\.5|1/2)|chain|half",
        parameters={"alpha": 2.0},
    ),
    Bug(
        "exp - 1 of both sides",
        CELU,
        F32,
        cast(lambda x: np.where(x > 0, x, 2 * (np.exp(x / 2) - 1))),
        FLUSHED,
        true=EXPM1,
        parameters={"alpha": 2.0},
    ),
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
        true=(r"factor of (2|0\.5|1/2)|half|lacks.*2|times 2", AT_INFINITY),
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
