"""Functions of TensorFlow, run eagerly."""

import numpy as np

from reference.arithmetic.types import Array

from .framework import Backward, Forward, Framework, Function, Write


def adapt(function: Function) -> tuple[Forward, Backward]:
    """Value and gradient; zero where the function does not depend on x."""
    import tensorflow as tf  # noqa: PLC0415  only the framework that is asked for is loaded

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


def _product(call: Write, x: str, upstream: str) -> str:
    """One line with a colon, which a statement with a tape has to be."""
    gradient = f"gradient = tape.gradient({call('x')}, x, {upstream}); print(gradient)"
    return f"with tensorflow.GradientTape() as tape: x = {x}; tape.watch(x); {gradient}"


TENSORFLOW = Framework(
    "tensorflow", adapt, "tensorflow.constant([{}], '{{dtype}}')", product=_product
)
