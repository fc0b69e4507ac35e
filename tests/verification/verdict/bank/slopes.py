"""Bugs of the derivatives of sigmoid and tanh: differences, squares, second derivatives."""

import ml_dtypes
import numpy as np

from reference import sigmoid

from .bug import (
    AT_INFINITY,
    D2,
    F32,
    FLUSHED,
    INACCURATE,
    ON_THE_WAY,
    B,
    Bug,
    D,
)
from .helpers import cast, logistic, wide
from .saturating import ONE_MINUS_SQUARE
from .swishes import EXP_OVERFLOWS

ONE_MINUS = r"1 - s|1 - σ|1 - sigmoid|cancel"


def sech_by_cosh(x):
    """1 / cosh², in the format."""
    c = np.cosh(x)
    return 1 / (c * c)


SLOPES = [
    Bug(
        "cosh squared",
        "tanh",
        F32,
        cast(sech_by_cosh),
        FLUSHED,
        subject=D,
        true=(r"cosh.*overflow|overflow.*cosh|square.*overflow|exp.*overflow", ON_THE_WAY),
    ),
    Bug(
        "s² for s(1 - s)",
        "sigmoid",
        F32,
        wide(lambda x: sigmoid(x) ** 2),
        INACCURATE,
        subject=D,
        true=r"square|1 - s|1 - σ|squared|factor",
    ),
    Bug(
        "s(1 - s) of bfloat16 s",
        "sigmoid",
        F32,
        cast(lambda x: as_bfloat16(logistic(x)) * (1 - as_bfloat16(logistic(x)))),
        FLUSHED,
        subject=D,
        true=(ONE_MINUS, r"bfloat16", EXP_OVERFLOWS),
    ),
    Bug(
        "upstream times s(1 - s)",
        "sigmoid",
        F32,
        cast(lambda x, u: u * logistic(x) * (1 - logistic(x))),
        FLUSHED,
        subject=B,
        true=(ONE_MINUS, EXP_OVERFLOWS, AT_INFINITY),
    ),
    Bug(
        "upstream times 1 - t²",
        "tanh",
        F32,
        cast(lambda x, u: u * (1 - np.tanh(x) ** 2)),
        FLUSHED,
        subject=B,
        true=(ONE_MINUS_SQUARE, AT_INFINITY),
    ),
    Bug(
        "-2 t for -2 t (1 - t²)",
        "tanh",
        F32,
        wide(lambda x: -2 * np.tanh(x)),
        INACCURATE,
        subject=D2,
        true=r"1 - t|1 - tanh|factor|chain|lacks|missing",
    ),
    Bug(
        "s(1 - s)(1 - 2s)",
        "sigmoid",
        F32,
        cast(lambda x: logistic(x) * (1 - logistic(x)) * (1 - 2 * logistic(x))),
        FLUSHED,
        subject=D2,
        true=(ONE_MINUS, EXP_OVERFLOWS, r"1 - 2 ?s|1 - 2 ?σ"),
    ),
    Bug(
        "sign of the second derivative",
        "sigmoid",
        F32,
        wide(lambda x: -sigmoid.derivative(x, order=2)),
        "wrong sign",
        subject=D2,
        true=r"minus|sign|negat",
    ),
]


def as_bfloat16(x):
    """Stored in bfloat16 on the way."""
    return x.astype(ml_dtypes.bfloat16).astype(x.dtype)
