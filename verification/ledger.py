"""The state of a sweep: one line for each shard that is done, written the moment it is.

A sweep that is killed loses the shards that were under way and nothing else: a last line that was
cut off in the middle is dropped when the file is read. The first line says which sources and format
the shards are of, and a file of others is refused.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .certificate import prepare
from .errors import UsageError
from .sweep import Shard, Summary


@dataclass(frozen=True)
class Done:
    """A shard, what it came to, and the processor time that it took."""

    shard: Shard
    summary: Summary
    seconds: float


class Ledger:
    """The shards that are done, in memory and in the file at ``path``."""

    def __init__(self, path: Path, header: dict[str, str], *, resume: bool) -> None:
        prepare(path)
        self.path = path
        self.done: dict[Shard, Done] = {}
        is_there = path.exists() and path.stat().st_size > 0
        if is_there and not resume:
            raise UsageError(
                f"expected no unfinished sweep at {path}, but there is one: go on with it with "
                "--resume, or delete the file"
            )
        if is_there:
            self._read(header)
        else:
            self._append(header)

    def add(self, done: Done) -> None:
        """Record a shard; it is on the disk when this returns."""
        self.done[done.shard] = done
        self._append(asdict(done))

    def remove(self) -> None:
        """Delete the file, once the certificate is written."""
        self.path.unlink()

    def _append(self, content: dict[str, Any]) -> None:
        with self.path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(content) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _read(self, header: dict[str, str]) -> None:
        text = self.path.read_bytes()
        whole = text[: text.rfind(b"\n") + 1]
        try:
            lines = [json.loads(line) for line in whole.splitlines()]
            self.done = {done.shard: done for done in map(_to_done, lines[1:])}
            found = lines[0]
        except (ValueError, TypeError, KeyError, IndexError):
            found = None
        if found != header:
            raise UsageError(
                f"expected the state of a sweep with {header} at {self.path}, but found "
                f"{found or 'something else'}: delete the file to start anew"
            )
        if whole != text:
            self.path.write_bytes(whole)


def _to_done(content: dict[str, Any]) -> Done:
    summary = content["summary"]
    summary["examples"] = tuple(summary["examples"])
    return Done(Shard(**content["shard"]), Summary(**summary), content["seconds"])
