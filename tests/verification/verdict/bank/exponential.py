"""Bugs of elu, celu, selu, elu + 1 and the bell, whose left side is an exponential."""

import numpy as np

from .bug import (
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
    B,
    Bug,
    D,
)
from .helpers import cast, wide

ELU = "elu"
CELU = "where(x > 0, x, alpha * expm1(x / alpha))"

EXPM1 = r"exp.* ?- ?1|expm1|cancel|sign of zero"


def left(x):
    """x where it is not positive, with its sign."""
    return np.where(x > 0, 0, x)


def elu(x, alpha=1.0):
    """Stable."""
    return np.where(x > 0, x, alpha * np.expm1(left(x)))


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
]
