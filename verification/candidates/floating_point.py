"""The processor's floating-point mode, which a candidate may change for the whole process.

A library linked with -ffast-math does so when it is loaded, and `torch.set_flush_denormal` when it
is called. The candidate is called in the mode that it has set, and we compute in the default one:
else we would flush where the candidate does, and see nothing.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from verification.errors import UsageError

FLUSHES = "subnormal numbers count as 0 in the whole process, as -ffast-math has it"
ROUNDS = "results are not rounded to nearest in the whole process"
# More than any system's fenv_t takes.
ENVIRONMENT_BYTES = 512
DEFAULT = ctypes.c_void_p(-1)  # FE_DFL_ENV of glibc and musl
ONE, SMALLEST, QUARTER_ULP = 1.0, 5e-324, 2.0**-54


def deviation() -> str:
    """How the present mode differs from the default; empty if it does not."""
    if SMALLEST * ONE == 0:
        return FLUSHES
    up, down = ONE + QUARTER_ULP != ONE, -ONE - QUARTER_ULP != -ONE
    chopped = ONE + 3 * QUARTER_ULP == ONE
    return ROUNDS if up or down or chopped else ""


class Mode:
    """The mode of this process that a candidate has set; ``deviation`` says which, if any."""

    def __init__(self) -> None:
        self.deviation = ""
        self._theirs: Any = None

    @contextmanager
    def ours(self) -> Iterator[None]:
        """Compute in the default mode, and leave the process in the one that it had."""
        self._set_apart()
        try:
            yield
        finally:
            self._set_theirs()
            self.deviation, self._theirs = "", None

    @contextmanager
    def theirs(self) -> Iterator[None]:
        """Call the candidate in its own mode, which it may change."""
        self._set_apart()
        self._set_theirs()
        self.deviation, self._theirs = "", None
        try:
            yield
        finally:
            self._set_apart()

    def _set_theirs(self) -> None:
        if self._theirs is not None:
            ctypes.CDLL(None).fesetenv(self._theirs)

    def _set_apart(self) -> None:
        """Take what deviates from the default as the candidate's, and go back to the default."""
        found = deviation()
        if not found:
            return
        with suppress(OSError, AttributeError):  # not every system has these
            library = ctypes.CDLL(None)
            theirs = ctypes.create_string_buffer(ENVIRONMENT_BYTES)
            library.fegetenv(theirs)
            library.fesetenv(DEFAULT)
            self.deviation, self._theirs = found, theirs
        if deviation():
            raise UsageError(
                f"expected the default floating-point mode, but {found}, and that cannot be set "
                "back here: judge the candidate as a program (--command)"
            )


MODE = Mode()
