"""16-bit formats: results at all 65,536 inputs, made once, are looked up from then on.

What fills a table is the evaluation itself, so the bits are the same with it and without. Filling
costs as much as any 65,536 results, so it is done when that many have been asked for: no sequence
of calls takes more than about twice the time that it takes without tables. Derivatives in float64,
that products with upstream are made with, cost 10 to 100 ms a table, once; they are for the default
parameters alone.

The 64 tables of results used last are kept, 8 MiB, and as many of derivatives in float64, 32 MiB.
"""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

import numpy as np

from reference.arithmetic.types import Array

from .function import Function

INPUTS = 1 << 16
BLOCK = 1 << 13  # a table and the indices of a block stay in the second-level cache

Key = tuple[Function, str, np.dtype[Any]]  # parameters as text: -0 is not 0


class Tables:
    """The tables used last, for all threads."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._lock = Lock()
        self._tables: OrderedDict[Key, Array] = OrderedDict()
        self._asked: OrderedDict[Key, int] = OrderedDict()

    def find(self, wanted: Key, size: int, fill: Callable[[Array], Array]) -> Array | None:
        """A table for ``size`` results, by ``fill`` at all inputs; None while it would not pay.

        Two threads that come first at once both fill it, with the same bits.
        """
        with self._lock:
            if wanted in self._tables:
                self._tables.move_to_end(wanted)
                return self._tables[wanted]
            self._asked[wanted] = asked = self._asked.pop(wanted, 0) + size
            _shorten(self._asked, self._kept)
        if asked < INPUTS:
            return None
        table = fill(inputs(wanted[2]))
        table.flags.writeable = False
        with self._lock:
            self._tables[wanted] = table
            self._asked.pop(wanted, None)
            _shorten(self._tables, self._kept)
        return table


def _shorten(entries: OrderedDict[Key, Any], kept: int) -> None:
    while len(entries) > kept:
        entries.popitem(last=False)


RESULTS = Tables(kept=64)
SLOPES = Tables(kept=64)


def inputs(dtype: np.dtype[Any]) -> Array:
    """All numbers of a 16-bit format, in the order of their bits."""
    return np.arange(INPUTS).astype(np.uint16).view(dtype)


def look_up(table: Array, x: Array, result: Array) -> None:
    """Fill ``result`` with what the table has for ``x``."""
    index = x.view(np.uint16)
    for start in range(0, x.size, BLOCK):
        block = slice(start, start + BLOCK)
        # Every index is within; NumPy checks none of them with mode="clip".
        table.take(index[block], out=result[block], mode="clip")
