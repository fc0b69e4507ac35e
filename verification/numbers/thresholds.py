"""Where an intermediate result of a kernel in any format overflows, underflows or rounds away.

A kernel may compute in another format than that of its results, so the thresholds of all formats
are tried in each. And the constants that people type, where a comparison may be off by a bit.
"""

from functools import cache
from math import e, exp, log, pi, sqrt

import numpy as np

from reference.arithmetic.formats import FORMATS, Format
from reference.arithmetic.types import Array, Float64

from .inputs import neighbours

# As they are, and as they are typed.
CONSTANTS = (
    *(sqrt(0.5), sqrt(2), 1 / sqrt(2 * pi), sqrt(2 / pi), sqrt(pi), sqrt(pi / 2), 2 / sqrt(pi)),
    *(0.044715, 0.797885, 0.7978845608, 1.702, 0.7071, 0.707107, 0.70710678, 0.3989, 0.398942),
    *(1.4142, 1.414214, 3.1416, 3.14159, 2.71828, 0.6931, 0.693147, 1.0507, 1.6733),
    *(pi, pi / 2, e, 1 / e, log(2), 1 / log(2), log(10), 1 / 3, 2 / 3, 1 / 6, exp(1 / 2)),
    *(0.01, 0.05, 0.1, 0.2, 0.25, 0.3, 0.5, 0.7, 0.9, 0.99, 1.0, 1.1, 1.5),
    *(2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 12.0, 15.0, 16.0, 20.0),
    *(30.0, 40.0, 50.0, 64.0, 80.0, 87.0, 88.0, 100.0, 127.0, 128.0, 256.0, 500.0, 512.0),
    *(700.0, 709.0, 1000.0, 1024.0, 1e4, 1e5, 1e6, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8),
    *(1e-9, 1e-10, 1e-12, 1e-20, 1e-30, 1e10, 1e20, 1e30),
)


def thresholds_of(format_: Format) -> Float64:
    """Where exp, a power or a sum of a number of the format leaves the format, or changes nothing.

    With the logarithms, their halves and doubles: sigmoid(2x), tanh(x/2) and x² have these.
    """
    largest, normal = format_.largest, 2.0**format_.emin
    # The last is half an ulp of 1.
    sizes = np.array([largest, normal, format_.smallest, 2.0**-format_.precision])
    exponents = np.abs(np.log(sizes))
    logarithms = np.concatenate([exponents, exponents / 2, 2 * exponents])
    roots = [size ** (1 / power) for size in sizes.tolist() for power in (1, 2, 3, 4)]
    bells = np.sqrt([*exponents, *(2 * exponents)])
    return np.concatenate([logarithms, roots, bells, 1 / sizes[1:2], [largest / 2]])


@cache
def thresholds(format_: Format) -> Array:
    """Those of every format and the constants, of both signs, with their neighbours."""
    constants = np.array(CONSTANTS)
    with np.errstate(over="ignore"):
        rounded = [constants.astype(known.dtype).astype(float) for known in FORMATS.values()]
        points = np.concatenate([constants, *rounded, *map(thresholds_of, FORMATS.values())])
        points = np.unique(points[np.isfinite(points.astype(format_.dtype).astype(float))])
    numbers: Array = np.unique(neighbours(np.concatenate([-points, points]), format_))
    numbers.flags.writeable = False
    return numbers
