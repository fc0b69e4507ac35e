"""Bugs: constants of too few digits, or of another place."""

from math import pi, sqrt

import numpy as np
from scipy.special import erfc

from reference import leaky_relu

from .bug import F32, F64, INACCURATE, Bug, D
from .helpers import HALF_ROOT, SINGLE, cast, stable_tanh_form, wide

CONSTANTS = [
    Bug(
        "float32 √½",
        "gelu",
        F64,
        cast(lambda x: x / 2 * erfc(-x * HALF_ROOT)),
        INACCURATE,
        "float32 constants in a float64 kernel",
        true="float32 constant|constants?.*float32|short|NaN at an inf|0 ?· ?∞",
    ),
    Bug(
        "float32 √½, differentiated",
        "gelu",
        F64,
        cast(
            lambda x: (
                erfc(-x * HALF_ROOT) / 2
                + x * HALF_ROOT / sqrt(pi) * np.exp(-x * HALF_ROOT * (x * HALF_ROOT))
            )
        ),
        INACCURATE,
        "float32 constants",
        D,
        true="float32 constant|constants?.*float32|short|NaN at an inf|0 ?· ?∞",
    ),
    Bug(
        "float32 constants",
        "gelu_tanh",
        F64,
        lambda x: stable_tanh_form(x, SINGLE["root"], SINGLE["kappa"]),
        INACCURATE,
        "float32 constants",
        true="float32 constant|constants?.*float32|short|NaN at an inf|0 ?· ?∞",
    ),
    Bug(
        "float32 slope",
        "leaky_relu",
        F64,
        lambda x: leaky_relu(x, negative_slope=float(np.float32(0.01))),
        INACCURATE,
        "float32 constants",
        true="float32 constant|constants?.*float32|short",
    ),
    Bug(
        "float32 slope in leaky'",
        "leaky_relu",
        F64,
        lambda x: np.where(x > 0, 1, float(np.float32(0.01))),
        INACCURATE,
        "float32 constants",
        D,
        true="float32 constant|constants?.*float32|short",
    ),
    Bug(
        "κ = 0.0447",
        "gelu_tanh",
        F32,
        wide(lambda x: stable_tanh_form(x, kappa=0.0447)),
        INACCURATE,
        "short of digits",
        true=r"digits|0\.0447\b|κ|0\.044715|NaN at an inf|0 ?· ?∞",
    ),
    Bug(
        "κ = 0.44715",
        "gelu_tanh",
        F32,
        wide(lambda x: stable_tanh_form(x, kappa=0.44715)),
        INACCURATE,
        "0.44715",
        true=r"0\.44715|κ|NaN at an inf|0 ?· ?∞",
    ),
    Bug(
        "no cubic term",
        "gelu_tanh",
        F32,
        wide(lambda x: stable_tanh_form(x, kappa=0.0)),
        INACCURATE,
        "cubic",
        true="cubic|x³|κ|NaN at an inf|0 ?· ?∞",
    ),
    Bug(
        "√(2/π) = 0.7979",
        "gelu_tanh",
        F32,
        wide(lambda x: stable_tanh_form(x, root=0.7979)),
        INACCURATE,
        "short of digits",
        true=r"digits|0\.7979|√\(2/π\)|NaN at an inf|0 ?· ?∞",
    ),
    Bug(
        "√(2/π) = 0.7978846 in double",
        "gelu_tanh",
        F64,
        lambda x: stable_tanh_form(x, root=0.7978846),
        INACCURATE,
        "short of digits",
        true=r"digits|0\.7978846|√\(2/π\)|NaN at an inf|0 ?· ?∞",
    ),
    Bug(
        "√2 = 1.414213562",
        "gelu",
        F64,
        cast(lambda x: x / 2 * erfc(-x / 1.414213562)),
        INACCURATE,
        "the gate of (1 +2.64e-10) x",
        true=r"digits|1\.414213562|√2|√½|1 ?\+2\.64e-10|0\.70710678|NaN at an inf|0 ?· ?∞",
    ),
]
