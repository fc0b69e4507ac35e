"""Bugs: clamped inputs and results, tails that are cut off, flush to zero."""

import numpy as np

from reference import gelu, leaky_relu, relu, sigmoid, silu, tanh

from .bug import BF16, F16, F32, F64, FLUSHED, INACCURATE, B, Bug, D, V
from .helpers import flush, flushing, where, wide


def silu_slope_of_flushed(x, upstream=None):
    """Return the derivative of SiLU, times upstream, with a logistic that is flushed."""
    with np.errstate(all="ignore"):
        gate = flush(np.asarray(sigmoid(x)))
        slope = gate if upstream is None else flush(gate * flush(upstream))
        right = np.asarray(silu.derivative(x) if upstream is None else silu.backward(x, upstream))
        return flush(np.where(slope == 0, slope, right))


TAILS = [
    Bug(
        "clamped at 20",
        "silu",
        F32,
        wide(lambda x: x * sigmoid(np.clip(x, -20, 20))),
        INACCURATE,
        "clamped at 20",
        true="clamped at 20|(clip|clamp).*20",
    ),
    Bug(
        "clamped at 15",
        "sigmoid",
        F64,
        lambda x: sigmoid(np.clip(x, -15, 15)),
        INACCURATE,
        "clamped at 15",
        true="clamped at 15|(clip|clamp).*15",
    ),
    Bug(
        "clamped at 3",
        "tanh",
        F32,
        lambda x: tanh(np.clip(x, -3, 3)),
        INACCURATE,
        "clamped at 3",
        true=r"clamped at 3|(clip|clamp).*\b3|saturat",
    ),
    Bug(
        "clamped derivative",
        "sigmoid",
        F32,
        lambda x: sigmoid.derivative(np.clip(x, -20, 20)),
        INACCURATE,
        "clamped at 20",
        D,
        true="clamped at 20|(clip|clamp).*20",
    ),
    Bug(
        "tail cut off",
        "gelu",
        F32,
        where(lambda x: x < -5, lambda x: -0.0 * x, gelu),
        FLUSHED,
        "cut off at 5",
        true="cut off at 5|(cut|0 left of) .*-?5|NaN at an inf|0 ?· ?∞",
    ),
    Bug(
        "flush to zero",
        "gelu",
        F32,
        where(lambda x: np.abs(gelu(x)) < 2.0**-126, lambda x: 0 * x, gelu),
        FLUSHED,
        "flush to zero",
        true="flush.*zero|subnormal|NaN at an inf|0 ?· ?∞",
    ),
    Bug(
        "flush in half",
        "silu",
        F16,
        where(lambda x: np.abs(silu(x)) < 2.0**-14, lambda x: 0 * x, silu),
        FLUSHED,
        "flush to zero",
        true="flush.*zero|subnormal|NaN at an inf|0 ?· ?∞",
    ),
    Bug(
        "subnormal inputs flushed",
        "tanh",
        F32,
        where(lambda x: np.abs(x) < 2.0**-126, lambda x: 0 * x, tanh),
        FLUSHED,
        "flush to zero",
        true="flush.*zero|subnormal",
    ),
    *(
        Bug(
            f"flushed in {dtype}",
            name,
            dtype,
            function,
            kind,
            "flush to zero",
            subject,
            true="flush.*zero|subnormal|sign of zero",
        )
        for name, dtype, subject, function, kind in [
            ("relu", F32, V, flushing(relu), FLUSHED),
            ("relu", F32, D, flushing(relu.derivative), FLUSHED),
            ("relu", F64, B, flushing(relu.backward), FLUSHED),
            ("leaky_relu", F32, D, flushing(leaky_relu.derivative), INACCURATE),
            ("leaky_relu", F16, B, flushing(leaky_relu.backward), FLUSHED),
            ("silu", F32, V, flushing(silu), FLUSHED),
            ("silu", F32, D, flushing(silu.derivative), FLUSHED),
            ("silu", F32, B, flushing(silu.backward), FLUSHED),
            ("silu", BF16, D, silu_slope_of_flushed, FLUSHED),
            ("silu", BF16, B, silu_slope_of_flushed, FLUSHED),
        ]
    ),
    Bug(
        "subnormal inputs kept",
        "leaky_relu",
        F32,
        where(lambda x: np.abs(x) < 2.0**-126, lambda x: x, leaky_relu),
        INACCURATE,
        "takes a subnormal x for 0",
        true="subnormal",
    ),
    Bug(
        "sign lost in the tail",
        "gelu",
        F64,
        where(lambda x: x < -10, lambda x: -gelu(x), gelu),
        "wrong sign",
        "minus",
        true="minus|sign",
    ),
    Bug(
        "clamped at 88.38",
        "sigmoid",
        F32,
        lambda x: sigmoid(np.clip(x, np.float32(-88.3762626647949), np.float32(88.3762626647949))),
        INACCURATE,
        "clamped at 88.38",
        true=r"88\.3",
    ),
    Bug(
        "clamped at 30.5",
        "silu",
        F64,
        lambda x: x * sigmoid(np.clip(x, -30.5, 30.5)),
        INACCURATE,
        "clamped at 30.5",
        true=r"30\.5",
    ),
    Bug(
        "result clamped",
        "sigmoid",
        F32,
        lambda x: np.clip(sigmoid(x), np.float32(1e-7), None),
        INACCURATE,
        "or the result at 1e-07",
        true="1e-0?7",
    ),
]
