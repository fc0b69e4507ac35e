"""A model of ONNX with one output, run by ONNX Runtime on the CPU; value alone."""

from pathlib import Path
from typing import Any

import numpy as np

from reference.arithmetic.types import Array
from verification.candidates.text import said_by
from verification.errors import UsageError

from .framework import File, Framework, Function, of_numpy

# How ONNX names the dtypes that NumPy has of its own.
TYPES = {"tensor(float16)": "float16", "tensor(float)": "float32", "tensor(double)": "float64"}


def find(path: str) -> Function:
    """The function that a model in a file is, or UsageError."""
    import onnxruntime  # noqa: PLC0415  only what is asked for is loaded

    if not Path(path).is_file():
        raise UsageError(f"expected a model of ONNX, but there is no file {path!r}")
    try:
        session: Any = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    except Exception as error:  # noqa: BLE001  it has many
        raise UsageError(f"expected a model of ONNX, but {path!r}: {said_by(error)}") from None
    inputs, outputs = session.get_inputs(), session.get_outputs()
    names = [one.name for one in inputs]
    takes = [TYPES.get(one.type, one.type) for one in inputs]

    def value(*arrays: Array) -> Array:
        if (len(names), len(outputs)) != (len(arrays), 1):
            expected = "one input" if len(arrays) == 1 else f"{len(arrays)} inputs"
            raise UsageError(
                f"expected a model with {expected} and one output, but {path!r} has {len(names)} "
                f"and {len(outputs)}"
            )
        for array, dtype in zip(arrays, takes, strict=True):
            if array.dtype.name != dtype:
                raise TypeError(f"the model takes an argument of {dtype}, not of {array.dtype}")
        return np.asarray(session.run(None, dict(zip(names, arrays, strict=True)))[0])

    return value


def _write(path: str, *arrays: str) -> str:
    given = (f"session.get_inputs()[{i}].name: {array}" for i, array in enumerate(arrays))
    run = f"session.run(None, {{{', '.join(given)}}})[0]"
    return f"(lambda session: {run})(onnxruntime.InferenceSession({path!r}))"


ONNX = Framework(
    "onnx",
    of_numpy,
    "numpy.array([{}], '{{dtype}}')",
    package="onnxruntime",
    distribution="onnxruntime",
    formats=tuple(TYPES.values()),
    file=File(find, _write),
)
