"""Inputs on file for a device far away, and the judgement on the outputs that come back.

A folder holds the inputs of a quick check, raw and little-endian, and a manifest with the hash of
every file. Nothing is read by pickle; a file that is not what the manifest says is refused.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG

import numpy as np

from reference import Activation
from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array, Mask
from verification.candidates.implementation import Implementation
from verification.candidates.program import from_little_endian, little_endian
from verification.candidates.recorded import Recorded
from verification.candidates.text import shown
from verification.errors import UsageError
from verification.examination.laws import difference_points
from verification.examination.tried import inputs_of
from verification.examination.truth import Question
from verification.records.files import sync, write_new
from verification.verdict.asked import TOLERANCES, activation_of, format_of
from verification.verdict.check import check
from verification.verdict.verdict import Verdict

from .manifest import (
    ANSWERS,
    DERIVATIVE,
    INPUTS,
    MANIFEST,
    README,
    VALUE,
    from_bytes,
    to_bytes,
)
from .readme import readme

# In bytes, many times the largest of these files.
MOST = 1 << 28


def inputs(activation: Activation, format_: Format) -> Array:
    """The inputs of a quick check, and those where derivative and value are compared, each once."""
    question = Question(activation, "value", format_, tolerance=0.0)
    x = np.concatenate([inputs_of(question), difference_points(question).ravel()])
    _, first = np.unique(x.view(format_.bits), return_index=True)
    return x[np.sort(first)]


def write(
    folder: Path,
    activation_name: str,
    dtype: str,
    *,
    answers: bool,
    parameters: Mapping[str, float] | None = None,
) -> int:
    """Write a folder of vectors, return the number of inputs.

    Raises UsageError for a folder that holds anything, an unknown activation, parameter or dtype.
    """
    activation, format_ = activation_of(activation_name, parameters), format_of(dtype)
    x = inputs(activation, format_)
    files = {INPUTS: little_endian(x)}
    if answers:
        value, derivative = np.asarray(activation(x)), np.asarray(activation.derivative(x))
        files[VALUE], files[DERIVATIVE] = little_endian(value), little_endian(derivative)
        files[ANSWERS] = _table(format_, x, value, derivative).encode()
    files[README] = readme(
        activation, format_, x, TOLERANCES[format_.name], answers=answers
    ).encode()
    files[MANIFEST] = to_bytes(activation, format_, x.size, files)
    _write_all(folder, files)
    return int(x.size)


def _table(format_: Format, *columns: Array) -> str:
    width = 2 * format_.dtype.itemsize
    bits = [column.view(format_.bits).tolist() for column in columns]
    rows = (",".join(f"0x{number:0{width}x}" for number in row) for row in zip(*bits, strict=True))
    return "\n".join(["x,value,derivative", *rows, ""])


def _write_all(folder: Path, files: dict[str, bytes]) -> None:
    """Write the files in this order, the manifest last; all or none."""
    if _holds_files(folder):
        raise UsageError(f"expected a new or empty folder, but {folder} holds other files")
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            write_new(folder / name, data)
            written.append(folder / name)
        sync(folder)
    except BaseException as error:
        for path in written:
            path.unlink()
        if isinstance(error, OSError):
            raise _refused(folder, error) from None
        raise


def _holds_files(folder: Path) -> bool:
    try:
        return folder.is_dir() and any(folder.iterdir())
    except OSError as error:
        raise _refused(folder, error) from None


def _refused(folder: Path, error: OSError) -> UsageError:
    return UsageError(
        f"expected a folder where files can be written, but {folder}: {error.strerror}"
    )


@dataclass(frozen=True)
class Vectors:
    """Inputs that were read back, and what they are for."""

    activation: Activation
    format_: Format
    x: Array

    def record(self, path: Path) -> Callable[[Array], tuple[Array, Mask]]:
        """The function that the outputs in a file are, where it is known; or UsageError."""
        data = _read(path, "outputs")
        size = self.x.size * self.format_.dtype.itemsize
        if len(data) != size:
            raise UsageError(
                f"expected {self.x.size} raw {self.format_.name} results, {size} bytes, but "
                f"{path} holds {len(data)} bytes: it is truncated or something else"
            )
        outputs = from_little_endian(data, self.format_.dtype)
        bits = self.x.view(self.format_.bits)
        order = np.argsort(bits)

        def look_up(x: Array) -> tuple[Array, Mask]:
            asked = x.view(self.format_.bits)
            places = order[np.minimum(np.searchsorted(bits, asked, sorter=order), bits.size - 1)]
            known = bits[places] == asked
            return np.where(known, outputs[places], np.zeros((), outputs.dtype)), known

        return look_up


def read(folder: Path) -> Vectors:
    """Read the vectors of a folder, or raise UsageError if they are not what was written."""
    path = folder / MANIFEST
    manifest = from_bytes(_read(path, "a manifest"), path)
    for name, digest in manifest.files.items():
        if sha256(_read(folder / name, "the file")).hexdigest() != digest:
            raise UsageError(f"expected {folder / name} as it was written, but it was altered")
    activation = activation_of(manifest.activation, manifest.parameters)
    x = inputs(activation, manifest.format_)
    same = _read(folder / INPUTS, "inputs") == little_endian(x)
    if not same or manifest.count != x.size:
        raise UsageError(
            f"expected the {x.size} inputs of this version of Halfulp in {folder}, but they are "
            f"the {manifest.count} of {shown(manifest.halfulp)}: judge with that one, or make the "
            "vectors anew"
        )
    return Vectors(activation, manifest.format_, x)


def _read(path: Path, what: str) -> bytes:
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode):
            raise UsageError(f"expected {what} at {path}, but it is no regular file")
        if status.st_size > MOST:
            raise UsageError(
                f"expected {what} at {path}, but it has {status.st_size} bytes: something else"
            )
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"expected {what} at {path}, but it cannot be read: {error.strerror}"
        ) from None


def judge(  # noqa: PLR0913  one call says all that a check needs
    folder: Path,
    outputs: Path,
    derivative: Path | None = None,
    *,
    tolerance: float | None = None,
    require: str = "accurate",
    allow: Iterable[str] = (),
    strict: bool = False,
) -> Verdict:
    """Judge outputs, and derivatives, that a device gave for the inputs in a folder.

    Raises UsageError for a file that is truncated, altered or something else.
    """
    vectors = read(folder)
    implementation = Implementation(
        outputs.name,
        vectors.record(outputs),
        None if derivative is None else vectors.record(derivative),
        call=f"{outputs}, where {folder / INPUTS} holds {{x}}",
        derivative_call=f"{derivative}, where {folder / INPUTS} holds {{x}}",
        caller=Recorded,
    )
    return check(
        implementation,
        vectors.activation.name,
        parameters=vectors.activation.parameters,
        dtype=vectors.format_.name,
        tolerance=tolerance,
        require=require,
        allow=allow,
        strict=strict,
    )
