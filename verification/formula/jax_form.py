"""Formulas as JAX functions, which JAX differentiates."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .evaluate import evaluate
from .language import Expression


def form(expression: Expression, names: tuple[str, ...] = ()) -> Callable[..., Any]:
    """The formula as a JAX function of x and of the parameters of these names, in this order."""

    def function(x: Any, *parameters: Any) -> Any:
        symbols = dict(zip(names, parameters, strict=True))
        result = evaluate(expression, OPERATIONS, {**symbols, "x": x, "pi": np.pi})
        return jnp.broadcast_to(jnp.asarray(result, x.dtype), jnp.shape(x))

    return function


def _softplus(u: Any) -> Any:
    """ln(1 + e^u) in the form that does not overflow."""
    return jnp.maximum(u, 0) + jnp.log1p(jnp.exp(-jnp.abs(u)))


def _normal_distribution(u: Any) -> Any:
    return jax.scipy.special.erfc(-u / jnp.sqrt(2.0)) / 2


def _normal_density(u: Any) -> Any:
    return jnp.exp(-u * u / 2) / jnp.sqrt(2 * jnp.pi)


OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "number": float,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda u: -u,
    "pow": lambda u, exponent: u**exponent,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "both": lambda a, b: a & b,
    "where": lambda condition, chosen, otherwise: jnp.where(condition, chosen(), otherwise()),
    "min": jnp.minimum,
    "max": jnp.maximum,
    "abs": jnp.abs,
    "exp": jnp.exp,
    "expm1": jnp.expm1,
    "log": jnp.log,
    "log1p": jnp.log1p,
    "sqrt": jnp.sqrt,
    "erf": jax.scipy.special.erf,
    "erfc": jax.scipy.special.erfc,
    "sin": jnp.sin,
    "cos": jnp.cos,
    "atan": jnp.arctan,
    "tanh": jnp.tanh,
    "sigmoid": jax.nn.sigmoid,
    "softplus": _softplus,
    "Phi": _normal_distribution,
    "phi": _normal_density,
}
