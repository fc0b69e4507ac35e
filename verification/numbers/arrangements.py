"""Shapes and memory layouts that a function of arrays meets, and that no result may depend on."""

from collections.abc import Callable

import numpy as np

from reference.arithmetic.types import Array

Layout = Callable[[Array], Array]

SHAPES = ((), (0,), (3, 0, 2), (1,), (7,), (3, 5), (1, 4, 1), (2, 3, 4), (2, 3, 4, 5))


def cycled(x: Array) -> Array:
    """The last axis first in memory, and the others after it."""
    return np.moveaxis(np.moveaxis(x, -1, 0).copy(), 0, -1)


def mirrored(x: Array) -> Array:
    """The last element first in memory."""
    return np.flip(np.flip(x).copy())


def strided(x: Array) -> Array:
    """Every third element of a longer array."""
    longer = np.zeros((*x.shape[:-1], 3 * x.shape[-1]), x.dtype)
    longer[..., ::3] = x
    return longer[..., ::3]


def unaligned(x: Array) -> Array:
    """A copy that starts one byte past an aligned address."""
    view = np.zeros(x.nbytes + 1, np.uint8)[1:].view(x.dtype).reshape(x.shape)
    view[...] = x
    return view


def read_only(x: Array) -> Array:
    """A copy that cannot be written to."""
    copy = x.copy()
    copy.flags.writeable = False
    return copy


# Each takes an array of one dimension or more, and returns the same elements in another place.
LAYOUTS: dict[str, Layout] = {
    "transposed": lambda x: x.T.copy().T,
    "with its axes in another order": cycled,
    "in Fortran order": lambda x: x.copy(order="F"),
    "of negative stride": lambda x: x[::-1].copy()[::-1],
    "of negative strides": mirrored,
    "strided": strided,
    "unaligned": unaligned,
    "read-only": read_only,
    "at the beginning of a longer one": lambda x: np.concatenate([x, x])[: len(x)],
    "at the end of a longer one": lambda x: np.concatenate([x, x])[len(x) :],
}


def broadcast(x: Array) -> Array:
    """The first element along the first axis, in the place of all: of stride 0, and read-only."""
    return np.broadcast_to(x[:1].copy(), x.shape)
