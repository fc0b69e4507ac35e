"""What is read from files that anyone may have made: those that have an end, and JSON."""

import errno
import json
from pathlib import Path
from stat import S_ISREG
from typing import Any


def read_regular(path: Path) -> bytes:
    """The bytes of a file; OSError also for a pipe or a device, which might have no end."""
    if not S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "it is no regular file")
    return path.read_bytes()


def from_json(text: str | bytes) -> Any:
    """The content; ValueError also where it is nested too deeply to be read."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("JSON that is nested too deeply") from None
