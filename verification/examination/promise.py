"""What a check promises: of how many neighbouring numbers at least one was tried.

A run of so many numbers, at each of which the result is wrong, cannot hide. All finite numbers of
the format count, in their order, both zeros as one.
"""

import numpy as np

from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array
from verification.numbers.inputs import ordinals
from verification.numbers.ulp import doubles


def promised_by(x: Array, format_: Format) -> int:
    """The promise of inputs that were tried, rounded up to a power of two."""
    largest = int(ordinals(np.array([format_.largest]).astype(format_.dtype), format_)[0])
    tried = ordinals(x[np.isfinite(doubles(x))], format_)
    gaps = np.diff(np.unique(np.concatenate([tried, [-largest - 1, largest + 1]])))
    return 1 << (int(gaps.max()) - 1).bit_length()
