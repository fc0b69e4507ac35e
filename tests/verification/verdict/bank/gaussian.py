"""Bugs of the forms of GELU and of what else is made of the normal distribution."""

from math import pi, sqrt

import numpy as np
from scipy.special import erf, erfc, ndtr

from reference import gelu, gelu_tanh

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
from .helpers import ROOT, cast, stable_tanh_form, tanh_form, wide
from .overflow import tanh_form_slope

LAPLACE = "0.5 * (1 + erf((x - mu) / (sigma * sqrt(2))))"
MEGA = {"mu": 0.707107, "sigma": 0.282095}
ERF = "erf(x)"
GAUSSIAN_GATE = "x * Phi(x)"
CLIPPED_GELU = "min(max(x * Phi(x), -10), 10)"

ONE_PLUS_ERF = r"1 \+ erf|erf.*cancel|cancel"
ONE_PLUS_TANH = r"1 \+ tanh|tanh.*cancel|1 - tanh|cancel"


def phi(x):
    """The normal density."""
    return np.exp(-x * x / 2) / sqrt(2 * pi)


def hastings(x):
    """Abramowitz and Stegun, 7.1.26, as it stands in many kernels: an erf to seven digits."""
    t = 1 / (1 + 0.3275911 * np.abs(x))
    p = 1.421413741 + t * (-1.453152027 + t * 1.061405429)
    p = t * (0.254829592 + t * (-0.284496736 + t * p))
    return np.sign(x) * (1 - p * np.exp(-x * x))


def without_inner(x):
    """The slope of the tanh form, but for the derivative of the cubic term."""
    t = np.tanh(ROOT * (x + 0.044715 * x**3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * ROOT


GAUSSIAN = [
    Bug(
        "κ = 0.044175",
        "gelu_tanh",
        F32,
        wide(lambda x: stable_tanh_form(x, kappa=0.044175)),
        INACCURATE,
        true=(r"0\.04417|κ|digits", AT_INFINITY),
    ),
    Bug(
        "√(2/π) left out",
        "gelu_tanh",
        F32,
        wide(lambda x: stable_tanh_form(x, root=1.0)),
        INACCURATE,
        true=(r"√\(2/π\)|0\.797|1\.2533|factor|constant", AT_INFINITY),
    ),
    Bug(
        "√(2/π) for 2/π",
        "gelu_tanh",
        F16,
        wide(lambda x: stable_tanh_form(x, root=2 / pi)),
        INACCURATE,
        true=(r"√\(2/π\)|0\.636|0\.797|constant|2/π", AT_INFINITY),
    ),
    Bug(
        "x² for x³",
        "gelu_tanh",
        F32,
        wide(lambda x: tanh_form(x) * 0 + x / 2 * (1 + np.tanh(ROOT * (x + 0.044715 * x * x)))),
        INACCURATE,
        true=(r"x\*\*2 stands", r"x²|x³|cubic|power", ONE_PLUS_TANH, AT_INFINITY),
    ),
    Bug(
        "chain rule without 3κx²",
        "gelu_tanh",
        F32,
        wide(without_inner),
        INACCURATE,
        subject=D,
        true=(r"factor 1 \+ 0\.13", r"3 ?κ|chain|inner|cubic|term", ONE_PLUS_TANH, AT_INFINITY),
    ),
    Bug(
        "slope in half",
        "gelu_tanh",
        F16,
        cast(tanh_form_slope),
        NAN,
        subject=D,
        true=(
            ONE_PLUS_TANH,
            r"x².*overflow|x³.*overflow|(every|each) step",
            ON_THE_WAY,
            AT_INFINITY,
        ),
    ),
    Bug(
        "slope in bfloat16",
        "gelu_tanh",
        BF16,
        cast(tanh_form_slope),
        FLUSHED,
        subject=D,
        true=(
            ONE_PLUS_TANH,
            r"x².*overflow|x³.*overflow|(every|each) step",
            ON_THE_WAY,
            AT_INFINITY,
        ),
    ),
    Bug(
        "second derivative without 2",
        "gelu",
        F32,
        wide(lambda x: (1 - x * x) * phi(x)),
        INACCURATE,
        subject=D2,
        true=(r"\b2\b|2 - x²|term|missing|φ|factor", AT_INFINITY),
    ),
    Bug(
        "φ with 1/√π",
        "gelu",
        F32,
        wide(lambda x: ndtr(x) + x * np.exp(-x * x / 2) / sqrt(pi)),
        INACCURATE,
        subject=D,
        true=(r"√2|2π|φ|factor|1\.414|density", AT_INFINITY),
    ),
    Bug(
        "exp(x²/2) without its sign",
        "gelu",
        F32,
        wide(lambda x: ndtr(x) + x * np.exp(x * x / 2) / sqrt(2 * pi)),
        INACCURATE,
        subject=D,
        true=(r"sign|exp\(x²|-x²|overflow|φ", AT_INFINITY, ON_THE_WAY),
    ),
    Bug(
        "minus x φ(x)",
        "gelu",
        F64,
        wide(lambda x: ndtr(x) - x * phi(x)),
        INACCURATE,
        subject=D,
        true=(r"sign|minus|subtract|x φ|term|for -x", AT_INFINITY),
    ),
    Bug(
        "upstream for one term alone",
        "gelu",
        F32,
        wide(lambda x, u: ndtr(x) + u * x * phi(x)),
        INACCURATE,
        subject=B,
        true=(r"upstream|term", AT_INFINITY),
    ),
    Bug(
        "erf to seven digits",
        GAUSSIAN_GATE,
        F32,
        wide(lambda x: x / 2 * (1 + hastings(x * sqrt(0.5)))),
        INACCURATE,
        true=(
            r"erf.*(approx|polynomial|digits)|polynomial|rational|Abramowitz|Hastings|approxim",
            ONE_PLUS_ERF,
            AT_INFINITY,
        ),
    ),
    Bug("tanh form of the formula", GAUSSIAN_GATE, F64, gelu_tanh, INACCURATE, true=r"tanh form"),
    Bug(
        "the gate alone",
        GAUSSIAN_GATE,
        F32,
        wide(ndtr),
        INACCURATE,
        true=r"factor x|x is (missing|left out)|Φ|gate alone|lacks",
    ),
    Bug(
        "clipped before the product",
        CLIPPED_GELU,
        F32,
        wide(lambda x: np.clip(x, -10, 10) * ndtr(x)),
        INACCURATE,
        true=r"(clip|clamp).*(x|input|10)|saturat",
        beside="cut off",
    ),
    Bug(
        "not clipped",
        CLIPPED_GELU,
        F32,
        gelu,
        INACCURATE,
        true=r"\bgelu\b|(clip|clamp|cap|bound)|x itself|\b10\b",
    ),
    Bug(
        "σ as variance",
        LAPLACE,
        F64,
        wide(lambda x: ndtr((x - 0.707107) / sqrt(0.282095))),
        INACCURATE,
        true=r"sigma|σ|variance|√|sqrt|root|constant|argument",
        parameters=MEGA,
    ),
    Bug(
        "√2 left out",
        LAPLACE,
        F64,
        wide(lambda x: erfc(-(x - 0.707107) / 0.282095) / 2),
        INACCURATE,
        true=r"√2|sqrt\(2\)|1\.414|argument|constant",
        parameters=MEGA,
    ),
    Bug(
        "μ added",
        LAPLACE,
        F32,
        wide(lambda x: ndtr((x + 0.707107) / 0.282095)),
        INACCURATE,
        true=r"sign|mu\b|μ|x \+ 1\.414|shift|constant|argument",
        parameters=MEGA,
    ),
    Bug(
        "μ and σ exchanged",
        LAPLACE,
        F32,
        wide(lambda x: ndtr((x - 0.282095) / 0.707107)),
        INACCURATE,
        true=r"exchang|swap|mu\b|sigma|parameter",
        parameters=MEGA,
    ),
    Bug(
        "1 + erf of Laplace in double",
        LAPLACE,
        F64,
        cast(lambda x: 0.5 * (1 + erf((x - 0.707107) / (0.282095 * sqrt(2))))),
        FLUSHED,
        true=(ONE_PLUS_ERF, r"(every|each) step"),
        parameters=MEGA,
    ),
    Bug(
        "density without 1/σ",
        LAPLACE,
        F32,
        wide(lambda x: phi((x - 0.707107) / 0.282095)),
        INACCURATE,
        subject=D,
        true=(r"constant 0.5 is 0.141", r"factor of 0\.28|sigma|chain|inner|1 ?/ ?σ|3\.54"),
        parameters=MEGA,
    ),
    Bug(
        "derivative without 2/√π",
        ERF,
        F32,
        wide(lambda x: np.exp(-x * x)),
        INACCURATE,
        subject=D,
        true=(r"factor 2 / sqrt", r"factor of (0\.886|1\.128)|√π|2/√π|constant factor"),
    ),
    Bug(
        "tanh for erf",
        ERF,
        F32,
        wide(lambda x: np.tanh(1.12838 * x)),
        INACCURATE,
        true=(r"approximation", r"tanh|1\.128"),
    ),
    Bug(
        "Hastings in double",
        ERF,
        F64,
        wide(hastings),
        INACCURATE,
        true=r"approx|polynomial|rational|digits|cancel|Hastings|Abramowitz|absolute",
        beside="sign of zero",
    ),
]
