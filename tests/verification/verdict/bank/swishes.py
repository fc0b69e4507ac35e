"""Bugs of swishes, of sines and of the derivatives of sigmoids."""

import numpy as np

from reference import sigmoid, tanh

from .bug import (
    AT_INFINITY,
    D2,
    F16,
    F32,
    F64,
    FLUSHED,
    INACCURATE,
    NAN,
    ON_THE_WAY,
    Bug,
    D,
)
from .helpers import cast, wide
from .saturating import LECUN_TANH

SWISH = "x * sigmoid(beta * x)"
QUICK_GELU = "x * sigmoid(1.702 * x)"
SOFTSIGN = "x / (1 + abs(x))"
SNAKE = "x + sin(a * x)**2 / a"
ISRU = "x / sqrt(1 + x**2)"

EXP_OVERFLOWS = rf"exp.*overflow|overflow.*exp|{ON_THE_WAY}"


def swish_slope(x, beta=1.7, inner=None):
    """The derivative of x σ(βx), with another inner factor if one is given."""
    s = sigmoid(beta * x)
    return s + (beta if inner is None else inner) * x * sigmoid.derivative(beta * x)


SWISHES = [
    Bug(
        "β ignored",
        SWISH,
        F32,
        wide(lambda x: x * sigmoid(x)),
        INACCURATE,
        true=(r"beta|β|silu|swish|gate of", AT_INFINITY),
        parameters={"beta": 1.7},
    ),
    Bug(
        "1/β for β",
        SWISH,
        F32,
        wide(lambda x: x * sigmoid(x / 1.7)),
        INACCURATE,
        true=(r"beta|β|0\.588|0\.346|1 ?/ ?1\.7", AT_INFINITY),
        parameters={"beta": 1.7},
    ),
    Bug(
        "β for x too",
        SWISH,
        F32,
        wide(lambda x: 1.7 * x * sigmoid(1.7 * x)),
        INACCURATE,
        true=(r"factor of 1\.7|β|beta|1\.7", AT_INFINITY),
        parameters={"beta": 1.7},
    ),
    Bug(
        "chain rule without β",
        SWISH,
        F32,
        wide(lambda x: swish_slope(x, inner=1)),
        INACCURATE,
        subject=D,
        true=(r"chain|inner|beta|β|factor.*1\.7|term", AT_INFINITY),
        parameters={"beta": 1.7},
    ),
    Bug(
        "β times the whole slope",
        SWISH,
        F32,
        wide(lambda x: 1.7 * swish_slope(x)),
        INACCURATE,
        subject=D,
        true=(r"factor of 1\.7|beta|β", AT_INFINITY),
        parameters={"beta": 1.7},
    ),
    Bug(
        "gradient of β",
        SWISH,
        F32,
        wide(lambda x: x * x * sigmoid.derivative(1.7 * x)),
        INACCURATE,
        subject=D,
        true=(r"beta|β|parameter", AT_INFINITY),
        parameters={"beta": 1.7},
    ),
    Bug(
        "x' forgotten",
        SWISH,
        F32,
        wide(lambda x: 1.7 * x * sigmoid.derivative(1.7 * x)),
        "wrong sign",
        subject=D,
        true=(r"term|missing|product rule|σ\(|sigmoid|lacks", AT_INFINITY),
        parameters={"beta": 1.7},
    ),
    Bug(
        "exp(-βx)",
        SWISH,
        F32,
        cast(lambda x: x / (1 + np.exp(-np.float32(1.7) * x))),
        FLUSHED,
        true=(
            EXP_OVERFLOWS,
            r"argument|rounded before|βx.*rounded|float32 constant",
            AT_INFINITY,
            "(every|each) step",
        ),
        parameters={"beta": 1.7},
    ),
    Bug(
        "1.702 = 1.7",
        QUICK_GELU,
        F32,
        wide(lambda x: x * sigmoid(1.7 * x)),
        INACCURATE,
        true=(r"1\.7\b|digits|0\.9988|constant", AT_INFINITY),
    ),
    Bug(
        "β = 2",
        QUICK_GELU,
        F32,
        wide(lambda x: sigmoid(2 * x) * x),
        INACCURATE,
        true=(r"1\.175|\b2 x|constant", AT_INFINITY),
    ),
    Bug(
        "s + s(1 - s)x",
        QUICK_GELU,
        F32,
        wide(lambda x: swish_slope(x, 1.702, inner=1)),
        INACCURATE,
        subject=D,
        true=(r"chain|inner|1\.702|factor|term", AT_INFINITY),
    ),
    Bug(
        "second derivative of silu",
        QUICK_GELU,
        F32,
        wide(lambda x: sigmoid.derivative(x) * (2 + x * (1 - 2 * sigmoid(x)))),
        INACCURATE,
        subject=D2,
        true=(r"1\.702|silu|swish|gate", AT_INFINITY),
    ),
    Bug(
        "quotient in half",
        SOFTSIGN,
        F16,
        cast(lambda x: x / (1 + x)),
        "wrong sign",
        true=(r"\|x\||abs|magnitude|pole|0 ?/ ?0|1 \+ x", AT_INFINITY),
    ),
    Bug(
        "derivative by the quotient rule",
        SOFTSIGN,
        F32,
        cast(lambda x: (1 + np.abs(x) - x * np.sign(x)) / (1 + np.abs(x)) ** 2),
        FLUSHED,
        subject=D,
        true=(r"cancel|overflow|quotient", AT_INFINITY),
    ),
    Bug(
        "derivative without the square",
        SOFTSIGN,
        F32,
        wide(lambda x: 1 / (1 + np.abs(x))),
        INACCURATE,
        subject=D,
        true=(r"the term x", r"square|power|exponent|1 \+ \|x\||squared"),
    ),
    Bug(
        "1 - |y| for (1 - |y|)²",
        SOFTSIGN,
        F64,
        cast(lambda x: (1 - np.abs(x / (1 + np.abs(x)))) ** 2),
        FLUSHED,
        subject=D,
        true=(r"1 - ?\|?y|cancel|1 - ", AT_INFINITY),
    ),
    Bug(
        "0/0 at 0",
        SOFTSIGN,
        F32,
        cast(lambda x: np.abs(x) / x * (np.abs(x) / (1 + np.abs(x)))),
        NAN,
        true=(r"0 ?/ ?0|x ?/ ?x|divi.*0|at 0", AT_INFINITY),
    ),
    Bug(
        "a outside forgotten",
        SNAKE,
        F32,
        wide(lambda x: x + np.sin(2 * x) ** 2),
        INACCURATE,
        true=(r"\ba\b|factor|1 ?/ ?a|parameter|divi|term", AT_INFINITY),
        parameters={"a": 2.0},
    ),
    Bug(
        "a inside forgotten",
        SNAKE,
        F32,
        wide(lambda x: x + np.sin(x) ** 2 / 2),
        INACCURATE,
        true=(r"\ba\b|parameter|argument|sin", AT_INFINITY),
        parameters={"a": 2.0},
    ),
    Bug(
        "sine without its square",
        SNAKE,
        F32,
        wide(lambda x: x + np.sin(2 * x) / 2),
        INACCURATE,
        true=(r"square|sin", AT_INFINITY),
        parameters={"a": 2.0},
    ),
    Bug(
        "1 + sin x",
        SNAKE,
        F32,
        wide(lambda x: 1 + np.sin(x)),
        INACCURATE,
        subject=D,
        true=(r"2 ?x|chain|2 sin|inner|argument|\bsin", AT_INFINITY),
        parameters={"a": 1.0},
    ),
    Bug(
        "2π of five digits",
        SNAKE,
        F32,
        wide(lambda x: x + np.sin(x - 6.2832 * np.rint(x / 6.2832)) ** 2),
        INACCURATE,
        true=(r"π|pi|reduc|argument|6\.28|period|digits", AT_INFINITY),
        parameters={"a": 1.0},
    ),
    Bug(
        "inner factor forgotten",
        LECUN_TANH,
        F32,
        wide(lambda x: 1.7159 * np.tanh(x)),
        INACCURATE,
        true=(r"factor 0.66", r"1\.5 ?x|2/3|inner|0\.666|argument|result for"),
    ),
    Bug(
        "2/3 as 0.667",
        LECUN_TANH,
        F32,
        wide(lambda x: 1.7159 * np.tanh(0.667 * x)),
        INACCURATE,
        true=r"digits|0\.667|1\.0005|result for|constant",
    ),
    Bug(
        "derivative without 2/3",
        LECUN_TANH,
        F32,
        wide(lambda x: 1.7159 * tanh.derivative(2 * x / 3)),
        INACCURATE,
        subject=D,
        true=(r"factor 0.66", r"factor of 1\.5|2/3|chain|inner|0\.666"),
    ),
    Bug(
        "x² of ISRU",
        ISRU,
        F32,
        cast(lambda x: x / np.sqrt(1 + x * x)),
        FLUSHED,
        true=(
            r"x².*overflow|square.*overflow|overflow.*(x²|square)",
            ON_THE_WAY,
            AT_INFINITY,
            "(every|each) step",
        ),
    ),
    Bug(
        "x² of ISRU in half",
        ISRU,
        F16,
        cast(lambda x: x / np.sqrt(1 + x * x)),
        FLUSHED,
        true=(
            r"x².*overflow|square.*overflow|overflow.*(x²|square)",
            ON_THE_WAY,
            AT_INFINITY,
            "(every|each) step",
        ),
    ),
    Bug(
        "fast inverse root",
        ISRU,
        F32,
        wide(lambda x: x * rough_inverse_root(1 + np.minimum(x * x, 1e30))),
        INACCURATE,
        true=r"inverse|root|rsqrt|approximat|Newton|bits|float16|bfloat16",
    ),
]


def rough_inverse_root(x):
    """The bit trick of games, with one step of Newton's method."""
    single = np.ascontiguousarray(x, np.float32)
    guess = (np.int32(0x5F3759DF) - (single.view(np.int32) >> 1)).view(np.float32)
    return (guess * (1.5 - 0.5 * single * guess * guess)).reshape(x.shape)
