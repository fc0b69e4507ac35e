"""Bugs of sigmoids, hyperbolic tangents and gates: differences, slopes, scales, thresholds."""

import ml_dtypes
import numpy as np

from reference import sigmoid, tanh

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
    B,
    Bug,
    D,
)
from .helpers import cast, logistic, wide

TANH_SHRINK = "x - tanh(x)"
SOFTCAP = "30 * tanh(x / 30)"
SWISH = "x * sigmoid(beta * x)"
QUICK_GELU = "x * sigmoid(1.702 * x)"
SOFTSIGN = "x / (1 + abs(x))"
SNAKE = "x + sin(a * x)**2 / a"
LECUN_TANH = "1.7159 * tanh(0.6666666666666666 * x)"
ISRU = "x / sqrt(1 + x**2)"

CANCELS = r"cancel|x - tanh|difference"
ONE_MINUS = r"1 - s|1 - σ|1 - sigmoid|cancel"
ONE_MINUS_SQUARE = r"1 - (tanh|t)|tanh².*cancel|cancel"
EXP_OVERFLOWS = rf"exp.*overflow|overflow.*exp|{ON_THE_WAY}"


def swish_slope(x, beta=1.7, inner=None):
    """The derivative of x σ(βx), with another inner factor if one is given."""
    s = sigmoid(beta * x)
    return s + (beta if inner is None else inner) * x * sigmoid.derivative(beta * x)


def sech_by_cosh(x):
    """1 / cosh², in the format."""
    c = np.cosh(x)
    return 1 / (c * c)


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
        true=r"square|power|exponent|1 \+ \|x\||squared",
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
        true=r"1\.5 ?x|2/3|inner|0\.666|argument|result for",
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
        true=r"factor of 1\.5|2/3|chain|inner|0\.666",
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


def rough_inverse_root(x):
    """The bit trick of games, with one step of Newton's method."""
    single = np.ascontiguousarray(x, np.float32)
    guess = (np.int32(0x5F3759DF) - (single.view(np.int32) >> 1)).view(np.float32)
    return (guess * (1.5 - 0.5 * single * guess * guess)).reshape(x.shape)
