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
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from reference.arithmetic.types import Array
from verification.errors import UsageError

from .implementation import Implementation

EXAMPLE = "torch:torch.nn.functional.gelu?approximate=tanh"
Function = Callable[..., Any]
Write = Callable[[str], str]
Forward = Callable[[Array], Array]
Backward = Callable[[Array, Array], Array]

# What takes long to load is imported where it is used: only the framework that is asked for.
# ruff: noqa: PLC0415


@dataclass(frozen=True)
class Framework:
    """How to call the functions of a framework, and how its user would.

    ``array`` is the template of an array of one number. ``value`` and ``product`` write a line of
    code: they take what writes a call of the function, and the arrays x and upstream.
    """

    package: str
    adapt: Callable[[Function], tuple[Forward, Backward | None]]
    array: str
    value: Callable[[Write, str], str] = lambda call, x: call(x)
    product: Callable[[Write, str, str], str] | None = None
    before_float64: str = ""


def implementation(name: str) -> Implementation:
    """The implementation that ``name`` stands for, or UsageError."""
    framework_name, _, rest = name.partition(":")
    path, _, query = rest.partition("?")
    if framework_name not in FRAMEWORKS or not path:
        raise UsageError(
            f"expected FRAMEWORK:FUNCTION with a framework among {', '.join(FRAMEWORKS)}, such as "
            f"{EXAMPLE!r}, but got {name!r}"
        )
    framework = FRAMEWORKS[framework_name]
    options = dict(map(_option, query.split("&"))) if query else {}
    _require(framework.package, name)
    function = partial(_function(path, name), **options)
    forward, backward = framework.adapt(function)
    if options:
        _try(forward, name)
    arguments = "".join(f", {key}={value!r}" for key, value in options.items())

    def call(x: str) -> str:
        return f"{path.replace(':', '.')}({x}{arguments})"

    x, upstream, ones = map(framework.array.format, ("{x}", "{upstream}", "1.0"))
    given = Implementation(
        name,
        forward,
        call=framework.value(call, x),
        before_float64=framework.before_float64,
        origin=partial(implementation, name),
    )
    if backward is None or framework.product is None:
        return given
    return replace(
        given,
        derivative=lambda x: backward(x, np.ones_like(x)),
        backward=backward,
        derivative_call=framework.product(call, x, ones),
        backward_call=framework.product(call, x, upstream),
    )


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
    except (ValueError, SyntaxError):
        return key, value


def _try(forward: Forward, name: str) -> None:
    """Refuse options that the function does not take."""
    try:
        forward(np.array([0.5], np.float32))
    except Exception as error:  # noqa: BLE001  any is a sign that they do not fit
        said = str(error).partition("\n")[0]
        raise UsageError(
            f"{name!r}: the function does not work with these options: {said}"
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


def _numpy(function: Function) -> tuple[Forward, None]:
    """A plain function of arrays; it has no derivative of its own."""
    return function, None


def _torch(function: Function) -> tuple[Forward, Backward]:
    import torch

    vjp: Any = torch.autograd.functional.vjp

    def tensor(x: Array) -> Any:
        if x.dtype.name == "bfloat16":
            return torch.from_numpy(x.view(np.int16)).view(torch.bfloat16)
        return torch.from_numpy(x)

    def array(y: Any, like: Array) -> Array:
        y = y.detach()
        if y.dtype == torch.bfloat16:
            return np.asarray(y.view(torch.int16).numpy().view(like.dtype))
        return np.asarray(y.numpy())

    def forward(x: Array) -> Array:
        copy = x.copy(order="K")
        result = array(function(tensor(copy)), x)
        _write_back(copy, x)
        return result

    def backward(x: Array, upstream: Array) -> Array:
        copies = [argument.copy(order="K") for argument in (x, upstream)]
        _, product = vjp(function, *map(tensor, copies))
        for copy, argument in zip(copies, (x, upstream), strict=True):
            _write_back(copy, argument)
        return array(product, x)

    return forward, backward


def _write_back(copy: Array, argument: Array) -> None:
    """Where a function works in place, do so in its argument, if that may be."""
    bits = f"i{argument.itemsize}"
    if argument.flags.writeable and not np.array_equal(copy.view(bits), argument.view(bits)):
        argument[...] = copy


def _jax(function: Function) -> tuple[Forward, Backward]:
    import jax

    value = jax.jit(function)
    product = jax.jit(lambda x, u: jax.vjp(function, x)[1](u)[0])

    def run(compiled: Function, *arguments: Array) -> Array:
        with jax.enable_x64(arguments[0].dtype == np.float64):
            return np.asarray(compiled(*map(jax.numpy.asarray, arguments)))

    return partial(run, value), partial(run, product)


def _tensorflow(function: Function) -> tuple[Forward, Backward]:
    import tensorflow as tf

    def forward(x: Array) -> Array:
        return np.asarray(function(tf.constant(x)).numpy())

    def backward(x: Array, upstream: Array) -> Array:
        variable = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(variable)
            y = function(variable)
        zero = tf.UnconnectedGradients.ZERO
        gradient = tape.gradient(y, variable, tf.constant(upstream), zero)
        return np.asarray(gradient.numpy())

    return forward, backward


def _torch_product(call: Write, x: str, upstream: str) -> str:
    return f"torch.autograd.functional.vjp(lambda x: {call('x')}, {x}, {upstream})[1]"


def _jax_product(call: Write, x: str, upstream: str) -> str:
    product = f"jax.vjp(lambda x: {call('x')}, x)[1](u)[0]"
    return f"jax.jit(lambda x, u: {product})({x}, {upstream})"


def _tensorflow_product(call: Write, x: str, upstream: str) -> str:
    """One line with a colon, which a statement with a tape has to be."""
    gradient = f"gradient = tape.gradient({call('x')}, x, {upstream}); print(gradient)"
    return f"with tensorflow.GradientTape() as tape: x = {x}; tape.watch(x); {gradient}"


FRAMEWORKS = {
    "numpy": Framework("numpy", _numpy, "numpy.array([{}], '{{dtype}}')"),
    "torch": Framework(
        "torch",
        _torch,
        "torch.tensor([{}], dtype=torch.{{dtype}})",
        product=_torch_product,
    ),
    "jax": Framework(
        "jax",
        _jax,
        "jax.numpy.array([{}], '{{dtype}}')",
        lambda call, x: f"jax.jit(lambda x: {call('x')})({x})",
        _jax_product,
        "jax.config.update('jax_enable_x64', True); ",
    ),
    "tensorflow": Framework(
        "tensorflow",
        _tensorflow,
        "tensorflow.constant([{}], '{{dtype}}')",
        product=_tensorflow_product,
    ),
}
