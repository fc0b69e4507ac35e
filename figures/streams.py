"""Standard output and standard error, where they may be closed, full, or read by nobody.

Standard error tells how the work goes and what went wrong: what cannot be written there is lost,
and changes nothing. Standard output is a result: that it cannot be written is an error, an
`OutputError`. Characters that the encoding of either lacks are escaped.
"""

import errno
import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import BinaryIO, TextIO

NOBODY_READS = 141  # as of a process that SIGPIPE ends


class OutputError(Exception):
    """Standard output cannot be written to."""

    def __init__(self, error: OSError) -> None:
        """Keep the reason."""
        super().__init__(f"standard output cannot be written to: {error.strerror}")
        self.nobody_reads = error.errno == errno.EPIPE


class Output(TextIOWrapper):
    """Standard output."""

    def write(self, text: str) -> int:
        """Write text, or raise OutputError."""
        try:
            return super().write(text)
        except OSError as error:
            raise OutputError(error) from None

    def flush(self) -> None:
        """Write what has been kept back, or raise OutputError."""
        try:
            super().flush()
        except OSError as error:
            raise OutputError(error) from None


class Notes(TextIOWrapper):
    """Standard error."""

    def write(self, text: str) -> int:
        """Write text if that is possible."""
        try:
            return super().write(text)
        except OSError:
            return len(text)

    def flush(self) -> None:
        """Write what has been kept back if that is possible."""
        with suppress(OSError):
            super().flush()


def prepare() -> None:
    """Put ours in the place of Python's."""
    sys.stdout = _renewed(sys.stdout, Output) if sys.stdout else Output(_to_nowhere(1), "utf-8")
    sys.stderr = _renewed(sys.stderr, Notes) if sys.stderr else Notes(_to_nowhere(2), "utf-8")


def abandon_output() -> None:
    """Let what standard output still keeps back go nowhere when Python ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _renewed(stream: TextIO, kind: type[TextIOWrapper]) -> TextIOWrapper:
    return kind(
        stream.buffer,
        encoding=stream.encoding,
        errors="backslashreplace",
        line_buffering=bool(stream.line_buffering),
        write_through=True,
    )


def _to_nowhere(descriptor: int) -> BinaryIO:
    """Open it, for our children as well: else it would be the next file that anyone opens."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
    os.set_inheritable(descriptor, True)  # noqa: FBT003  it takes no name
    return os.fdopen(descriptor, "wb", closefd=False)
