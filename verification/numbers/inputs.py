"""The inputs that the witnesses try: the same ones every time, chosen where mistakes hide.

16-bit formats are tried in full. In float32 and float64 the inputs are stratified: every
binade of both signs, the active range densely, the numbers around every root and kink, tails
down to the last subnormal result, tiny inputs, integers, powers of two, the format's edges.
"""

from collections.abc import Callable

import numpy as np

from reference import Activation
from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array, Float64

NEIGHBOURS = 12
# A sample of a 16-bit format has one in eight of its numbers.
EVERY = 8
# Of each sign, over all normal binades: 3 in a binade of float64, 24 in one of float32.
INNER = 6144
GOLDEN = 0.6180339887498949
# Half-widths and numbers of points: where the Gaussian, and the exponential, tails end in
# float64; and the mission's |x| = 1000.
DENSE = ((4.0, 1000), (12.0, 1000), (40.0, 500), (760.0, 500), (1000.0, 100))

# A table's range, and half a cell in it.
EDGE, CELLS = 16.0, 1 << 15


def ordinals(x: Array, format_: Format) -> Array:
    """Return the position of each number in its format: 0 for zero, ±1 for the smallest, ..."""
    bits = np.ascontiguousarray(x, format_.dtype).view(format_.bits)
    magnitude = (bits & np.iinfo(format_.bits).max // 2).astype(np.int64)
    return np.where(np.signbit(x), -magnitude, magnitude)


def from_ordinals(positions: Array, format_: Format) -> Array:
    """Return the number at each position; past the largest finite one, the largest finite one."""
    largest = ordinals(np.array([format_.largest]).astype(format_.dtype), format_)[0]
    magnitude = np.minimum(np.abs(positions), largest).astype(format_.bits)
    sign = (positions < 0).astype(format_.bits) << (format_.bits.itemsize * 8 - 1)
    numbers: Array = (magnitude | sign).view(format_.dtype)
    return numbers


def neighbours(points: Array, format_: Format, count: int = NEIGHBOURS) -> Array:
    """Return each point, rounded to the format, and the ``count`` numbers either side of it."""
    centres = ordinals(np.asarray(points, np.float64).astype(format_.dtype), format_)
    positions = centres[:, None] + np.arange(-count, count + 1)
    return from_ordinals(positions.ravel(), format_)


def every_finite(format_: Format) -> Array:
    """Return all the finite numbers of a format in rising order, both zeros included."""
    largest = ordinals(np.array([format_.largest]).astype(format_.dtype), format_)[0]
    positive = from_ordinals(np.arange(largest + 1), format_)
    return np.concatenate([-positive[::-1], positive])


def _binades(format_: Format) -> Array:
    """First, last and a few inner numbers of every binade, the subnormal ones included."""
    per_binade = 1 << (format_.precision - 1)
    steps = np.arange(INNER // (format_.emax - format_.emin)) * GOLDEN % 1
    offsets = np.concatenate([(steps * per_binade).astype(np.int64), [1, per_binade - 1]])
    starts = np.arange(1, format_.emax - format_.emin + 2) * per_binade
    normal = (starts[:, None] + offsets).ravel()
    powers = 1 << np.arange(format_.precision - 1)
    subnormal = np.concatenate([powers, powers + 1, 2 * powers - 1, powers + powers // 3])
    positions = np.concatenate([normal, subnormal])
    return from_ordinals(np.concatenate([-positions, positions]), format_)


def _dense() -> Float64:
    """Points spread evenly, but on no grid, over the active range and the tails."""
    return np.concatenate(
        [half_width * (2 * (np.arange(count) * GOLDEN % 1) - 1) for half_width, count in DENSE]
    )


def _landmarks(activation: Activation) -> Float64:
    """Zero, one, and the activation's own roots and kinks."""
    roots = [root for function in activation.orders for root in function.roots]
    kinks = [kink.at for kink in activation.kinks]
    return np.array([0.0, 1.0, -1.0, *roots, *kinks])


def _first_settled(settled: Callable[[Array], Array], sign: int, format_: Format) -> Array:
    """Find the input nearest to 0, beyond ``sign``, from which on ``settled`` is true.

    Bisection over the format's numbers: right when ``settled`` changes once, and a good place
    to look when it does not.
    """
    low, high = ordinals(np.array([1.0, format_.largest]).astype(format_.dtype), format_).tolist()
    while high - low > 1:
        middle = (low + high) // 2
        if settled(from_ordinals(np.array([sign * middle]), format_))[0]:
            high = middle
        else:
            low = middle
    return from_ordinals(np.array([sign * high]), format_)


def _tail_ends(activation: Activation, format_: Format) -> Array:
    """Where each derivative's tails reach their limit: the last subnormal result, or the 1."""
    ends = []
    for order, function in enumerate(activation.orders):
        for sign, limit in zip((-1, 1), function.limits, strict=True):

            def settled(x: Array, order: int = order, limit: float = limit) -> Array:
                results = np.asarray(activation.derivative(x, order=order))
                return np.asarray(results.astype(float) == limit)

            if np.isfinite(limit):
                ends.append(_first_settled(settled, sign, format_))
    return np.concatenate(ends).astype(np.float64) if ends else np.empty(0)


def stratified(activation: Activation, format_: Format) -> Array:
    """Return the finite inputs, in rising order, on which a witness tries an activation."""
    if format_.has_few_numbers:
        return every_finite(format_)
    integers = np.arange(-64.0, 65.0)
    points = np.concatenate([_landmarks(activation), _tail_ends(activation, format_)])
    parts = [
        _binades(format_),
        neighbours(points, format_),
        np.concatenate([_dense(), integers, integers / 8]).astype(format_.dtype),
    ]
    return np.unique(np.concatenate(parts))


def sampled(activation: Activation, format_: Format) -> Array:
    """The stratified inputs; of a 16-bit format, of which a sweep tries all, one in eight."""
    inputs = stratified(activation, format_)
    if not format_.has_few_numbers:
        return inputs
    points = np.concatenate([_landmarks(activation), _tail_ends(activation, format_)])
    return np.unique(np.concatenate([inputs[::EVERY], neighbours(points, format_)]))


def every_cell(format_: Format) -> Array:
    """Two numbers in each cell of 1/1024 on [-16, 16), as the entries of tables have them."""
    halves = np.arange(-CELLS, CELLS)
    numbers = (halves + 0.01 + 0.98 * (halves * GOLDEN % 1)) * (EDGE / CELLS)
    narrowed: Array = numbers.astype(format_.dtype)
    return narrowed


def upstreams(count: int, format_: Format) -> Array:
    """Upstream gradients for ``backward``: both signs, all significands, 2^-10 to 2^10."""
    steps = np.arange(count)
    significands = 1 + steps * GOLDEN % 1
    exponents = (steps * 8) % 21 - 10
    signed: Array = np.where(steps % 2, -1, 1) * np.ldexp(significands, exponents)
    return signed.astype(format_.dtype)


def upstreams_of_every_binade(count: int, format_: Format) -> Array:
    """Upstream gradients of both signs from the smallest subnormal number to the largest one."""
    steps = np.arange(count)
    lowest = format_.emin - format_.precision + 1
    binades = format_.emax - lowest + 1
    exponents = lowest + steps * 7919 % binades
    unit = 2.0 ** (1 - format_.precision)
    significands = 1 + np.floor(steps * GOLDEN % 1 / unit) * unit
    numbers = np.where(steps // binades % 2, -1, 1) * np.ldexp(significands, exponents)
    numbers[::61] = np.resize([1, -1], numbers[::61].size) * format_.largest
    narrowed: Array = numbers.astype(format_.dtype)
    return narrowed
