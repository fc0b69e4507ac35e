"""Then shape: any is kept, and no layout, length or offset changes a bit."""

import numpy as np
import pytest

from verification.numbers.arrangements import LAYOUTS, SHAPES, broadcast

BLOCK = 16384
ARRANGED = [(132,), (12, 11), (2, 6, 11)]
LENGTHS = [*range(1, 66), BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK - 1, 2 * BLOCK + 1]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_shape_is_kept(call, sample, shape, hold):
    """With the elements in their places."""
    x = sample(int(np.prod(shape))).reshape(shape)
    result = call(x)
    assert np.shape(result) == shape
    hold(x.reshape(-1), np.reshape(result, -1), call(x.reshape(-1)), exactly=True)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=list(LAYOUTS))
def test_bits_do_not_depend_on_the_layout(call, sample, layout, hold):
    """The same elements in another arrangement give the same results."""
    for shape in ARRANGED:
        x = sample(132).reshape(shape)
        arranged = layout(x)
        assert np.array_equal(arranged, x, equal_nan=True)
        hold(x, call(arranged), call(x), exactly=True)


def test_a_broadcast_array_is_as_good_as_its_copy(call, sample, hold):
    """Elements that share their memory."""
    x = broadcast(sample(44).reshape(4, 11))
    hold(x, call(x), call(x.copy()), exactly=True)


def test_bits_do_not_depend_on_the_length(call, sample, hold):
    """1 to 65 elements, where vector code has its tails, and the seams of blocks."""
    x = sample(LENGTHS[-1])
    whole = call(x)
    for length in LENGTHS:
        hold(x[:length], call(x[:length]), whole[:length], exactly=True)


def test_bits_do_not_depend_on_the_offset(call, sample, hold):
    """Wherever the elements begin in memory and end."""
    x = sample(BLOCK + 70)
    whole = call(x)
    for offset in (*range(1, 10), 15, 17, 63):
        hold(x[offset:], call(x[offset:]), whole[offset:], exactly=True)


def test_elements_do_not_depend_on_one_another(call, sample, hold):
    """One at a time they give what they give together."""
    x = sample(40)
    alone = np.concatenate([call(x[i : i + 1]) for i in range(40)])
    hold(x, alone, call(x), exactly=True)


def test_the_input_is_not_written_to(call, sample):
    """Nor is it part of the result."""
    x = sample(BLOCK + 3)
    before = x.tobytes()
    result = call(x)
    assert x.tobytes() == before
    assert not np.shares_memory(result, x)


@pytest.mark.interface
def test_the_result_belongs_to_the_caller(call, sample):
    """Who may write to it."""
    assert call(sample(BLOCK + 3)).flags.writeable


def test_two_calls_do_not_share_their_result(call, sample):
    """What one returned, the next leaves alone."""
    first = call(sample(20))
    kept = first.tobytes()
    call(sample(20)[::-1])
    assert first.tobytes() == kept


def test_the_same_call_gives_the_same_bits(call, sample, hold):
    """Every time."""
    x = sample(200)
    hold(x, call(x), call(x), exactly=True)
