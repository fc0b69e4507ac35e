"""A model of ONNX with one input and one output, run by ONNX Runtime on the CPU; value alone."""

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
    if (len(inputs), len(outputs)) != (1, 1):
        raise UsageError(
            f"expected a model with one input and one output, but {path!r} has {len(inputs)} and "
            f"{len(outputs)}"
        )

    takes = TYPES.get(inputs[0].type, inputs[0].type)

    def value(x: Array) -> Array:
        if x.dtype.name != takes:
            raise TypeError(f"the model takes an argument of {takes}, not of {x.dtype.name}")
        return np.asarray(session.run(None, {inputs[0].name: x})[0])

    return value


def _write(path: str, x: str) -> str:
    run = f"session.run(None, {{session.get_inputs()[0].name: {x}}})[0]"
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
