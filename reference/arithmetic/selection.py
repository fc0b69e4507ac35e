"""Selection by bits: `numpy.where` branches on each element, and a mixed mask is mispredicted."""

from typing import Any

import numpy as np

from .types import Array, Mask

FLOAT64 = np.dtype(np.float64)
BITS = {size: np.dtype(f"i{size}") for size in (2, 4, 8)}


def select(
    condition: Mask,
    chosen: Array | float,
    otherwise: Array | float,
    dtype: np.dtype[Any] = FLOAT64,
) -> Array:
    """``chosen`` where ``condition`` holds, else ``otherwise``, as ``dtype``."""
    bits = BITS[dtype.itemsize]
    a = np.asarray(chosen, dtype=dtype).view(bits)
    b = np.asarray(otherwise, dtype=dtype).view(bits)
    selected: Array = b ^ ((a ^ b) & (-condition.view(np.int8)).astype(bits))
    return selected.view(dtype)
