"""The state of a sweep: one line for each shard that is done, written the moment it is.

A sweep that is killed loses the shards that were under way and nothing else: a last line that was
cut off in the middle is dropped when the file is read. The first line says which format, certifier
and NumPy the shards are of, and a file of others is refused; so is one that another sweep is at
work on. Each shard names the sources of its activation; of others than those here, it is done anew.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout

from verification.errors import UsageError
from verification.records.files import prepare

from .shard import Shard, Summary


@dataclass(frozen=True)
class Done:
    """A shard, the sources it is of, what it came to, and the processor time that it took."""

    shard: Shard
    sources: str
    summary: Summary
    seconds: float


class Ledger:
    """The shards that are done, in memory and in the file at ``path``.

    A context manager: within it, the file is this sweep's alone.
    """

    def __init__(self, path: Path, header: dict[str, Any], *, resume: bool) -> None:
        prepare(path)
        self.path = path
        self.header = header
        self.resume = resume
        self.done: dict[Shard, Done] = {}
        self._lock = FileLock(path.with_name(path.name + ".lock"), blocking=False)

    def __enter__(self) -> Self:
        try:
            self._lock.acquire()
        except Timeout:
            raise UsageError(
                f"expected to be alone with {self.path}, but another sweep is at work on it: let "
                "it end, or choose another --out"
            ) from None
        try:
            self._open()
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        if not self.path.exists():
            Path(self._lock.lock_file).unlink(missing_ok=True)
        self._lock.release()

    def _open(self) -> None:
        is_there = self.path.exists() and self.path.stat().st_size > 0
        if is_there and not self.resume:
            raise UsageError(
                f"expected no unfinished sweep at {self.path}, but there is one: go on with it "
                "with --resume, or delete the file"
            )
        if is_there:
            self._read()
        if not self.path.exists() or self.path.stat().st_size == 0:
            self._append(self.header)

    def add(self, done: Done) -> None:
        """Record a shard; it is on the disk when this returns."""
        self._append(asdict(done))
        self.done[done.shard] = done

    def remove(self) -> None:
        """Delete the file, once the certificate is written."""
        self.path.unlink()

    def _append(self, content: dict[str, Any]) -> None:
        try:
            with self.path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(json.dumps(content) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise UsageError(
                f"{self.path} cannot be written any further ({error.strerror}); the "
                f"{len(self.done)} shards in it are kept: make room, and go on with the same "
                "command and --resume"
            ) from None

    def _read(self) -> None:
        text = self.path.read_bytes()
        whole = text[: text.rfind(b"\n") + 1]
        try:
            lines = [json.loads(line) for line in whole.splitlines()]
            self.done = {done.shard: done for done in map(_to_done, lines[1:])}
            found = lines[0] if lines else self.header
        except (ValueError, TypeError, KeyError, AttributeError):
            found = None
        if found != self.header:
            raise UsageError(
                f"expected the state of a sweep with {self.header} at {self.path}, but found "
                f"{found or 'something else'}: delete the file to start anew"
            )
        if whole != text:
            os.truncate(self.path, len(whole))


def _to_done(content: dict[str, Any]) -> Done:
    summary = content["summary"]
    summary["examples"] = tuple(summary["examples"])
    shard = content["shard"]
    shard["parameters"] = tuple((name, value) for name, value in shard["parameters"])
    return Done(Shard(**shard), content["sources"], Summary(**summary), content["seconds"])
