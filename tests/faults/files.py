"""Files that are not what they ought to be: refused in a sentence, and never taken for another."""

import io
import json
import shutil
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from row import Choice
from running import MISUSE, halfulp, refused

from figures.command import main
from verification.vectors.manifest import SUM, _sum

DEEP = b"[" * 100_000 + b"]" * 100_000
NO_JSON = {
    "nothing": b"",
    "an open brace": b"{",
    "text": b"my notes\n",
    "bytes": bytes(range(256)),
    "100,000 brackets": DEEP,
    "a list": b"[]",
    "a number": b"17",
    "an object": b"{}",
    "rows that are none": b'{"rows": 5}',
    "rows of text": b'{"rows": ["relu"]}',
}


SLIPS = {"activation": "sigmoid", "dtype": "bfloat16", "parameters": {"alpha": 1.0}}
LIES = {
    "byte order": "big",
    "count": "65536",
    "version": "3",
    "parameters": {"alpha": True},
    "files": {},
    "dtype": "float8",
    "activation": "tan",
}


def _judged(folder):
    """The exit status of a judgement in this process."""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        return main(["judge", str(folder / "vectors"), str(folder / "outputs.bin")])


def _vectors(folder):
    """Write vectors, and outputs that are right."""
    done = halfulp(
        "vectors", "tanh", "--dtype", "float16", "--answers", "-o", "vectors", cwd=folder
    )
    done.check_returncode()
    shutil.copy(folder / "vectors" / "value.bin", folder / "outputs.bin")
    return folder / "vectors" / "manifest.json"


def flipped_manifests(folder: Path, choice: Choice) -> Iterator[str]:
    """A bit of a manifest is flipped.

    It is refused.
    """
    path = _vectors(folder)
    whole = path.read_bytes()
    for bit in choice.of(range(8 * len(whole))):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        status = _judged(folder)
        yield "" if status == MISUSE else f"exit status {status} for bit {bit}"


def truncated_manifests(folder: Path, choice: Choice) -> Iterator[str]:
    """A manifest ends after some byte.

    It is refused.
    """
    path = _vectors(folder)
    whole = path.read_bytes().rstrip()
    for length in choice.of(range(len(whole))):
        path.write_bytes(whole[:length])
        status = _judged(folder)
        yield "" if status == MISUSE else f"exit status {status} for {length} bytes"


def renamed_manifests(folder: Path, choice: Choice) -> Iterator[str]:
    """A manifest says another activation, format or parameter than was written.

    It is refused.
    """
    path = _vectors(folder)
    whole = json.loads(path.read_bytes())
    for key, value in choice.of(list(SLIPS.items())):
        path.write_text(json.dumps({**whole, key: value}))
        yield refused(halfulp("judge", "vectors", "outputs.bin", cwd=folder))


def lying_manifests(folder: Path, choice: Choice) -> Iterator[str]:
    """A manifest whose own sum fits says what cannot be.

    It is refused.
    """
    path = _vectors(folder)
    whole = json.loads(path.read_bytes())
    del whole[SUM]
    for key, value in choice.of(list(LIES.items())):
        content = {**whole, key: value}
        path.write_text(json.dumps({**content, SUM: _sum(content)}))
        yield refused(halfulp("judge", "vectors", "outputs.bin", cwd=folder))


def outputs_of_a_device(folder: Path, choice: Choice) -> Iterator[str]:
    """The outputs to be judged are too short, too long, a folder, a device, or not there.

    They are refused.
    """
    _vectors(folder)
    whole = (folder / "outputs.bin").read_bytes()
    (folder / "folder").mkdir()
    (folder / "short").write_bytes(whole[:-1])
    (folder / "long").write_bytes(whole + b"\0")
    (folder / "empty").touch()
    for name in choice.of(["folder", "short", "long", "empty", "/dev/zero", "missing"]):
        yield refused(halfulp("judge", "vectors", name, cwd=folder))


def what_to_compare_with(folder: Path, choice: Choice) -> Iterator[str]:
    """`--expect` and `report/certificate.json` are something else, nested 100,000 deep among it.

    They are refused.
    """
    (folder / "report").mkdir()
    sweep = ["sweep", "relu", "--order", "0", "--dtype", "float16", "--expect", "file"]
    for content in choice.of(list(NO_JSON.values())):
        (folder / "file").write_bytes(content)
        (folder / "report" / "certificate.json").write_bytes(content)
        yield refused(halfulp(*sweep, cwd=folder))
        yield refused(halfulp("figures", "--only", "3b", cwd=folder))


ROWS = (
    flipped_manifests,
    truncated_manifests,
    renamed_manifests,
    lying_manifests,
    outputs_of_a_device,
    what_to_compare_with,
)
