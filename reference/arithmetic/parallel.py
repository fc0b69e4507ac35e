"""Large arrays over several threads, if HALFULP_THREADS says so: NumPy lets go of the GIL."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

VARIABLE = "HALFULP_THREADS"
SMALLEST_PART = 1 << 17


def in_parallel(work: Callable[[slice], None], size: int) -> None:
    """Call ``work`` for slices that make up range(size), at most one a thread."""
    parts = min(_threads(), size // SMALLEST_PART) if size >= 2 * SMALLEST_PART else 1
    if parts == 1:
        work(slice(0, size))
        return
    ends = [size * part // parts for part in range(parts + 1)]
    with ThreadPoolExecutor(parts) as pool:
        for _ in pool.map(work, map(slice, ends, ends[1:])):
            pass


def _threads() -> int:
    """The number of threads that the environment asks for; 1 unless it does."""
    asked = os.environ.get(VARIABLE, "1")
    if not (asked.isdecimal() and int(asked) > 0):
        raise ValueError(f"{VARIABLE} has to be a number of threads, 1 or more, not {asked!r}")
    return int(asked)
