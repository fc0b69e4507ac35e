"""Functions of NumPy, PyTorch, JAX and TensorFlow by name, with their own autodiff as derivative.

A name is ``framework:package.module.function``, with keyword arguments behind a question mark:
``torch:torch.nn.functional.gelu?approximate=tanh``, ``jax:jax.nn.gelu?approximate=False``,
``tensorflow:tensorflow.nn.silu``, ``numpy:my_package.kernels:gelu``.

PyTorch and TensorFlow run eagerly, JAX compiled by ``jax.jit``. The derivative is the framework's
own vector-Jacobian product for an upstream of ones; of a function that does not depend on x it
is 0. The snippets run what was judged, after an import of the framework.
"""

import importlib
import inspect
import sys
from ast import literal_eval
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from verification.candidates.implementation import Implementation
from verification.candidates.text import said_by
from verification.errors import UsageError

from .framework import Forward, Framework, Function
from .jax import JAX
from .numpy import NUMPY
from .tensorflow import TENSORFLOW
from .torch import TORCH

EXAMPLE = "torch:torch.nn.functional.gelu?approximate=tanh"
FRAMEWORKS = {framework.package: framework for framework in (NUMPY, TORCH, JAX, TENSORFLOW)}


def implementation(name: str) -> Implementation:
    """The implementation that ``name`` stands for, or UsageError."""
    return described(name).with_functions(functions(name))


def described(name: str) -> Implementation:
    """The implementation without its functions: what can be said before anything is imported."""
    framework, path, options = _parsed(name)
    arguments = "".join(f", {key}={value!r}" for key, value in options.items())

    def call(x: str) -> str:
        return f"{path.replace(':', '.')}({x}{arguments})"

    x, upstream, ones = map(framework.array.format, ("{x}", "{upstream}", "1.0"))
    return Implementation(
        name,
        None,
        call=framework.value(call, x),
        derivative_call=framework.product(call, x, ones) if framework.product else "",
        backward_call=framework.product(call, x, upstream) if framework.product else "",
        before_float64=framework.before_float64,
    )


def subjects(name: str) -> tuple[str, ...]:
    """What the functions of an implementation give, which depends on the framework alone."""
    framework, *_ = _parsed(name)
    return ("value", "derivative", "backward") if framework.product else ("value",)


def functions(name: str) -> dict[str, Function]:
    """The functions of an implementation, by what they give; or UsageError."""
    framework, _, options = _parsed(name)
    forward, backward = framework.adapt(function_of(name))
    if options:
        _try(forward, name)
    if backward is None:
        return {"value": forward}
    product = backward
    return {
        "value": forward,
        "derivative": lambda x: product(x, np.ones_like(x)),
        "backward": backward,
    }


def function_of(name: str) -> Function:
    """The function that such a name stands for, with its options, or UsageError."""
    framework, path, options = _parsed(name)
    _require(framework.package, name)
    return partial(_function(path, name), **options)


def _parsed(name: str) -> tuple[Framework, str, dict[str, Any]]:
    """The framework, where it has the function, and the options of calls; or UsageError."""
    framework, _, rest = name.partition(":")
    path, _, query = rest.partition("?")
    if framework not in FRAMEWORKS or not path:
        raise UsageError(
            f"expected FRAMEWORK:FUNCTION with a framework among {', '.join(FRAMEWORKS)}, such as "
            f"{EXAMPLE!r}, but got {name!r}"
        )
    return FRAMEWORKS[framework], path, dict(map(_option, query.split("&"))) if query else {}


def _require(package: str, name: str) -> None:
    try:
        importlib.import_module(package)
    except ModuleNotFoundError as error:
        if error.name != package:
            raise
        raise UsageError(
            f"{name!r}: expected the package {package!r}, but it is not installed: "
            f"python -m pip install {package}"
        ) from None


def _option(text: str) -> tuple[str, Any]:
    key, separator, value = text.partition("=")
    if not (key and separator):
        raise UsageError(f"expected options as key=value&key=value, but got {text!r}")
    try:
        return key, literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return key, value


def _try(forward: Forward, name: str) -> None:
    """Refuse options that the function does not take."""
    try:
        forward(np.array([0.5], np.float32))
    except Exception as error:  # noqa: BLE001  any is a sign that they do not fit
        raise UsageError(
            f"{name!r}: the function does not work with these options: {said_by(error)}"
        ) from None


def _function(path: str, name: str) -> Function:
    """Import the longest prefix that is a module, this folder's too, and look up the rest in it."""
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    parts = path.replace(":", ".").split(".")
    if len(parts) == 1:
        raise UsageError(f"{name!r}: expected MODULE.FUNCTION behind the colon, such as {EXAMPLE}")
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
        if inspect.isclass(found):
            raise UsageError(f"{name!r}: {'.'.join(parts)} is a class; expected a function of x")
        if callable(found):
            function: Function = found
            return function
        raise UsageError(f"{name!r}: {module_name} has no function {'.'.join(parts[length:])!r}")
    raise UsageError(f"{name!r}: no module {parts[0]!r} is installed or in this folder")
