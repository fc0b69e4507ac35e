"""Arrays on their way to another process: their bytes, and where their elements lie among them.

So an array has the same strides there, the same place relative to a line of the cache, and is
read-only if it is here.
"""

import ctypes
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.lib.array_utils import byte_bounds

from reference.arithmetic.formats import FORMATS
from reference.arithmetic.types import Array

CACHE_LINE = 64


def packed(array: Array) -> tuple[dict[str, Any], memoryview]:
    """What an array looks like, and all its memory from the first byte to the last, not copied."""
    low, high = byte_bounds(array)
    look = {
        "dtype": array.dtype.name,
        "shape": array.shape,
        "strides": array.strides,
        "start": array.__array_interface__["data"][0] - low,
        "at": low % CACHE_LINE,
        "size": high - low,
        "writeable": array.flags.writeable,
    }
    return look, memoryview((ctypes.c_char * (high - low)).from_address(low)).cast("B")


def unpacked(look: Mapping[str, Any], data: memoryview) -> Array:
    """The array again, in memory of its own."""
    memory = np.empty(len(data) + 2 * CACHE_LINE, np.uint8)
    place = (look["at"] - memory.__array_interface__["data"][0]) % CACHE_LINE
    memory[place : place + len(data)] = data
    array: Array = np.ndarray(
        look["shape"],
        FORMATS[look["dtype"]].dtype,
        memory.data,
        place + look["start"],
        look["strides"],
    )
    array.flags.writeable = look["writeable"]
    return array
