"""Functions of TensorFlow, run eagerly."""

import numpy as np

from reference.arithmetic.types import Array

from .framework import Framework, Function, Library, Write


def load(_device: str | None) -> Library:
    """Value and gradient; zero where the function does not depend on x."""
    import tensorflow as tf  # noqa: PLC0415  only the framework that is asked for is loaded

    def call(function: Function) -> Function:
        return lambda *arguments: np.asarray(function(*map(tf.constant, arguments)).numpy())

    def product(function: Function) -> Function:
        def backward(x: Array, upstream: Array) -> Array:
            variable = tf.constant(x)
            with tf.GradientTape() as tape:
                tape.watch(variable)
                y = function(variable)
            zero = tf.UnconnectedGradients.ZERO
            gradient = tape.gradient(y, variable, tf.constant(upstream), zero)
            return np.asarray(gradient.numpy())

        return backward

    return Library(call, product)


def _product(call: Write, x: str, upstream: str) -> str:
    """One line with a colon, which a statement with a tape has to be."""
    gradient = f"gradient = tape.gradient({call('x')}, x, {upstream}); print(gradient)"
    return f"with tensorflow.GradientTape() as tape: x = {x}; tape.watch(x); {gradient}"


TENSORFLOW = Framework(
    "tensorflow",
    load,
    "tensorflow.constant([{}], '{{dtype}}')",
    product=_product,
    package="tensorflow",
    distribution="tensorflow",
    homes=("tensorflow", "keras"),
)
