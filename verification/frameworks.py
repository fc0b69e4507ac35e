"""Functions of NumPy, PyTorch, JAX and TensorFlow by name, with their own autodiff as derivative.

A name is ``framework:package.module.function``, with keyword arguments behind a question mark:
``torch:torch.nn.functional.gelu?approximate=tanh``, ``jax:jax.nn.gelu?approximate=False``,
``tensorflow:tensorflow.nn.silu``, ``numpy:my_package.kernels:gelu``.
"""

import importlib
import sys
from ast import literal_eval
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from reference.arithmetic.types import Array

from .errors import UsageError
from .implementation import Implementation

EXAMPLE = "torch:torch.nn.functional.gelu?approximate=tanh"

# What takes long to load is imported where it is used: only the framework that is asked for.
# ruff: noqa: PLC0415


def implementation(name: str) -> Implementation:
    """The implementation that ``name`` stands for, or UsageError."""
    framework, _, rest = name.partition(":")
    path, _, query = rest.partition("?")
    if framework not in FRAMEWORKS or not path:
        raise UsageError(
            f"expected FRAMEWORK:FUNCTION with a framework among {', '.join(FRAMEWORKS)}, such as "
            f"{EXAMPLE!r}, but got {name!r}"
        )
    options = dict(map(_option, query.split("&"))) if query else {}
    function = partial(_function(path, name), **options)
    shown = path.replace(":", ".")
    arguments = "".join(f", {key}={value!r}" for key, value in options.items())
    made = FRAMEWORKS[framework](name, function, f"{shown}({{}}{arguments})")
    return replace(made, origin=partial(implementation, name))


def _option(text: str) -> tuple[str, Any]:
    key, separator, value = text.partition("=")
    if not (key and separator):
        raise UsageError(f"expected options as key=value&key=value, but got {text!r}")
    try:
        return key, literal_eval(value)
    except (ValueError, SyntaxError):
        return key, value


def _function(path: str, name: str) -> Callable[..., Any]:
    """Import the longest prefix that is a module, this folder's too, and look up the rest in it."""
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    parts = path.replace(":", ".").split(".")
    for length in range(len(parts) - 1, 0, -1):
        module_name = ".".join(parts[:length])
        try:
            found: Any = importlib.import_module(module_name)
        except ModuleNotFoundError as error:
            if error.name and not f"{module_name}.".startswith(f"{error.name}."):
                raise
            continue
        for part in parts[length:]:
            found = getattr(found, part, None)
        if callable(found):
            function: Callable[..., Any] = found
            return function
        raise UsageError(f"{name!r}: {module_name} has no function {'.'.join(parts[length:])!r}")
    raise UsageError(f"{name!r}: no module {parts[0]!r} is installed or in this folder")


def _numpy(name: str, function: Callable[..., Any], call: str) -> Implementation:
    """A plain function of arrays; it has no derivative of its own."""
    x = "numpy.array([{x}], '{dtype}')"
    return Implementation(name, function, call=call.format(x))


def _torch(name: str, function: Callable[..., Any], call: str) -> Implementation:
    import torch

    def tensor(x: Array) -> Any:
        if x.dtype.name == "bfloat16":
            return torch.from_numpy(x.view(np.int16).copy()).view(torch.bfloat16)
        return torch.from_numpy(x.copy())

    def array(y: Any, like: Array) -> Array:
        y = y.detach()
        if y.dtype == torch.bfloat16:
            return np.asarray(y.view(torch.int16).numpy().view(like.dtype))
        return np.asarray(y.numpy())

    def forward(x: Array) -> Array:
        return array(function(tensor(x)), x)

    def backward(x: Array, upstream: Array) -> Array:
        variable = tensor(x).requires_grad_()
        (gradient,) = torch.autograd.grad(function(variable), variable, tensor(upstream))
        return array(gradient, x)

    x = "torch.tensor([{x}], dtype=torch.{dtype}, requires_grad=True)"
    pull = f"{call.format('x')}.backward(torch.tensor([{{upstream}}]))"
    return _with_autodiff(
        Implementation(
            name,
            forward,
            backward=backward,
            call=call.format(x),
            backward_call=f"x = {x}; {pull}; x.grad",
        )
    )


def _jax(name: str, function: Callable[..., Any], call: str) -> Implementation:
    import jax

    def forward(x: Array) -> Array:
        with jax.enable_x64(True):  # noqa: FBT003 it takes no keyword that is documented
            return np.asarray(function(jax.numpy.asarray(x)))

    def backward(x: Array, upstream: Array) -> Array:
        with jax.enable_x64(True):  # noqa: FBT003 likewise
            _, pull = jax.vjp(function, jax.numpy.asarray(x))
            return np.asarray(pull(jax.numpy.asarray(upstream))[0])

    x = "jax.numpy.array([{x}], '{dtype}')"
    pull = f"jax.vjp(lambda x: {call.format('x')}, {x})[1]"
    return _with_autodiff(
        Implementation(
            name,
            forward,
            backward=backward,
            call=call.format(x),
            backward_call=f"{pull}(jax.numpy.array([{{upstream}}], '{{dtype}}'))",
        )
    )


def _tensorflow(name: str, function: Callable[..., Any], call: str) -> Implementation:
    import tensorflow as tf

    def forward(x: Array) -> Array:
        return np.asarray(function(tf.constant(x)).numpy())

    def backward(x: Array, upstream: Array) -> Array:
        variable = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(variable)
            y = function(variable)
        gradient = tape.gradient(y, variable, output_gradients=tf.constant(upstream))
        return np.asarray(gradient.numpy())

    x = "tensorflow.constant([{x}], '{dtype}')"
    return _with_autodiff(Implementation(name, forward, backward=backward, call=call.format(x)))


def _with_autodiff(given: Implementation) -> Implementation:
    """The derivative as the framework's own gradient for an upstream of ones."""
    backward = given.backward
    assert backward is not None  # noqa: S101 each framework above gives one
    return Implementation(
        given.name,
        given.forward,
        lambda x: backward(x, np.ones_like(x)),
        backward,
        given.call,
        given.backward_call.replace("{upstream}", "1.0"),
        given.backward_call,
    )


FRAMEWORKS: dict[str, Callable[[str, Callable[..., Any], str], Implementation]] = {
    "numpy": _numpy,
    "torch": _torch,
    "jax": _jax,
    "tensorflow": _tensorflow,
}
