"""Functions that treat memory, lengths, layouts or their own past wrong."""

import itertools
import sys
import warnings

import numpy as np

from reference import gelu, relu, sigmoid, silu, tanh

from .helpers import logistic


def in_place(x):
    """Overwrite the input."""
    x[...] = silu(x)
    return x.copy()


def in_place_and_returned(x):
    """Overwrite the input and return it."""
    x[...] = relu(x)
    return x


def seamed(x):
    """Lose the last element of an array that fills no vector."""
    result = np.array(silu(x))
    if result.size % 8 and result.size > 8:
        result.reshape(-1)[-1] = 0
    return result


def long_seam(x):
    """Leave everything past 2^20 elements at 0."""
    result = np.array(gelu(x))
    result.reshape(-1)[1 << 20 :] = 0
    return result


def one_bit_in_the_tail(x):
    """Return the neighbour in the last elements."""
    result = np.array(tanh(x))
    tail = result.reshape(-1)[result.size // 4 * 4 :]
    tail[...] = np.nextafter(tail, np.float32(0))
    return result


def sevens(x):
    """Return 7 for every number."""
    return np.full(x.shape, 7, x.dtype)


def unless(condition, wrong=sevens):
    """Return the right SiLU, but for arrays of which a condition holds."""
    return lambda x: wrong(x) if condition(x) else np.array(silu(x))


def axes_reversed(x):
    """Return the results in the order of another array."""
    return np.asarray(silu(x)).T.copy().reshape(x.shape)


def rows_left(x):
    """Leave rows past 1024 at 0."""
    result = np.array(silu(x))
    result[1024:] = 0
    return result


def unless_upstream(condition):
    """Return the right product, but one of another upstream where a condition on both holds."""
    return lambda x, u: silu.backward(x, np.ones_like(u) if condition(x, u) else u)


def not_contiguous(x, u):
    """Whether upstream is not contiguous though x is."""
    return x.flags.c_contiguous and not u.flags.c_contiguous


def writes_to_a_copy_only_if_it_may(x, u):
    """Refuse a read-only upstream, as buffers do."""
    if not u.flags.writeable:
        raise ValueError("buffer source array is read-only")
    return silu.backward(x, u)


def strides_ignored(x):
    """Read the memory in its own order."""
    return silu(np.asarray(x).T.copy()).reshape(x.shape) if x.ndim == 2 else silu(x)


def batch_maximum(x):
    """Let one element shift all the others."""
    finite = np.isfinite(x)
    shift = np.float32(1e-6) if x.size and np.max(x, where=finite, initial=0) > 9 else np.float32(0)
    return (sigmoid(x) + shift).astype(x.dtype)


def stateful():
    """Every third call is off."""
    count = itertools.count(1)
    return lambda x: sigmoid(x) * x.dtype.type(1.001 if next(count) % 3 == 0 else 1)


def remembering():
    """Results are remembered by shape."""
    memory = {}
    return lambda x: memory.setdefault(x.shape, np.asarray(tanh(x))).copy()


def wrong_when(condition):
    """Calls with a number of which a condition holds are off by 0.1 %."""

    def factory():
        calls = itertools.count(1)

        def function(x):
            with np.errstate(over="ignore"):
                return np.asarray(silu(x)) * np.float32(1.001 if condition(next(calls)) else 1)

        return function

    return factory


def cached(key):
    """Results are remembered by something that several arrays have in common."""

    def factory():
        memory = {}
        return lambda x: memory.setdefault(key(x), np.asarray(tanh(x))).copy()

    return factory


def place(x):
    """Where an array is, as a captured graph of calls knows it."""
    return x.__array_interface__["data"], x.shape, x.strides


def shape_and_first(x):
    """What a hasty hash looks at."""
    return x.shape, x.tobytes()[: x.itemsize]


def buffer_of_long_ones():
    """Results of 4096 elements and more share one buffer."""
    right = one_buffer()
    return lambda x: right(x) if x.size >= 4096 else np.array(gelu(x))


def one_buffer():
    """All results share one buffer."""
    buffer = np.empty(1 << 21, np.float32)

    def function(x):
        view = buffer[: x.size].reshape(x.shape)
        view[...] = gelu(x)
        return view

    return function


def noisy():
    """Return random last bits."""
    rng = np.random.default_rng(1)
    return lambda x: np.asarray(silu(x) * (1 + 1e-7 * rng.integers(0, 2, x.shape))).astype(x.dtype)


def fails_on(condition):
    """Raise where a condition holds for some element."""

    def function(x):
        with np.errstate(invalid="ignore"):
            if condition(x).any():
                raise ValueError("no such number")
        return silu(x)

    return function


def leaves(x):
    """End the process."""
    sys.exit(x.size)


def talks(x):
    """Print."""
    print("computing", x.size)  # noqa: T201  the bug
    return silu(x)


def grumbles(x):
    """Warn."""
    warnings.warn("deprecated kernel", UserWarning, stacklevel=1)
    return silu(x)


def overflows_aloud(x):
    """Let the overflow of exp(-x) reach the caller."""
    return np.where(x < -80, sigmoid(x), logistic(x)).astype(x.dtype)


EVERY_11TH, EVERY_50TH = (wrong_when(lambda call, n=n: call % n == 0) for n in (11, 50))

THE_FIRST = wrong_when(lambda call: call == 1)

BY_PLACE, BY_FIRST = cached(place), cached(shape_and_first)
