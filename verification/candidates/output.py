"""What a call writes past Python: to the descriptors of standard output and error."""

import ctypes
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

from .scratch import scratch

DESCRIPTORS = (1, 2)
SHOWN = 60


def written_by(call: Callable[[], Any]) -> bytes:
    """The first of what compiled code writes during a call, which goes nowhere else."""
    with ExitStack() as stack:
        saved = []
        try:
            for descriptor in DESCRIPTORS:
                saved.append(os.dup(descriptor))
                stack.callback(os.close, saved[-1])
        except OSError:  # closed: there is nothing to write to
            return b""
        file = stack.enter_context(scratch())
        _flush()
        try:
            for descriptor in DESCRIPTORS:
                os.dup2(file.fileno(), descriptor)
            call()
            _flush()
        finally:
            for descriptor, copy in zip(DESCRIPTORS, saved, strict=True):
                os.dup2(copy, descriptor)
        file.seek(0)
        return file.read(SHOWN)


def _flush() -> None:
    """Empty the buffers of Python and of the C library."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):
            stream.flush()
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).fflush(None)
