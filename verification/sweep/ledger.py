"""The state of a sweep: one line for each shard that is done, written the moment it is.

A sweep that is killed loses the shards that were under way and nothing else: a last line that was
cut off in the middle is dropped when the file is read. Each line begins with the SHA-256 of the
rest; a shard whose line is damaged is done anew. The first line says which functions, format,
certifier and NumPy the sweep is of, and a file of others is refused, and left as it is; so is one
that another sweep is at work on. Each shard names the sources of its activation; of others than
those here, it is done anew.
"""

import json
import os
import sys
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout

from verification.errors import UsageError
from verification.records.files import prepare, sync
from verification.records.reading import from_json

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
        self.path = path
        self.header = header
        self.resume = resume
        self.done: dict[Shard, Done] = {}
        self._lock = FileLock(path.with_name(path.name + ".lock"), blocking=False)

    def __enter__(self) -> Self:
        for path in (self.path, Path(self._lock.lock_file)):
            prepare(path, through=False)
        try:
            self._lock.acquire()
        except Timeout:
            raise UsageError(
                f"expected to be alone with {self.path}, but another sweep is at work on it: let "
                "it end, or choose another --out"
            ) from None
        except OSError as error:
            raise self._unusable(error) from None
        try:
            self._open()
        except OSError as error:
            self._lock.release()
            raise self._unusable(error) from None
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        if not self.path.exists():
            Path(self._lock.lock_file).unlink(missing_ok=True)
        self._lock.release()

    def _open(self) -> None:
        text = self.path.read_bytes() if self.path.exists() else b""
        first = _line(self.header)
        # A kill may leave the first line half written.
        if first.startswith(text):
            if text:
                os.truncate(self.path, 0)
            self._append(first)
            sync(self.path.parent)
        elif not text.startswith(first):
            raise UsageError(
                f"expected the state of this very sweep at {self.path}, but there is another file, "
                "or the state of other functions, or by another certifier or NumPy: choose another "
                "--out, or delete the file"
            )
        elif not self.resume:
            raise UsageError(
                f"expected no unfinished sweep at {self.path}, but there is one: go on with it "
                "with --resume, or delete the file"
            )
        else:
            self._read(text)

    def add(self, done: Done) -> None:
        """Record a shard; it is on the disk when this returns."""
        self._append(_line(asdict(done)))
        self.done[done.shard] = done

    def remove(self) -> None:
        """Delete the file, once the certificate is written."""
        self.path.unlink()

    def _append(self, line: bytes) -> None:
        try:
            with self.path.open("ab") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise UsageError(
                f"{self.path} cannot be written any further ({error.strerror}); the "
                f"{len(self.done)} shards in it are kept: make room, and go on with the same "
                "command and --resume"
            ) from None

    def _unusable(self, error: OSError) -> UsageError:
        return UsageError(
            f"expected to read and write the state of this sweep at {self.path}, but: "
            f"{error.strerror}; choose another --out"
        )

    def _read(self, text: bytes) -> None:
        """Take the lines that fit their sums, and shorten the file by what follows the last."""
        whole = text[: text.rfind(b"\n") + 1]
        _, *lines = whole.splitlines(keepends=True)
        found = [done for line in lines if (done := _done_of(line)) is not None]
        self.done = {done.shard: done for done in found}
        if whole != text:
            os.truncate(self.path, len(whole))
        if damaged := len(lines) - len(found):
            sys.stderr.write(
                f"{damaged} of {len(lines)} lines of {self.path} are damaged: their shards are "
                "done anew.\n"
            )


# The length of a line's SHA-256 and the space behind it.
SUM = 65


def _line(content: dict[str, Any]) -> bytes:
    rest = json.dumps(content).encode() + b"\n"
    return f"{sha256(rest).hexdigest()} ".encode() + rest


def _fits(line: bytes) -> bool:
    return line[:SUM] == f"{sha256(line[SUM:]).hexdigest()} ".encode()


def _done_of(line: bytes) -> Done | None:
    """The shard of a line; None if the line is damaged."""
    try:
        return _to_done(from_json(line[SUM:])) if _fits(line) else None
    except (ValueError, TypeError, KeyError):
        return None


def _to_done(content: dict[str, Any]) -> Done:
    summary = content["summary"]
    summary["examples"] = tuple(summary["examples"])
    shard = content["shard"]
    shard["parameters"] = tuple((name, value) for name, value in shard["parameters"])
    return Done(Shard(**shard), content["sources"], Summary(**summary), content["seconds"])
