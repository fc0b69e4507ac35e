"""Large arrays over several threads, if HALFULP_THREADS says so: NumPy lets go of the GIL."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

VARIABLE = "HALFULP_THREADS"
SMALLEST_PART = 1 << 17


def threads_for(size: int) -> int:
    """How many threads an array of ``size`` elements is worth, of those that are allowed."""
    return min(_allowed(), size // SMALLEST_PART) if size >= 2 * SMALLEST_PART else 1


def _allowed() -> int:
    """The number of threads that the environment asks for; 1 unless it does."""
    asked = os.environ.get(VARIABLE) or "1"
    if not (asked.isdecimal() and int(asked) > 0):
        raise ValueError(f"{VARIABLE} has to be a number of threads, 1 or more, not {asked!r}")
    return int(asked)


def in_parallel(work: Callable[[slice], None], size: int, threads: int) -> None:
    """Call ``work`` for slices that make up range(size), one a thread."""
    if threads == 1:
        work(slice(0, size))
        return
    ends = [size * part // threads for part in range(threads + 1)]
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(work, map(slice, ends, ends[1:])):
            pass
