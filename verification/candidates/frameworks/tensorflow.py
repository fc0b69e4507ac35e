"""Functions of TensorFlow, run eagerly."""

from typing import Any

import numpy as np

from reference.arithmetic.types import Array

from .framework import Framework, Function, Gradient, Library, Write


def load(_device: str | None) -> Library:
    """Value, gradients and second derivative; zero where the function does not depend on x."""
    import tensorflow as tf  # noqa: PLC0415  only the framework that is asked for is loaded

    def call(function: Function) -> Function:
        return lambda *arguments: np.asarray(function(*map(tf.constant, arguments)).numpy())

    def gradients(function: Function, arrays: list[Any], upstream: Any) -> list[Any]:
        with tf.GradientTape() as tape:
            tape.watch(arrays)
            y = function(*arrays)
        found: list[Any] = tape.gradient(y, arrays, upstream, tf.UnconnectedGradients.ZERO)
        return found

    def product(function: Function) -> Function:
        def backward(*arguments: Array) -> tuple[Array, ...]:
            *arrays, upstream = map(tf.constant, arguments)
            found = gradients(function, arrays, upstream)
            return tuple(np.asarray(gradient.numpy()) for gradient in found)

        return backward

    def slope(function: Function) -> Function:
        return lambda x: gradients(function, [x], tf.ones_like(x))[0]

    return Library(call, product, lambda function: call(slope(slope(function))))


def _product(of: Gradient) -> str:
    """One line with a colon, which a statement with a tape has to be."""
    arrays = "; ".join(f"{name} = {text}" for name, text in zip(of.names, of.arrays, strict=True))
    watched = of.names[0] if len(of.names) == 1 else f"[{', '.join(of.names)}]"
    gradient = f"tape.gradient({of.called}, {of.names[of.which]}, {of.upstream}){of.element}"
    start = f"with tensorflow.GradientTape() as tape: {arrays}; tape.watch({watched}); "
    return f"{start}gradient = {gradient}; print(gradient)"


def _second(call: Write, x: str, _one: str) -> str:
    """Likewise, with one tape around another; of a constant slope there is no gradient but 0."""
    tapes = "tensorflow.GradientTape() as outer, tensorflow.GradientTape() as tape"
    slope = f"tape.gradient({call('x')}, x)"
    gradient = f"outer.gradient({slope}, x, unconnected_gradients='zero')"
    start = f"with {tapes}: x = {x}; outer.watch(x); tape.watch(x); "
    return f"{start}gradient = {gradient}; print(gradient)"


TENSORFLOW = Framework(
    "tensorflow",
    load,
    "tensorflow.constant([{}], '{{dtype}}')",
    product=_product,
    second=_second,
    package="tensorflow",
    distribution="tensorflow",
    homes=("tensorflow", "keras"),
)
