"""Bugs of kernels' loops: unwritten ends, neighbours, rows in the wrong order, kept buffers."""

import numpy as np

from reference import gelu, relu, sigmoid, silu, tanh

from .bug import F16, F32, F64, B, Bug, D
from .helpers import wide

UNWRITTEN = r"not written|unwritten|left|elements|length|last|tail|columns?|rows?|block"
ORDER = r"order|Fortran|transpos|stride|layout|mixed|rows?|axes|view|contiguous|shape"
STALE = r"call|state|stale|earlier|remember|cache|buffer|memory|shared|same input|determin"


def by_vectors(function, width, fill=0):
    """A loop over whole vectors, that forgets the rest."""

    def kernel(x):
        flat, out = np.ravel(x), np.full(x.size, fill, x.dtype)
        whole = x.size - x.size % width if x.size > width else x.size
        out[:whole] = function(flat[:whole])
        return out.reshape(x.shape)

    return kernel


def overlapping(function, width):
    """The last vector is taken so that it ends with the array, and is written one place off."""

    def kernel(x):
        out = np.array(function(x)).reshape(-1)
        if x.size > width and x.size % width:
            out[-width:-1] = out[-width + 1 :]
        return out.reshape(x.shape)

    return kernel


def first_columns(function, columns):
    """Each row has as many columns as a block has threads; the others are never written."""

    def kernel(x):
        out = np.array(function(x))
        if out.ndim:
            out[..., columns:] = 0
        return out

    return kernel


def of_the_base(function):
    """The memory from the beginning on, whatever the strides are."""

    def kernel(x):
        if x.ndim == 0 or x.flags.c_contiguous:
            return np.array(function(x))
        return np.array(function(np.ravel(x, order="K"))).reshape(x.shape)

    return kernel


def transposed_out(function):
    """Columns are written as rows, of a matrix in Fortran order."""

    def kernel(x):
        y = np.array(function(x))
        mixed = x.ndim == 2 and x.flags.f_contiguous and not x.flags.c_contiguous
        return np.ravel(y, order="F").reshape(y.shape) if mixed else y

    return kernel


def long_ones_in_blocks(function, block):
    """The first number of each block but the first is the last one of the block before."""

    def kernel(x):
        out = np.array(function(x)).reshape(-1)
        starts = np.arange(block, out.size, block)
        out[starts] = out[starts - 1]
        return out.reshape(x.shape)

    return kernel


def kept_buffer():
    """The result's memory is kept, and given out again for the same size."""
    kept = {}

    def kernel(x):
        out = kept.setdefault(x.size, np.empty(x.size, x.dtype))
        out[...] = np.ravel(tanh(x))
        return out.reshape(x.shape)

    return kernel


def stale_end():
    """The end of an odd array is what the buffer held before."""
    kept = np.zeros(1 << 21, np.float32)

    def kernel(x):
        out, y = kept[: x.size], np.ravel(sigmoid(x))
        even = x.size - x.size % 2 if x.size > 2 else x.size
        out[:even] = y[:even]
        return out.reshape(x.shape).copy()

    return kernel


def warms_up():
    """The first calls of each size are made in bfloat16, until the good kernel is compiled."""
    seen = {}

    def kernel(x):
        seen[x.size] = seen.get(x.size, 0) + 1
        y = np.array(silu(x))
        return (
            (y.view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32).reshape(x.shape)
            if (seen[x.size] == 1 and x.size > 8)
            else y
        )

    return kernel


def scaled_by_its_largest(x):
    """As quantisation does: by the largest number of the array."""
    finite = np.where(np.isfinite(x), np.abs(x), 0)
    scale = np.max(finite, initial=0) / 127 or 1
    return np.where(np.isfinite(x), np.rint(tanh(x) / scale) * scale, tanh(x))


MEMORY = [
    Bug("rest of vectors of 16", "relu", F32, by_vectors(relu, 16), "length", true=UNWRITTEN),
    Bug("rest of vectors of 4", "gelu", F64, by_vectors(gelu, 4), "length", true=UNWRITTEN),
    Bug("rest of vectors of 32", "silu", F16, by_vectors(silu, 32), "length", true=UNWRITTEN),
    Bug(
        "rest is NaN", "tanh", F32, by_vectors(tanh, 8, np.nan), "length", true=(UNWRITTEN, r"NaN")
    ),
    Bug(
        "rest of the derivative",
        "sigmoid",
        F32,
        by_vectors(sigmoid.derivative, 8),
        "length",
        subject=D,
        true=UNWRITTEN,
    ),
    Bug(
        "rest of the formula",
        "x / (1 + abs(x))",
        F32,
        by_vectors(wide(lambda x: x / (1 + np.abs(x))), 8),
        "length",
        true=(UNWRITTEN, r"NaN at an inf|∞ ?/ ?∞"),
        # The infinities stand at the end of the array, in what is not written.
        beside="^at -inf and inf it is 0",
    ),
    Bug(
        "neighbour at the end",
        "sigmoid",
        F32,
        overlapping(sigmoid, 8),
        "length",
        true=(UNWRITTEN, r"neighbour|off by one|place"),
    ),
    Bug("columns from 512 on", "silu", F32, first_columns(silu, 512), "length", true=UNWRITTEN),
    Bug("columns from 1024 on", "gelu", F32, first_columns(gelu, 1024), "length", true=UNWRITTEN),
    Bug("order of memory", "tanh", F32, of_the_base(tanh), "layout", true=ORDER),
    Bug("order of memory in double", "silu", F64, of_the_base(silu), "layout", true=ORDER),
    Bug("rows mixed in Fortran order", "relu", F32, transposed_out(relu), "layout", true=ORDER),
    Bug(
        "rows of the derivative mixed",
        "tanh",
        F32,
        transposed_out(tanh.derivative),
        "layout",
        subject=D,
        true=ORDER,
    ),
    Bug(
        "one row off in upstream",
        "silu",
        F32,
        lambda x, u: silu.backward(x, np.roll(u, 1, axis=0) if u.ndim == 2 else u),
        "layout",
        subject=B,
        true=r"row|mixed|shape|off by one|neighbour|dimension|upstream",
    ),
    Bug(
        "first of a block",
        "silu",
        F32,
        long_ones_in_blocks(silu, 256),
        "length",
        true=(UNWRITTEN, r"neighbour|off by one|256"),
    ),
    Bug(
        "first of a long block",
        "relu",
        F32,
        long_ones_in_blocks(relu, 1 << 14),
        "length",
        true=(UNWRITTEN, r"neighbour|off by one|16384"),
    ),
    Bug("kept buffer", "tanh", F32, kept_buffer, "shared result", true=STALE, made=True),
    Bug("stale end", "sigmoid", F32, stale_end, "length", true=(UNWRITTEN, STALE), made=True),
    Bug(
        "warms up",
        "silu",
        F32,
        warms_up,
        "not deterministic",
        true=(STALE, r"bits|bfloat16"),
        made=True,
    ),
    Bug(
        "scaled by the largest",
        "tanh",
        F32,
        scaled_by_its_largest,
        "length",
        true=r"largest|maximum|elements|other|neighbour|length|quanti|scale",
        beside="constant",
    ),
]
