"""Bugs of softplus, log-sigmoid, mish and squareplus, as they are written by hand."""

import numpy as np

from reference import sigmoid

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
from .helpers import cast, logistic, wide

SOFTPLUS = "softplus"
SCALED = "log1p(exp(beta * x)) / beta"
LOG_SIGMOID = "-log1p(exp(-x))"
MISH = "mish"
SQUAREPLUS = "(x + sqrt(x**2 + b)) / 2"

EXP_OVERFLOWS = rf"exp.*overflow|overflow.*exp|{ON_THE_WAY}"
EXP_AND_INFINITY = rf"{EXP_OVERFLOWS}|{AT_INFINITY}"
SQUARE_OVERFLOWS = rf"(x²|x\*\*2|square).*overflow|overflow.*(x²|square)|{ON_THE_WAY}"
LOG_OF_ONE_PLUS = r"log ?\(1 \+|1 \+ exp|1 \+ e\^|log1p|cancel"


def soft(x):
    """ln(1 + e^x), stable."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def with_threshold(x, threshold, beta=1):
    """PyTorch's softplus: x itself beyond a threshold."""
    z = beta * x
    return np.where(z > threshold, x, np.log1p(np.exp(z)) / beta)


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
        true=(EXP_OVERFLOWS, r"threshold"),
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
    Bug(
        "log of the logistic",
        LOG_SIGMOID,
        F32,
        cast(lambda x: np.log(logistic(x))),
        "overflow",
        true=(
            EXP_AND_INFINITY,
            r"log\(σ|log\(1|1 \+ exp|log of (1|σ)|logistic|rounded|cancel",
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
        true=(EXP_AND_INFINITY, r"square|e²|underflow|(every|each) step|float16"),
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
        true=r"\bb\b|parameter|default",
        parameters={"b": 1.0},
    ),
    Bug(
        "half forgotten in the derivative",
        SQUAREPLUS,
        F32,
        wide(lambda x: 2 * squareplus_slope(x)),
        INACCURATE,
        subject=D,
        true=r"factor of 2|half|1/2|twice",
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
