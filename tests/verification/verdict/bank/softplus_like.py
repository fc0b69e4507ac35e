"""Bugs of softplus, as it is written by hand."""

import numpy as np

from reference import sigmoid

from .bug import (
    AS_WRITTEN,
    AT_INFINITY,
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
from .helpers import cast, logistic, wide

SOFTPLUS = "softplus"
SCALED = "log1p(exp(beta * x)) / beta"

EXP_OVERFLOWS = rf"exp.*overflow|overflow.*exp|{ON_THE_WAY}"
EXP_AND_INFINITY = rf"{EXP_OVERFLOWS}|{AT_INFINITY}"
LOG_OF_ONE_PLUS = r"log ?\(1 \+|1 \+ exp|1 \+ e\^|log1p|cancel"


def soft(x):
    """ln(1 + e^x), stable."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def with_threshold(x, threshold, beta=1):
    """PyTorch's softplus: x itself beyond a threshold."""
    z = beta * x
    return np.where(z > threshold, x, np.log1p(np.exp(z)) / beta)


SOFTPLUS_BUGS = [
    Bug(
        "log of 1 + exp",
        SOFTPLUS,
        F32,
        cast(lambda x: np.log(1 + np.exp(x))),
        FLUSHED,
        true=(EXP_OVERFLOWS, LOG_OF_ONE_PLUS),
    ),
    Bug(
        "log of 1 + exp in double",
        SOFTPLUS,
        F64,
        cast(lambda x: np.log(1 + np.exp(x))),
        OVERFLOW,
        true=(EXP_OVERFLOWS, LOG_OF_ONE_PLUS),
    ),
    Bug(
        "log1p of exp",
        SOFTPLUS,
        F32,
        cast(lambda x: np.log1p(np.exp(x))),
        OVERFLOW,
        true=(EXP_OVERFLOWS, AS_WRITTEN),
    ),
    Bug(
        "log1p of exp in half",
        SOFTPLUS,
        F16,
        cast(lambda x: np.log1p(np.exp(x))),
        OVERFLOW,
        true=(EXP_OVERFLOWS, r"(every|each) step|float16"),
    ),
    Bug(
        "threshold of 20 in double",
        SOFTPLUS,
        F64,
        cast(lambda x: with_threshold(x, 20)),
        INACCURATE,
        true=r"x itself.*20|threshold|(above|beyond|from) 20|x itself",
    ),
    Bug(
        "threshold of 5",
        SOFTPLUS,
        F32,
        cast(lambda x: with_threshold(x, 5)),
        INACCURATE,
        true=r"x itself.*5|threshold|(above|beyond|from) 5|x itself",
    ),
    Bug(
        "derivative with threshold",
        SOFTPLUS,
        F64,
        cast(lambda x: np.where(x > 20, 1, sigmoid(x))),
        INACCURATE,
        subject=D,
        true=r"1 (above|beyond|from).*20|threshold|cut off|saturat|(is|returns|taken for) 1",
    ),
    Bug(
        "e/(1 + e) in the derivative",
        SOFTPLUS,
        F32,
        cast(lambda x: np.exp(x) / (1 + np.exp(x))),
        NAN,
        subject=D,
        true=EXP_AND_INFINITY,
    ),
    Bug(
        "value for derivative",
        SOFTPLUS,
        F32,
        wide(soft),
        INACCURATE,
        subject=D,
        true=r"this is the value|value, not",
    ),
    Bug(
        "relu for softplus",
        SOFTPLUS,
        F32,
        cast(lambda x: np.maximum(x, 0)),
        FLUSHED,
        true=r"\brelu\b|max\(x, ?0\)|rectif|log1p.*(missing|left out)",
    ),
    Bug(
        "base 2",
        SOFTPLUS,
        F32,
        wide(lambda x: np.maximum(x, 0) + np.log1p(np.exp2(-np.abs(x))) / np.log(2)),
        INACCURATE,
        true=r"base|log2|exp2|2\^|ln 2|log\(2\)|0\.693|1\.4427",
    ),
    Bug(
        "second derivative s(1 - s)",
        SOFTPLUS,
        F32,
        cast(lambda x: logistic(x) * (1 - logistic(x))),
        FLUSHED,
        subject=D2,
        true=(r"1 - s|1 - σ|1 - sigmoid|cancel", EXP_OVERFLOWS),
    ),
    Bug(
        "logistic without upstream's sign",
        SOFTPLUS,
        F32,
        wide(lambda x, u: sigmoid(x) * np.abs(u)),
        "wrong sign",
        subject=B,
        true=r"magnitude|\|upstream\||absolute",
    ),
    Bug(
        "beta not divided by",
        SCALED,
        F32,
        wide(lambda x: soft(1.7 * x)),
        INACCURATE,
        true=r"factor|1 ?/ ?(beta|β)|divi|beta|1\.7",
        parameters={"beta": 1.7},
    ),
    Bug(
        "beta ignored",
        SCALED,
        F32,
        wide(soft),
        INACCURATE,
        true=r"beta|β|softplus|1\.7",
        parameters={"beta": 1.7},
    ),
    Bug(
        "threshold compares x, not βx",
        SCALED,
        F32,
        cast(lambda x: np.where(x > 20, x, np.log1p(np.exp(np.float32(5) * x)) / np.float32(5))),
        OVERFLOW,
        true=(EXP_OVERFLOWS, r"threshold|is rounded"),
        parameters={"beta": 5.0},
    ),
    Bug(
        "beta twice in the derivative",
        SCALED,
        F32,
        wide(lambda x: 1.7 * sigmoid(1.7 * x)),
        INACCURATE,
        subject=D,
        true=r"factor of 1\.7|beta|1\.7 times|chain",
        parameters={"beta": 1.7},
    ),
]
