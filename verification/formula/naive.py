"""Formulas evaluated step by step in a format: what a textbook implementation computes.

Each operation is done in the format and rounded to it, so that it cancels, overflows and flushes
where a straightforward kernel does. An elementary function is evaluated in a wider format and
rounded: in float32 for the 16-bit formats, as kernels do, and in float64 for float32.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from scipy import special  # type: ignore[import-untyped]  # SciPy has no types

from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array

from .evaluate import evaluate
from .language import Expression
from .storing import STORED


def evaluated(
    expression: Expression, parameters: Mapping[str, float], format_: Format, x: Array
) -> Array:
    """The formula at the numbers ``x``, every step rounded to the format."""
    symbols = {name: float(value) for name, value in parameters.items()}
    return evaluated_at(expression, symbols, format_, x)


def evaluated_at(
    expression: Expression, symbols: Mapping[str, Any], format_: Format, x: Array
) -> Array:
    """Likewise; a symbol may be another number at each x."""
    known = {"x": x, "pi": np.pi, **symbols}
    known = {name: np.asarray(value).astype(format_.dtype) for name, value in known.items()}
    with np.errstate(all="ignore"):
        result = evaluate(expression, _operations(format_), known)
        return np.broadcast_to(np.asarray(result, format_.dtype), x.shape).copy()


def _number(format_: Format, value: Fraction) -> Any:
    return np.float64(float(value)).astype(format_.dtype)


def _wider(function: Callable[[Array], Any], format_: Format) -> Callable[[Any], Any]:
    wider = np.float32 if format_.has_few_numbers else np.float64

    def call(u: Any) -> Any:
        return function(np.asarray(u).astype(wider)).astype(u.dtype)

    return call


def _functions() -> dict[str, Callable[[Any], Any]]:
    return {
        "exp": np.exp,
        "expm1": np.expm1,
        "log": np.log,
        "log1p": np.log1p,
        "sqrt": np.sqrt,
        "erf": special.erf,
        "erfc": special.erfc,
        "sin": np.sin,
        "cos": np.cos,
        "atan": np.arctan,
        "tanh": np.tanh,
        "Phi": lambda u: special.erfc(-u * u.dtype.type(np.sqrt(0.5))) / u.dtype.type(2),
        "phi": lambda u: np.exp(-u * u / u.dtype.type(2)) * u.dtype.type(1 / np.sqrt(2 * np.pi)),
        "sigmoid": lambda u: 1 / (1 + np.exp(-u)),
        "softplus": lambda u: np.logaddexp(0, u),
    }


def _power(u: Any, exponent: int) -> Any:
    result = u.dtype.type(1)
    for _ in range(abs(exponent)):
        result = result * u
    return result if exponent >= 0 else u.dtype.type(1) / result


def _operations(format_: Format) -> dict[str, Callable[..., Any]]:
    functions = {name: _wider(function, format_) for name, function in _functions().items()}
    return {
        "number": partial(_number, format_),
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
        "div": lambda a, b: a / b,
        "neg": lambda u: -u,
        "pow": _power,
        "lt": lambda a, b: a < b,
        "le": lambda a, b: a <= b,
        "gt": lambda a, b: a > b,
        "ge": lambda a, b: a >= b,
        "both": lambda a, b: a & b,
        "where": lambda condition, chosen, otherwise: np.where(condition, chosen(), otherwise()),
        "min": np.minimum,
        "max": np.maximum,
        "abs": np.abs,
        **STORED,
        **functions,
    }
