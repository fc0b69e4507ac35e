"""The state of a sweep, damaged or of another: the right certificate comes of it, or none."""

import io
import os
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from unittest.mock import patch

from row import Choice
from running import MISUSE, halfulp, refused

from figures.command import main
from verification.sweep import shard
from verification.sweep.ledger import Ledger

SWEEP = ["sweep", "relu", "--order", "0,2", "--dtype", "float16", "--out"]
OTHERS = {
    "of other orders": ["sweep", "relu", "--order", "0,1", "--dtype", "float16", "--out"],
    "of another function": ["sweep", "tanh", "--order", "0,2", "--dtype", "float16", "--out"],
    "of another format": ["sweep", "relu", "--order", "0,2", "--dtype", "bfloat16", "--out"],
}
FOREIGN = {
    "text": b"my notes",
    "a line": b"my notes\n",
    "JSON": b"{}\n",
    "bytes": bytes(range(256)),
}


# A shard always comes to the same, and thousands of sweeps do each of theirs anew.
_swept = cache(shard.sweep)


def _in_this_process(work, tasks, _scheduler):
    """Shards one after the other: thousands of sweeps would start thousands of processes."""
    yield from map(work, tasks)


def _run(arguments):
    """The exit status of a command, and what it says."""
    said = io.StringIO()
    with (
        patch("verification.work.processes.completed", _in_this_process),
        patch.object(shard, "sweep", _swept),
        redirect_stdout(io.StringIO()),
        redirect_stderr(said),
    ):
        return main(arguments), said.getvalue()


class Sweep:
    """A sweep that was killed after its last shard: its state is whole, and that is all."""

    def __init__(self, folder: Path, arguments: list[str]) -> None:
        self._arguments = arguments
        self.out = folder / "sweep.json"
        self.state = folder / "sweep.json.state"
        with patch.object(Ledger, "remove", lambda _ledger: None):
            _run([*arguments, str(self.out)])
        self.certificate = self.out.read_bytes()
        self.whole = self.state.read_bytes()

    def resumed(self, state: bytes, *, may_refuse: bool, says: str = "") -> str:
        """What is wrong after it goes on with some state, of which it may have to say something."""
        self.state.write_bytes(state)
        self.out.unlink(missing_ok=True)
        status, said = _run([*self._arguments, str(self.out), "--resume"])
        if status == MISUSE and may_refuse:
            kept = self.state.read_bytes() == state and not self.out.exists()
            return "" if kept else "the state was refused, and is not what it was"
        if status != 0:
            return f"exit status {status}: {said.strip()}"
        if self.out.read_bytes() != self.certificate:
            return "another certificate"
        if says not in said:
            return f"nothing is said of what is {says}"
        return "the state is still there" if self.state.exists() else ""


def flipped_bits(folder: Path, choice: Choice) -> Iterator[str]:
    """A bit of a sweep's state is flipped.

    Its shard is done anew and told; in the first line, the state is refused and left alone.
    """
    sweep = Sweep(folder, SWEEP)
    for bit in choice.of(range(8 * len(sweep.whole))):
        damaged = bytearray(sweep.whole)
        damaged[bit // 8] ^= 1 << bit % 8
        in_the_first = bit < 8 * sweep.whole.index(b"\n") + 8
        ends_the_last = bit // 8 == len(sweep.whole) - 1
        says = "" if in_the_first or ends_the_last else "damaged"
        yield sweep.resumed(bytes(damaged), may_refuse=in_the_first, says=says)


def truncations(folder: Path, choice: Choice) -> Iterator[str]:
    """A sweep's state ends after some byte.

    The certificate has the same bytes.
    """
    sweep = Sweep(folder, SWEEP)
    for length in choice.of(range(len(sweep.whole) + 1)):
        yield sweep.resumed(sweep.whole[:length], may_refuse=False)


def states_of_others(folder: Path, choice: Choice) -> Iterator[str]:
    """A state of another sweep or another program lies where a sweep's would be.

    It is refused and left alone.
    """
    for arguments in choice.of(list(OTHERS.values())):
        other = Sweep(folder, arguments)
        other.out.unlink()
        yield _refused_and_kept(folder, other.state, other.whole)
        other.state.unlink()
    for content in choice.of(list(FOREIGN.values())):
        yield _refused_and_kept(folder, folder / "sweep.json.state", content)


def _refused_and_kept(folder, path, content):
    path.write_bytes(content)
    said = refused(halfulp(*SWEEP, "sweep.json", "--resume", cwd=folder))
    if said:
        return said
    return "" if path.read_bytes() == content else "it is not what it was"


def certificates_of_others(folder: Path, choice: Choice) -> Iterator[str]:
    """Another certificate or another file lies where a sweep's certificate would be.

    It is refused and left alone, unless it is of the same functions.
    """
    wider = folder / "wider.json"
    _run(["sweep", "relu", "silu", "--dtype", "float16", "--out", str(wider)])
    for content in choice.of([wider.read_bytes(), *FOREIGN.values()]):
        (folder / "sweep.json").write_bytes(content)
        said = refused(halfulp(*SWEEP, "sweep.json", cwd=folder))
        kept = (folder / "sweep.json").read_bytes() == content
        yield said or ("" if kept else "it is not what it was")


def pipes(folder: Path, _choice: Choice) -> Iterator[str]:
    """A pipe that nobody writes to is a sweep's state, its certificate, or what to compare with.

    It is refused at once.
    """
    os.mkfifo(folder / "pipe")
    os.mkfifo(folder / "sweep.json.state")
    yield refused(halfulp(*SWEEP, "sweep.json", "--resume", cwd=folder))
    yield refused(halfulp(*SWEEP, "pipe", cwd=folder))
    yield refused(halfulp(*SWEEP, "other.json", "--expect", "pipe", cwd=folder))


ROWS = (flipped_bits, truncations, states_of_others, certificates_of_others, pipes)
