"""Dtype first: what is kept, what becomes float64, what is refused."""

from datetime import date
from fractions import Fraction

import numpy as np
import pytest

TO_FLOAT64 = [
    pytest.param([-2, 0, 3], id="list of ints"),
    pytest.param([-2.5, 0.0, 3.5], id="list of floats"),
    pytest.param((True, False), id="tuple of bools"),
    pytest.param([[1, 2], [3, 4]], id="nested list"),
    pytest.param(range(-3, 4), id="range"),
    pytest.param(np.arange(-3, 4, dtype=np.int8), id="int8"),
    pytest.param(np.arange(-3, 4, dtype=np.int32), id="int32"),
    pytest.param(np.array([-(2**53), 0, 2**53]), id="int64"),
    pytest.param(np.array([0, 7, 255], np.uint8), id="uint8"),
    pytest.param(np.array([0, 2**53], np.uint64), id="uint64"),
    pytest.param(np.array([True, False]), id="bool"),
    pytest.param(np.arange(-3, 4).astype(">i4"), id="big-endian int32"),
]
SCALARS = [
    pytest.param(1.5, id="float"),
    pytest.param(-2, id="int"),
    pytest.param(True, id="bool"),
    pytest.param(np.int16(-2), id="NumPy int"),
    pytest.param(np.bool_(1), id="NumPy bool"),
]
REFUSED = [
    pytest.param(np.ones(2, np.complex64), id="complex64"),
    pytest.param(1j, id="complex"),
    pytest.param(np.ones(2, np.longdouble), id="longdouble"),
    pytest.param(np.array([1.0, 2.0], object), id="object"),
    pytest.param(Fraction(1, 2), id="Fraction"),
    pytest.param(None, id="None"),
    pytest.param("1.5", id="str"),
    pytest.param(np.array(["1.5"]), id="array of str"),
    pytest.param(b"1.5", id="bytes"),
    pytest.param(np.array([date(2000, 1, 1)], "datetime64"), id="datetime"),
    pytest.param(np.ones(2, [("x", np.float64)]), id="structured"),
]


def test_dtype_is_kept(call, format_, sample):
    """float16, bfloat16, float32 and float64 each give their own kind."""
    assert call(sample(20)).dtype == format_.dtype


@pytest.mark.interface
def test_dtype_is_kept_for_a_scalar(call, format_):
    """A NumPy scalar gives a NumPy scalar of its type."""
    assert type(call(format_.dtype.type(1.5))) is format_.dtype.type


def test_a_zero_dimensional_array_keeps_dtype_and_shape(call, format_, hold):
    """And gives what its element gives."""
    element = format_.dtype.type(-0.75)
    result = call(np.array(element))
    assert np.shape(result) == ()
    hold(np.array([element]), np.reshape(result, 1), call(np.array([element])), exactly=True)


@pytest.mark.interface
@pytest.mark.parametrize("x", TO_FLOAT64)
def test_integers_bools_and_lists_become_float64(call, x, hold):
    """With the result of their values as float64."""
    wide = np.array(x, np.float64)
    hold(wide, call(x), call(wide), exactly=True)


@pytest.mark.interface
@pytest.mark.parametrize("x", SCALARS)
def test_a_python_scalar_gives_a_numpy_float64(call, x, hold):
    """With the result of its value as float64."""
    result = call(x)
    assert type(result) is np.float64
    hold(np.float64(x), result, call(np.float64(x)), exactly=True)


@pytest.mark.interface
@pytest.mark.parametrize("x", REFUSED)
def test_other_types_are_refused(call, x):
    """With a TypeError."""
    with pytest.raises(TypeError):
        call(x)


@pytest.mark.interface
@pytest.mark.parametrize("upstream", REFUSED)
def test_other_types_of_upstream_are_refused(backward, upstream):
    """With a TypeError, whatever x is."""
    with pytest.raises(TypeError):
        backward(np.ones(2), upstream)


@pytest.mark.interface
def test_big_endian_numbers_are_numbers(call, sample, hold):
    """With the same values in native order; bfloat16, which ml_dtypes defines, has no other."""
    x = sample(20)
    foreign = x.dtype if x.dtype.name == "bfloat16" else x.dtype.newbyteorder(">")
    hold(x, call(x.astype(foreign)), call(x), exactly=True)


@pytest.mark.interface
def test_a_subclass_of_ndarray_keeps_its_values(call, sample, hold):
    """A memory map or a matrix is an array."""
    x = sample(20)
    hold(x, np.asarray(call(x.view(np.memmap))), call(x), exactly=True)
