"""What planted bugs are made of: roundings, and functions as somebody writes them."""

from math import pi, sqrt

import ml_dtypes
import numpy as np
from scipy.special import erf

from reference import sigmoid

ROOT = sqrt(2 / pi)

SINGLE = {name: float(np.float32(c)) for name, c in {"root": ROOT, "kappa": 0.044715}.items()}

HALF_ROOT = float(np.float32(sqrt(0.5)))


def cast(function):
    """Return results in the dtype of the input, whatever happens inside."""

    def wrapped(x, *more):
        with np.errstate(all="ignore"):
            return np.asarray(function(x, *more)).astype(x.dtype)

    return wrapped


def where(condition, wrong, right):
    """Right, but where a condition on x holds."""

    def wrapped(x):
        with np.errstate(all="ignore"):
            wide = x.astype(np.float64)
            return np.where(condition(wide), np.asarray(wrong(wide)), right(wide))

    return cast(wrapped)


def wide(function):
    """In float64, then rounded."""
    return cast(lambda *arrays: function(*(array.astype(np.float64) for array in arrays)))


def through(dtype, function, *, inputs=True):
    """Round what goes in, and what comes out, to another format."""
    return cast(lambda x: np.asarray(function(x.astype(dtype) if inputs else x)).astype(dtype))


def logistic(x):
    """Return the textbook's form."""
    return 1 / (1 + np.exp(-x))


def tanh_form(x, root=ROOT, kappa=0.044715):
    """Return GELU by tanh, step by step."""
    return 0.5 * x * (1 + np.tanh(root * (x + kappa * x**3)))


def stable_tanh_form(x, root=ROOT, kappa=0.044715):
    """Return the same without cancellation."""
    return x * sigmoid(2 * root * (x + kappa * x**3))


def doubled_first(x):
    """Return GELU as PyTorch does: x times 1 + erf, then the half of it."""
    return x * (1 + erf(x * sqrt(0.5)).astype(x.dtype)) * x.dtype.type(0.5)


def flush(x):
    """Return 0 for a subnormal number, as processors do that are told to."""
    with np.errstate(invalid="ignore"):
        return np.where(np.abs(x) < ml_dtypes.finfo(x.dtype).smallest_normal, x.dtype.type(0), x)


def flushing(function):
    """Flush what goes into a function and what comes out."""
    return lambda *arguments: flush(np.asarray(function(*map(flush, arguments))))
