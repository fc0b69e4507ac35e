"""Bugs of log-sigmoid, mish and squareplus, as they are written by hand."""

import numpy as np

from reference import sigmoid

from .bug import (
    AS_WRITTEN,
    AT_INFINITY,
    BF16,
    F16,
    F32,
    FLUSHED,
    INACCURATE,
    NAN,
    ON_THE_WAY,
    OVERFLOW,
    Bug,
    D,
)
from .helpers import cast, logistic, wide
from .softplus_like import EXP_AND_INFINITY, EXP_OVERFLOWS, LOG_OF_ONE_PLUS, soft

LOG_SIGMOID = "-log1p(exp(-x))"
MISH = "mish"
SQUAREPLUS = "(x + sqrt(x**2 + b)) / 2"

SQUARE_OVERFLOWS = rf"(x²|x\*\*2|square).*overflow|overflow.*(x²|square)|{ON_THE_WAY}"


def squareplus(x, b):
    """Stable."""
    h = np.hypot(x, np.sqrt(b))
    return np.where(x > 0, (x + h) / 2, b / 2 / (h - np.minimum(x, 0)))


def squareplus_slope(x):
    """Its derivative for b = 4, stable."""
    x = np.clip(x, -1e150, 1e150)
    return squareplus(x, 4) / np.hypot(x, 2)


def mish_slope(x, *, with_tanh=True, with_chain=True):
    """The derivative of x tanh(softplus(x)), term by term, in float64."""
    t = np.tanh(soft(x))
    chain = sigmoid(x) if with_chain else 1
    return (t if with_tanh else 0) + x * (1 - t * t) * chain


def mish_by_powers(x):
    """With e^x and its square, as the paper's derivative has it."""
    e = np.exp(x)
    omega = 4 * (x + 1) + 4 * e * e + e * e * e + e * (4 * x + 6)
    delta = 2 * e + e * e + 2
    return e * omega / (delta * delta)


def mish_by_fraction(x):
    """x (e² + 2e) / (e² + 2e + 2), as fast kernels do, without a threshold."""
    e = np.exp(x)
    n = e * e + 2 * e
    return x * n / (n + 2)


SOFTPLUS_KIN = [
    Bug(
        "log of the logistic",
        LOG_SIGMOID,
        F32,
        cast(lambda x: np.log(logistic(x))),
        "overflow",
        true=(
            EXP_AND_INFINITY,
            r"log\(σ|log\(1|1 \+ exp|log of (1|σ)|logistic|rounded|cancel|underflow",
        ),
    ),
    Bug(
        "-log1p(exp(-x))",
        LOG_SIGMOID,
        F32,
        cast(lambda x: -np.log1p(np.exp(-x))),
        OVERFLOW,
        true=EXP_OVERFLOWS,
    ),
    Bug(
        "derivative 1 - σ",
        LOG_SIGMOID,
        F32,
        cast(lambda x: 1 - logistic(x)),
        FLUSHED,
        subject=D,
        true=(r"1 - s|1 - σ|1 - sigmoid|cancel", EXP_OVERFLOWS),
    ),
    Bug(
        "derivative of softplus",
        LOG_SIGMOID,
        F32,
        wide(sigmoid),
        INACCURATE,
        subject=D,
        true=r"-x\b|minus x|softplus|sigmoid|σ\(x\)|\bsign of x",
    ),
    Bug(
        "sign of softplus(-x) lost",
        LOG_SIGMOID,
        F32,
        wide(lambda x: soft(-x)),
        "wrong sign",
        true=r"minus|sign|negat",
    ),
    Bug(
        "tanh(log(1 + exp))",
        MISH,
        F32,
        cast(lambda x: x * np.tanh(np.log(1 + np.exp(x)))),
        FLUSHED,
        true=(LOG_OF_ONE_PLUS, r"∞|infinit"),
    ),
    Bug(
        "square of exp",
        MISH,
        F32,
        cast(mish_by_fraction),
        NAN,
        true=(EXP_AND_INFINITY, r"square|e²|underflow"),
    ),
    Bug(
        "square of exp in half",
        MISH,
        F16,
        cast(mish_by_fraction),
        NAN,
        true=(r"is rounded", EXP_AND_INFINITY, r"square|e²|underflow|(every|each) step|float16"),
    ),
    Bug(
        "the paper's derivative",
        MISH,
        F32,
        cast(mish_by_powers),
        NAN,
        subject=D,
        true=(EXP_AND_INFINITY, r"square|cube|e²|power|cancel|x \+ 1|underflow"),
    ),
    Bug(
        "no product rule",
        MISH,
        F32,
        wide(lambda x: np.tanh(soft(x))),
        INACCURATE,
        subject=D,
        true=r"(term|x ).*(missing|dropped|lack)|product rule|x is taken for a constant|mish / x",
    ),
    Bug(
        "no chain rule",
        MISH,
        F32,
        wide(lambda x: mish_slope(x, with_chain=False)),
        INACCURATE,
        subject=D,
        true=(
            r"chain|inner|σ\(x\)|sigmoid|factor.*(missing|lack)|(lack|missing).*factor",
            AT_INFINITY,
        ),
    ),
    Bug(
        "softplus without tanh",
        MISH,
        F32,
        wide(lambda x: x * soft(x)),
        INACCURATE,
        true=(r"tanh|x ?[·*] ?softplus|x ?[·*] ?ln|gate is softplus", AT_INFINITY),
        beside=ON_THE_WAY,
    ),
    Bug(
        "silu for mish",
        MISH,
        BF16,
        wide(lambda x: x * sigmoid(x)),
        INACCURATE,
        true=(r"\bsilu\b|swish", AT_INFINITY),
    ),
    Bug(
        "cancels left of 0",
        SQUAREPLUS,
        F32,
        cast(lambda x: (x + np.sqrt(x * x + 4)) / 2),
        FLUSHED,
        true=(r"cancel|x \+ sqrt|x \+ √", SQUARE_OVERFLOWS, AT_INFINITY, AS_WRITTEN),
        parameters={"b": 4.0},
    ),
    Bug(
        "cancels left of 0 in half",
        SQUAREPLUS,
        F16,
        cast(lambda x: (x + np.sqrt(x * x + 4)) / 2),
        FLUSHED,
        true=(r"cancel|x \+ sqrt|x \+ √", SQUARE_OVERFLOWS, AT_INFINITY, AS_WRITTEN),
        parameters={"b": 4.0},
    ),
    Bug(
        "x² overflows",
        SQUAREPLUS,
        F32,
        cast(
            lambda x: (
                np.where(x > 0, x + np.sqrt(x * x + 4), 4 / (np.sqrt(x * x + 4) + np.abs(x))) / 2
            )
        ),
        OVERFLOW,
        true=SQUARE_OVERFLOWS,
        parameters={"b": 4.0},
    ),
    Bug(
        "b ignored",
        SQUAREPLUS,
        F32,
        wide(lambda x: squareplus(x, 4)),
        INACCURATE,
        # Four times b is the gate of x/2: x g(x/2).
        true=r"\bb\b|parameter|default|a constant in it is wrong",
        parameters={"b": 1.0},
    ),
    Bug(
        "half forgotten in the derivative",
        SQUAREPLUS,
        F32,
        wide(lambda x: 2 * squareplus_slope(x)),
        INACCURATE,
        subject=D,
        true=(r"division by 2", r"factor of 2|half|1/2|twice|constant 2 is 1"),
        parameters={"b": 4.0},
    ),
    Bug(
        "gradient of b",
        SQUAREPLUS,
        F32,
        wide(lambda x: 1 / (4 * np.hypot(x, 2))),
        INACCURATE,
        subject=D,
        true=r"\bb\b|parameter",
        parameters={"b": 4.0},
    ),
]
