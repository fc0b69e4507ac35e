"""Functions of JAX, compiled by ``jax.jit``."""

from typing import Any

import numpy as np

from reference.arithmetic.types import Array

from .device import require, split
from .framework import Framework, Function, Gradient, Library, Write


def load(device: str | None) -> Library:
    """Value, vector-Jacobian product and second derivative, in 64 bits where the arrays are."""
    import jax  # noqa: PLC0415  only the framework that is asked for is loaded

    place = None
    if device is not None:
        kind, number = split(device)
        place = require(device, lambda: jax.devices(kind)[number])

    def call(function: Function, then: Function = np.asarray) -> Function:
        compiled = jax.jit(function)

        def run(*arguments: Array) -> Any:
            with jax.enable_x64(arguments[0].dtype == np.float64):
                here = [jax.numpy.asarray(argument, device=place) for argument in arguments]
                return then(compiled(*here))

        return run

    def product(function: Function) -> Function:
        return call(
            lambda *arrays: jax.vjp(function, *arrays[:-1])[1](arrays[-1]),
            lambda gradients: tuple(map(np.asarray, gradients)),
        )

    def slope(function: Function) -> Function:
        return lambda x: jax.vjp(function, x)[1](jax.numpy.ones_like(x))[0]

    def second(function: Function) -> Function:
        return call(slope(slope(function)))

    return Library(call, product, second, compiles=True)


def _value(call: Write, *arrays: str) -> str:
    names = ", ".join(("x", "y")[: len(arrays)])
    return f"jax.jit(lambda {names}: {call(*names.split(', '))})({', '.join(arrays)})"


def _product(of: Gradient) -> str:
    names = ", ".join(of.names)
    product = f"jax.vjp({of.function}, {names})[1](u)[{of.which}]{of.element}"
    return f"jax.jit(lambda {names}, u: {product})({', '.join(of.arrays)}, {of.upstream})"


def _second(call: Write, x: str, one: str) -> str:
    slope = f"jax.vjp(lambda x: {call('x')}, x)[1](u)[0]"
    return f"jax.jit(lambda x, u: jax.vjp(lambda x: {slope}, x)[1](u)[0])({x}, {one})"


JAX = Framework(
    "jax",
    load,
    "jax.numpy.array([{}], '{{dtype}}'{})",
    value=_value,
    product=_product,
    second=_second,
    before_float64="jax.config.update('jax_enable_x64', True); ",
    has_devices=True,
    on=", device=jax.devices({kind!r})[{number}]",
    package="jax",
    distribution="jax",
    homes=("jax", "flax"),
)
