"""A file for a while, that has no name."""

import os
import tempfile
from typing import IO


def scratch() -> IO[bytes]:
    """The file; in memory where the system has that, so that nobody can take its folder away."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("halfulp"), "w+b")
    return tempfile.TemporaryFile()
