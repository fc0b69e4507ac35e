"""What a check promises: of how many neighbouring numbers at least one was tried.

A run of so many numbers, at each of which the result is wrong, cannot hide. All finite numbers of
the format count, in their order, both zeros as one.
"""

import numpy as np

from reference.arithmetic.types import Array
from verification.numbers.inputs import ordinals
from verification.numbers.ulp import doubles

from .truth import Question


def promised_by(question: Question, x: Array) -> int:
    """The promise of inputs that were tried, rounded up to a power of two."""
    format_ = question.format_
    finite = x[np.isfinite(doubles(x))]
    tried = np.unique(ordinals(finite, format_))
    largest = format_.largest
    intervals = [(-largest, largest)] if question.domain is None else question.domain.intervals
    widest = 1
    for interval in intervals:
        inside = np.clip(interval, -largest, largest).astype(format_.dtype)
        first, last = ordinals(inside, format_).tolist()
        between = tried[(tried >= first) & (tried <= last)]
        gaps = np.diff(np.concatenate([[first - 1], between, [last + 1]]))
        widest = max(widest, int(gaps.max()))
    return 1 << (widest - 1).bit_length()
