"""Several threads: the same bits, and nothing of it for small arrays."""

import threading

import numpy as np
import pytest

from reference import gelu
from reference.definition import parallel
from reference.definition.parallel import SMALLEST_PART, in_parallel, threads_for


def parts_of(size):
    """List the slices that the work is divided into, and the threads that did them."""
    seen = []
    in_parallel(
        lambda part: seen.append((part.start, part.stop, threading.get_ident())),
        size,
        threads_for(size),
    )
    return sorted(seen)


@pytest.mark.parametrize("threads", ["1", "2", "3"])
@pytest.mark.parametrize("size", [0, 1, 2 * SMALLEST_PART - 1, 2 * SMALLEST_PART, 1_000_003])
def test_parts_make_up_the_whole(threads, size, monkeypatch):
    """Each element once, in as many parts as there are threads, if those are not too small."""
    monkeypatch.setenv(parallel.VARIABLE, threads)
    parts = parts_of(size)
    assert [start for start, _, _ in parts] == [0, *(stop for _, stop, _ in parts[:-1])]
    assert parts[-1][1] == size
    assert len(parts) == max(1, min(int(threads), size // SMALLEST_PART))


def test_by_default_the_caller_s_thread_does_all(monkeypatch):
    """Whatever the size."""
    monkeypatch.delenv(parallel.VARIABLE, raising=False)
    assert [thread for *_, thread in parts_of(1 << 24)] == [threading.get_ident()]


def test_bits_do_not_depend_on_threads(monkeypatch):
    """Value and vector-Jacobian product, special inputs included, warnings turned into errors."""
    x = np.random.default_rng(0).normal(0, 9, 2 * SMALLEST_PART + 77).astype(np.float32)
    x[:: x.size // 7] = np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-45, -0.7517915, 3e38
    one = gelu(x), gelu.backward(x, x[::-1])
    monkeypatch.setenv(parallel.VARIABLE, "2")
    with np.errstate(all="raise"):
        two = gelu(x), gelu.backward(x, x[::-1])
    for a, b in zip(one, two, strict=True):
        assert a.tobytes() == b.tobytes()


def test_what_goes_wrong_in_a_thread_is_raised():
    """And not lost."""
    with pytest.raises(ZeroDivisionError):
        in_parallel(lambda part: part.start // 0, 2 * SMALLEST_PART, threads=2)


@pytest.mark.parametrize("asked", ["0", "-1", "two", " "])
def test_a_number_of_threads_that_is_none_is_refused(asked, monkeypatch):
    """In one sentence that says what came."""
    monkeypatch.setenv(parallel.VARIABLE, asked)
    with pytest.raises(ValueError, match="HALFULP_THREADS has to be a number of threads"):
        threads_for(2 * SMALLEST_PART)
