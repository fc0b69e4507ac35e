"""Bugs: a difference of near numbers, or an argument that is rounded too early."""

from math import pi, sqrt

import numpy as np
from scipy.special import erf, erfc

from reference import sigmoid

from .bug import BF16, F16, F32, F64, FLUSHED, INACCURATE, Bug, D
from .helpers import cast, logistic, tanh_form, wide


def tanh_form_step_by_step(x):
    """The tanh form with its constants in the format of x, and so (every|each) step."""
    root, kappa = x.dtype.type(sqrt(2 / pi)), x.dtype.type(0.044715)
    return x / 2 * (1 + np.tanh(root * (x + kappa * x * x * x)))


CANCELLATION = [
    Bug(
        "1 + erf",
        "gelu",
        F32,
        cast(lambda x: 0.5 * x * (1 + erf(x * sqrt(0.5)))),
        INACCURATE,
        "1 + erf cancels left of -3",
        true=r"1 \+ erf|erf.*cancel|∞|infinit",
    ),
    Bug(
        "1 + erf in double",
        "gelu",
        F64,
        cast(lambda x: 0.5 * x * (1 + erf(x * sqrt(0.5)))),
        FLUSHED,
        "1 + erf cancels",
        true=r"1 \+ erf|erf.*cancel|∞|infinit",
    ),
    Bug(
        "rounded before erfc",
        "gelu",
        F32,
        cast(lambda x: 0.5 * x * erfc(-x * np.sqrt(x.dtype.type(0.5)))),
        INACCURATE,
        "rounded before erfc",
        true="rounded before erfc|argument.*rounded|x.*error|rounded.*(argument|product)|∞|infinit",
    ),
    Bug(
        "rounded before exp",
        "gelu",
        F32,
        cast(lambda x: 0.5 * erfc(-x * sqrt(0.5)) + x * np.exp(-0.5 * x**2) * (1 / sqrt(2 * pi))),
        INACCURATE,
        "rounded before erfc or exp",
        D,
        true="rounded before|(argument|x²).*rounded|rounded.*(argument|product|x²)|∞|infinit",
    ),
    Bug(
        "1 + tanh",
        "gelu_tanh",
        F32,
        cast(tanh_form),
        FLUSHED,
        "1 + tanh cancels",
        true=r"1 \+ tanh|tanh.*cancel|∞|infinit",
    ),
    Bug(
        "1 + tanh in bfloat16",
        "gelu_tanh",
        BF16,
        cast(tanh_form),
        INACCURATE,
        "1 + tanh cancels",
        true=r"1 \+ tanh|tanh.*cancel|∞|infinit",
    ),
    Bug(
        "1 + tanh, each step in bfloat16",
        "gelu_tanh",
        BF16,
        tanh_form_step_by_step,
        FLUSHED,
        "1 + tanh cancels",
        true=r"1 \+ tanh|tanh.*cancel|(every|each) step|∞|infinit",
    ),
    Bug(
        "1 + tanh in float32 for float16",
        "gelu_tanh",
        F16,
        lambda x: tanh_form(x.astype(np.float32)).astype(np.float16),
        INACCURATE,
        "1 + tanh cancels",
        true=r"1 \+ tanh|tanh.*cancel|∞|infinit",
    ),
    Bug(
        "half angle",
        "sigmoid",
        F32,
        cast(lambda x: 0.5 * (1 + np.tanh(0.5 * x))),
        FLUSHED,
        "1 + tanh cancels",
        true=r"1 \+ tanh|tanh.*cancel",
    ),
    Bug(
        "2σ - 1",
        "tanh",
        F32,
        cast(lambda x: 2 * logistic(2 * x) - 1),
        INACCURATE,
        "2σ(2x) - 1 cancels",
        true="2 ?σ|cancel.*0|- 1 cancels",
    ),
    Bug(
        "1 - 2/(e + 1)",
        "tanh",
        F64,
        cast(lambda x: 1 - 2 / (np.exp(2 * x) + 1)),
        FLUSHED,
        "cancels near 0",
        true="cancel",
    ),
    Bug(
        "s(1 - s)",
        "sigmoid",
        F32,
        wide(
            lambda x: (
                np.float32(sigmoid(x.astype(np.float32))) * (1 - sigmoid(x.astype(np.float32)))
            )
        ),
        FLUSHED,
        "s(1 - s) flushes to 0 above 16.6",
        D,
        true="1 - s|1 - σ|1 - sigmoid|computed in float32|rounded s",
    ),
    Bug(
        "s(1 - s) in double",
        "sigmoid",
        F64,
        lambda x: sigmoid(x) * (1 - sigmoid(x)),
        FLUSHED,
        "s(1 - s) flushes to 0 above 36.7",
        D,
        true="1 - s|1 - σ|1 - sigmoid",
    ),
    Bug(
        "s(1 - s) in half",
        "sigmoid",
        F16,
        lambda x: sigmoid(x) * (1 - sigmoid(x)),
        FLUSHED,
        "s(1 - s)",
        D,
        true="1 - s|1 - σ|1 - sigmoid",
    ),
    Bug(
        "1 - t²",
        "tanh",
        F32,
        cast(lambda x: 1 - np.tanh(x) ** 2),
        FLUSHED,
        "1 - tanh² cancels",
        D,
        true="1 - (tanh|t)|tanh².*cancel",
    ),
    Bug(
        "1 - t² in bfloat16",
        "tanh",
        BF16,
        cast(lambda x: 1 - np.tanh(x) ** 2),
        FLUSHED,
        "1 - tanh²",
        D,
        true="1 - (tanh|t)|tanh².*cancel",
    ),
    Bug(
        "1 + erf in gelu'",
        "gelu",
        F32,
        cast(
            lambda x: 0.5 * (1 + erf(x * sqrt(0.5))) + x * np.exp(-x * x / 2) * (1 / sqrt(2 * pi))
        ),
        INACCURATE,
        "1 + erf cancels",
        D,
        true=r"1 \+ erf|erf.*cancel|rounded before|x² .*rounded|∞|infinit",
    ),
    Bug(
        "s(1 - s) in float32 for bfloat16",
        "sigmoid",
        BF16,
        cast(lambda x: logistic(x.astype(np.float32)) * (1 - logistic(x.astype(np.float32)))),
        FLUSHED,
        "s(1 - s) flushes to 0 above 16.6",
        D,
        true="1 - s|1 - σ|1 - sigmoid",
    ),
    Bug(
        "1 - t² in float32 for half",
        "tanh",
        F16,
        cast(lambda x: 1 - np.tanh(x.astype(np.float32)) ** 2),
        INACCURATE,
        "1 - tanh² cancels",
        D,
        true="1 - (tanh|t)|tanh².*cancel",
    ),
]
