"""How the C library deals with the memory of arrays that come and go."""

import ctypes
from contextlib import suppress
from functools import cache

# Of glibc's malloc.h.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3


@cache
def keep_freed_memory() -> None:
    """Have it reused: getting it back from the system costs several times what arithmetic does.

    Dask's nanny has all of it returned at once, and the C library itself that of long arrays.
    """
    with suppress(OSError, AttributeError):  # glibc alone has it
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(M_MMAP_THRESHOLD, 32 << 20)
        mallopt(M_TRIM_THRESHOLD, 256 << 20)
