"""The manifest of a folder of vectors: what they are for, and the hash of every file.

It carries the SHA-256 of its own content, so that neither activation nor parameters nor dtype can
be changed by a slip. What it says is obeyed, or refused.
"""

import json
import reprlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib import metadata
from math import isfinite
from pathlib import Path
from typing import Any

from reference import ACTIVATIONS, Activation, __version__
from reference.arithmetic.formats import FORMATS, Format
from verification.errors import UsageError

KIND, VERSION = "halfulp vectors", 3
MANIFEST, INPUTS = "manifest.json", "inputs.bin"
VALUE, DERIVATIVE, ANSWERS, README = "value.bin", "derivative.bin", "answers.csv", "README.md"
BYTE_ORDER = "little"
SUM = "sha256"


@dataclass(frozen=True)
class Manifest:
    """What a manifest says."""

    activation: str
    parameters: dict[str, float]
    format_: Format
    count: int
    files: dict[str, str]
    halfulp: str


def to_bytes(
    activation: Activation, format_: Format, count: int, files: Mapping[str, bytes]
) -> bytes:
    """The manifest of ``count`` inputs and of these files."""
    content = {
        "kind": KIND,
        "version": VERSION,
        "activation": activation.name,
        "parameters": dict(activation.parameters),
        "dtype": format_.name,
        "byte order": BYTE_ORDER,
        "count": count,
        "files": {name: sha256(data).hexdigest() for name, data in files.items()},
        "versions": {"halfulp": __version__}
        | {name: metadata.version(name) for name in ("numpy", "ml_dtypes")},
    }
    return (json.dumps({**content, SUM: _sum(content)}, indent=1) + "\n").encode()


def from_bytes(data: bytes, path: Path) -> Manifest:
    """What the manifest that was read from ``path`` says, or UsageError."""
    content = _whole(data, path)
    for key, (expected, is_right) in FIELDS.items():
        if not is_right(content[key]):
            raise UsageError(
                f"expected {expected} as {key!r} in {path}, but got {reprlib.repr(content[key])}: "
                "make the vectors anew"
            )
    known = ACTIVATIONS[content["activation"]].parameters
    if content["parameters"].keys() != known.keys():
        raise UsageError(
            f"expected the parameters of {content['activation']} in {path} "
            f"({', '.join(known) or 'none'}), but got {', '.join(content['parameters']) or 'none'}"
        )
    return Manifest(
        content["activation"],
        content["parameters"],
        FORMATS[content["dtype"]],
        content["count"],
        content["files"],
        content["versions"]["halfulp"],
    )


def _whole(data: bytes, path: Path) -> dict[str, Any]:
    """The content of a manifest of this version that nobody has altered, or UsageError."""
    content = _parsed(data)
    if content is None or content.get("kind") != KIND:
        raise UsageError(
            f"expected a manifest as `halfulp vectors` writes it, but {path} is truncated or "
            "something else"
        )
    stated = content.pop(SUM, None)
    if not _is_whole_number(content.get("version")) or content["version"] != VERSION:
        raise UsageError(
            f"expected version {VERSION} of the manifest, which this version of Halfulp writes, "
            f"but {path} has {reprlib.repr(content.get('version'))}: judge with the Halfulp that "
            "wrote it, or make the vectors anew"
        )
    if stated != _sum(content) or content.keys() != {"kind", "version", *FIELDS}:
        raise UsageError(
            f"expected {path} as it was written, but it was altered: its content does not have "
            f"the {SUM} that it states"
        )
    return content


def _parsed(data: bytes) -> dict[str, Any] | None:
    """The object that the data are as JSON, with finite numbers; None if they are none."""
    try:
        content = json.loads(data)
        _sum(content)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _sum(content: Mapping[str, Any]) -> str:
    """The SHA-256 of the content as JSON, in the one form that does not depend on its layout."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return sha256(text.encode()).hexdigest()


def _is_whole_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _are_parameters(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(number, float) and isfinite(number) for number in value.values()
    )


def _are_files(value: Any) -> bool:
    known = {INPUTS, VALUE, DERIVATIVE, ANSWERS, README}
    return (
        isinstance(value, dict)
        and {INPUTS} <= value.keys() <= known
        and all(isinstance(digest, str) for digest in value.values())
    )


def _are_versions(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("halfulp"), str)


FIELDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "activation": (
        "an activation of the catalogue",
        lambda value: isinstance(value, str) and value in ACTIVATIONS,
    ),
    "parameters": ("finite numbers by name", _are_parameters),
    "dtype": (
        f"one of {', '.join(FORMATS)}",
        lambda value: isinstance(value, str) and value in FORMATS,
    ),
    "byte order": (repr(BYTE_ORDER), lambda value: value == BYTE_ORDER),
    "count": ("the number of inputs", _is_whole_number),
    "files": (f"the SHA-256 of {INPUTS}, and of the others of ours", _are_files),
    "versions": ("the versions of halfulp and what it uses", _are_versions),
}
