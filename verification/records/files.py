"""Files that are written whole or not at all."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from verification.errors import UsageError

# The folder of the committed records.
RECORDS = Path(__file__).parent


def prepare(path: Path, size: int = 0) -> None:
    """Make the folder of ``path``; raise UsageError if no file that large can be there."""
    if _is_written_through(path):
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent) as file:
            file.write(bytes(size))
        usable = not path.is_dir()
    except OSError as error:
        raise _not_writable(path, error.strerror) from None
    if not usable:
        raise _not_writable(path, "it is a folder")


@contextmanager
def no_empty_folders(*paths: Path) -> Iterator[None]:
    """Take the folders ``paths`` away again, and those above, that were made and stayed empty."""
    missing = [folder for path in paths for folder in (path, *path.parents) if not folder.exists()]
    try:
        yield
    finally:
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()


def write_whole(path: Path, text: str) -> None:
    """Write a file by way of a temporary one beside it, so that it is never half there.

    But what a link leads to, a pipe or a device stays what it is, and is written to.
    """
    prepare(path)
    through = _is_written_through(path)
    temporary = path if through else path.with_name(path.name + ".part")
    try:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        if not through:
            temporary.replace(path)
    except OSError as error:
        if not through:
            temporary.unlink(missing_ok=True)
        raise _not_writable(path, error.strerror) from None


def _is_written_through(path: Path) -> bool:
    return path.is_symlink() or path.is_fifo() or path.is_char_device()


def _not_writable(path: Path, reason: str | None) -> UsageError:
    return UsageError(
        f"expected a place where {path} can be written, but: {reason}; choose another"
    )
