"""What others say of LeakyReLU."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from reference.arithmetic.types import Float64

from .formulas import SINGLE, single, wide
from .lore import Lore
from .mistake import DERIVATIVE, VALUE, Mistake


def _value(slope: float, x: Float64) -> Any:
    return np.where(x > 0, x, slope * x)


def _slope(slope: float, x: Float64) -> Any:
    return np.where(x > 0, 1.0, slope)


def _mistakes(parameters: Mapping[str, float]) -> tuple[Mistake, ...]:
    """Another slope than the one that is asked for."""
    right = parameters["negative_slope"]

    def slopes() -> Iterator[tuple[str, float]]:
        yield SINGLE, single(right)
        others = (
            ("0.2, TensorFlow's default", 0.2),
            ("0.3, Keras's default", 0.3),
            ("0.01, PyTorch's and JAX's default", 0.01),
            ("0.1", 0.1),
            ("0.001", 0.001),
            ("1/128", 1 / 128),
        )
        for said, slope in others:
            if slope != right:
                yield f"the slope is {said}, not {right:g}", slope
        yield "the slope has the wrong sign", -right

    return tuple(
        Mistake(subject, why, wide(partial(form, slope)), in_float64=why == SINGLE)
        for subject, form in ((VALUE, _value), (DERIVATIVE, _slope))
        for why, slope in slopes()
    )


LORE = Lore(
    spellings={
        "torch": "torch:torch.nn.functional.leaky_relu",
        "jax": "jax:jax.nn.leaky_relu",
        "tensorflow": "tensorflow:tensorflow.nn.leaky_relu?alpha=0.01",
    },
    keywords={
        "torch": {"negative_slope": "negative_slope"},
        "jax": {"negative_slope": "negative_slope"},
        "tensorflow": {"negative_slope": "alpha"},
    },
    choices={
        "left": "PyTorch's and TensorFlow's choice",
        "right": "JAX's choice",
    },
    mistakes_of=_mistakes,
)
