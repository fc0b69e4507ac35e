"""The frameworks that are known, and which one a name or an object is of."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from .array import ARRAY
from .c import C
from .cupy import CUPY
from .framework import Framework
from .jax import JAX
from .mlx import MLX
from .numpy import NUMPY
from .onnx import ONNX
from .paddle import PADDLE
from .tensorflow import TENSORFLOW
from .tinygrad import TINYGRAD
from .torch import TORCH

FRAMEWORKS = {
    framework.name: framework
    for framework in (
        NUMPY,
        TORCH,
        JAX,
        TENSORFLOW,
        MLX,
        TINYGRAD,
        PADDLE,
        CUPY,
        ARRAY,
        ONNX,
        C,
    )
}
HOMES = {home: framework for framework in FRAMEWORKS.values() for home in framework.homes}


def of_object(thing: Any) -> Framework:
    """The framework of a function or an object that can be called: NumPy where nothing tells."""
    while isinstance(thing, partial):
        thing = thing.func
    return next((HOMES[home] for home in _packages(thing) if home in HOMES), NUMPY)


def _packages(thing: Any) -> Iterator[str]:
    """The packages that it, its type and what it is a method of come from, nearest first."""
    owner = getattr(thing, "__self__", None)
    kinds = [*type(thing).__mro__, *type(owner).__mro__, getattr(thing, "__objclass__", None)]
    for place in (thing, *kinds):
        module = getattr(place, "__module__", None)
        if isinstance(module, str):
            yield {"jaxlib": "jax"}.get(package := module.partition(".")[0], package)
