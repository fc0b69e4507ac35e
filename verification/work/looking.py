"""A line on a terminal's standard error: what is being looked at. Elsewhere nothing is written."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO

# To the beginning of the line, and nothing behind it.
CLEARED = "\r\x1b[K"


def _nobody_looks(_text: str) -> None:
    pass


_TELL: ContextVar[Callable[[str], None]] = ContextVar("tell", default=_nobody_looks)


def is_terminal(stream: TextIO) -> bool:
    """Whether somebody looks at a stream, and it can do more than print one line after another."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


@contextmanager
def shown(*, quietly: bool = False) -> Iterator[None]:
    """Show on a terminal what `look_at` says, unless it is to be quiet; it is gone at the end."""
    if quietly or not is_terminal(sys.stderr):
        yield
        return
    token = _TELL.set(_write)
    try:
        yield
    finally:
        _TELL.reset(token)
        sys.stderr.write(CLEARED)
        sys.stderr.flush()


def look_at(what: str) -> None:
    """Say what is being looked at."""
    _TELL.get()(what)


@contextmanager
def within(what: str) -> Iterator[None]:
    """Say of what it is that something is looked at."""
    tell = _TELL.get()
    token = _TELL.set(lambda text: tell(f"{what}: {text}"))
    try:
        yield
    finally:
        _TELL.reset(token)


def note(text: str) -> None:
    """Write a line on standard error that stays."""
    cleared = "" if _TELL.get() is _nobody_looks else CLEARED
    sys.stderr.write(f"{cleared}{text}\n")


def _write(text: str) -> None:
    width = shutil.get_terminal_size().columns
    sys.stderr.write(f"{CLEARED}{text[: width - 1]}")
    sys.stderr.flush()
