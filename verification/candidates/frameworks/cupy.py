"""Functions of CuPy arrays; they have no derivative of their own."""

from typing import Any

import numpy as np

from reference.arithmetic.types import Array

from .conversion import calling
from .device import require, split
from .framework import Framework, Library


def load(device: str | None) -> Library:
    """The functions of arrays on a GPU."""
    import cupy  # noqa: PLC0415  only the framework that is asked for is loaded

    kind, number = split(device or "cuda")
    place = require(device or kind, lambda: _device(cupy, kind, number))

    def native(x: Array) -> Any:
        place.use()
        return cupy.asarray(x)

    return Library(calling(native, lambda y, _: np.asarray(cupy.asnumpy(y))))


def _device(cupy: Any, kind: str, number: int) -> Any:
    if kind not in {"cuda", "gpu"}:
        raise ValueError("CuPy has cuda alone")
    device = cupy.cuda.Device(number)
    device.use()  # raises for one that is not there
    return device


CUPY = Framework(
    "cupy",
    load,
    "cupy.array([{}], '{{dtype}}')",
    has_devices=True,
    package="cupy",
    distribution="cupy",
    homes=("cupy", "cupyx"),
    formats=("float16", "float32", "float64"),
)
