"""Selection by bits: `numpy.where` branches on each element, and a mixed mask is mispredicted."""

import numpy as np

from .types import Float64, Mask


def select(condition: Mask, chosen: Float64 | float, otherwise: Float64 | float) -> Float64:
    """``chosen`` where ``condition`` holds, else ``otherwise``, as float64."""
    a = np.asarray(chosen, dtype=np.float64).view(np.int64)
    b = np.asarray(otherwise, dtype=np.float64).view(np.int64)
    selected = b ^ ((a ^ b) & -condition.astype(np.int64))
    return selected.view(np.float64)
