"""Functions of JAX, compiled by ``jax.jit``."""

from functools import partial

import numpy as np

from reference.arithmetic.types import Array

from .framework import Backward, Forward, Framework, Function, Write


def adapt(function: Function) -> tuple[Forward, Backward]:
    """Value, and vector-Jacobian product, in 64 bits where the arrays are."""
    import jax  # noqa: PLC0415  only the framework that is asked for is loaded

    value = jax.jit(function)
    product = jax.jit(lambda x, u: jax.vjp(function, x)[1](u)[0])

    def run(compiled: Function, *arguments: Array) -> Array:
        with jax.enable_x64(arguments[0].dtype == np.float64):
            return np.asarray(compiled(*map(jax.numpy.asarray, arguments)))

    return partial(run, value), partial(run, product)


def _value(call: Write, x: str) -> str:
    return f"jax.jit(lambda x: {call('x')})({x})"


def _product(call: Write, x: str, upstream: str) -> str:
    product = f"jax.vjp(lambda x: {call('x')}, x)[1](u)[0]"
    return f"jax.jit(lambda x, u: {product})({x}, {upstream})"


JAX = Framework(
    "jax",
    adapt,
    "jax.numpy.array([{}], '{{dtype}}')",
    _value,
    _product,
    "jax.config.update('jax_enable_x64', True); ",
)
