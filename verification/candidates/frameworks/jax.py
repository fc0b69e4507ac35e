"""Functions of JAX, compiled by ``jax.jit``."""

import numpy as np

from reference.arithmetic.types import Array

from .device import require, split
from .framework import Framework, Function, Library, Write


def load(device: str | None) -> Library:
    """Value, and vector-Jacobian product, in 64 bits where the arrays are."""
    import jax  # noqa: PLC0415  only the framework that is asked for is loaded

    place = None
    if device is not None:
        kind, number = split(device)
        place = require(device, lambda: jax.devices(kind)[number])

    def call(function: Function) -> Function:
        compiled = jax.jit(function)

        def run(*arguments: Array) -> Array:
            with jax.enable_x64(arguments[0].dtype == np.float64):
                here = [jax.numpy.asarray(argument, device=place) for argument in arguments]
                return np.asarray(compiled(*here))

        return run

    def product(function: Function) -> Function:
        return call(lambda x, u: jax.vjp(function, x)[1](u)[0])

    return Library(call, product)


def _value(call: Write, x: str) -> str:
    return f"jax.jit(lambda x: {call('x')})({x})"


def _product(call: Write, x: str, upstream: str) -> str:
    product = f"jax.vjp(lambda x: {call('x')}, x)[1](u)[0]"
    return f"jax.jit(lambda x, u: {product})({x}, {upstream})"


JAX = Framework(
    "jax",
    load,
    "jax.numpy.array([{}], '{{dtype}}'{})",
    value=_value,
    product=_product,
    before_float64="jax.config.update('jax_enable_x64', True); ",
    has_devices=True,
    on=", device=jax.devices({kind!r})[{number}]",
    package="jax",
    distribution="jax",
    homes=("jax", "flax"),
)
