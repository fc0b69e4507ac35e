"""Bugs: a law of the function is broken by little."""

import numpy as np

from reference import gelu, sigmoid, tanh

from .bug import F32, F64, Bug, D
from .helpers import where, wide

LAWS = [
    Bug(
        "above 1",
        "sigmoid",
        F32,
        where(lambda x: x > 18, lambda x: 1 + 2.0**-23 + 0 * x, sigmoid),
        "out of bounds",
        true=r"1 ?\+|above 1|more than 1|limit|saturat|beyond 1|bounds|NaN at an inf|0 ?· ?∞",
    ),
    Bug(
        "below -1",
        "tanh",
        F64,
        where(lambda x: x < -20, lambda x: -1 - 2.0**-52 + 0 * x, tanh),
        "out of bounds",
        true="-1|below|limit|saturat|bounds|NaN at an inf|0 ?· ?∞",
    ),
    Bug(
        "ripple",
        "sigmoid",
        F32,
        wide(lambda x: sigmoid(x) * (1 + 1e-5 * np.sin(1e3 * np.clip(x, -99, 99)))),
        "not monotone",
        true="ripple|wav|sin|oscillat|periodic",
    ),
    Bug(
        "lopsided",
        "tanh",
        F32,
        where(lambda x: x > 0, lambda x: tanh(x) * (1 + 1e-5), tanh),
        "not symmetric",
        true=r"side|x > 0|positive|right of 0|symmetr|1e-0?5|1\.00001",
    ),
    Bug(
        "lopsided'",
        "sigmoid",
        F64,
        lambda x: sigmoid.derivative(x) * np.where(x > 0, 1 + 1e-12, 1),
        "not symmetric",
        None,
        D,
        true="side|x > 0|positive|right of 0|symmetr|1e-12",
    ),
    Bug(
        "zero without sign",
        "tanh",
        F32,
        lambda x: tanh(x) + np.float32(0),
        "sign of zero",
        "is lost",
        true="zero",
    ),
    Bug(
        "underflow without sign", "gelu", F64, lambda x: gelu(x) + 0.0, "sign of zero", true="zero"
    ),
]
