"""The vector-Jacobian product: shapes, formats, and what upstream does to it."""

from math import inf, nan

import numpy as np
import pytest

from verification.ulp import FORMATS

SHAPES = [
    pytest.param(((), (), ()), id="scalars"),
    pytest.param(((5,), (), (5,)), id="scalar upstream"),
    pytest.param(((), (5,), (5,)), id="scalar x"),
    pytest.param(((3, 1), (1, 4), (3, 4)), id="outer"),
    pytest.param(((2, 3), (3,), (2, 3)), id="row"),
    pytest.param(((3,), (2, 3), (2, 3)), id="row of x"),
    pytest.param(((0,), (1,), (0,)), id="empty"),
    pytest.param(((2, 3), (2, 3), (2, 3)), id="alike"),
]
UNFIT = [
    pytest.param((2,), (3,), id="lengths"),
    pytest.param((2, 3), (2,), id="columns"),
    pytest.param((0,), (2,), id="empty"),
]


def doubles(results):
    """Widen results, exactly."""
    return np.asarray(results).astype(np.float64)


def finite(sample, size):
    """The numbers of a sample without infinities and NaN."""
    x = sample(size)
    return x[np.isfinite(doubles(x))]


@pytest.mark.parametrize("shapes", SHAPES)
def test_x_and_upstream_broadcast(implementation, format_, sample, shapes, same):
    """As NumPy's own products do."""
    of_x, of_upstream, of_product = shapes
    x = sample(int(np.prod(of_x))).reshape(of_x)
    upstream = np.full(of_upstream, -1.5, format_.dtype)
    product = implementation.backward(x, upstream)
    assert np.shape(product) == of_product
    repeated = [np.broadcast_to(array, of_product).copy() for array in (x, upstream)]
    assert same(product, implementation.backward(*repeated))


@pytest.mark.parametrize(("of_x", "of_upstream"), UNFIT)
def test_shapes_that_do_not_broadcast_are_refused(implementation, of_x, of_upstream):
    """With a ValueError."""
    with pytest.raises(ValueError, match="shape"):
        implementation.backward(np.ones(of_x), np.ones(of_upstream))


@pytest.mark.parametrize("of_upstream", FORMATS)
def test_the_product_has_the_dtype_of_x(implementation, format_, of_upstream, sample):
    """Whatever that of upstream."""
    upstream = np.ones(10, FORMATS[of_upstream].dtype)
    assert implementation.backward(sample(10), upstream).dtype == format_.dtype


def test_upstream_may_be_integers_and_lists(implementation, sample, same):
    """They are the float64 numbers that they are."""
    x = sample(3)
    product = implementation.backward(x, np.array([2.0, -1.0, 3.0]))
    assert same(implementation.backward(x, [2, -1, 3]), product)
    assert same(implementation.backward(x, np.array([2, -1, 3], np.int8)), product)


def test_an_upstream_of_one_gives_the_derivative(implementation, format_, sample, same):
    """To the last bit."""
    x = sample(200)
    product = implementation.backward(x, format_.dtype.type(1))
    assert same(product, implementation.derivative(x))


def test_a_power_of_two_scales_the_derivative(implementation, format_, sample):
    """Exactly, while the results are normal; of either sign."""
    x = finite(sample, 200)
    slopes = doubles(implementation.derivative(x))
    normal = np.abs(slopes) >= 2.0**format_.emin
    for factor in (-1.0, 2.0, -4.0, 1024.0):
        product = doubles(implementation.backward(x, format_.dtype.type(factor)))
        assert np.array_equal(product[normal], factor * slopes[normal])


def test_minus_upstream_gives_minus_the_product(implementation, format_, sample, same):
    """Rounding is the same on both sides of zero, and zeros have signs."""
    x = sample(200)
    upstream = np.resize([0.75, -1.5, 3.3, 1e-3, format_.smallest, 0.0], x.size)
    upstream = upstream.astype(format_.dtype)
    numbers = ~np.isnan(doubles(x))
    product = implementation.backward(x, -upstream)[numbers]
    assert same(product, -implementation.backward(x, upstream)[numbers])


def test_upstream_is_not_ignored(implementation, format_):
    """Different gradients give different products."""
    x = np.full(2, 0.75, format_.dtype)
    one, other = doubles(implementation.backward(x, np.array([1.0, 3.0]).astype(format_.dtype)))
    assert other > 2 * one > 0


def test_a_zero_upstream_gives_a_zero(implementation, format_, sample):
    """With the sign of the product."""
    x = finite(sample, 100)
    slopes = doubles(implementation.derivative(x))
    for zero in (0.0, -0.0):
        product = doubles(implementation.backward(x, format_.dtype.type(zero)))
        assert not product.any()
        assert np.array_equal(np.signbit(product), np.signbit(slopes * zero))


def test_an_infinite_upstream_gives_an_infinity(implementation, format_):
    """With the sign of the derivative; NaN where that is 0 itself."""
    x = np.array([-3.0, -0.25, 0.5, 3.0]).astype(format_.dtype)
    slopes = doubles(implementation.derivative(x))
    for upstream in (inf, -inf):
        product = doubles(implementation.backward(x, format_.dtype.type(upstream)))
        with np.errstate(invalid="ignore"):
            assert np.array_equal(product, slopes * upstream, equal_nan=True)


def test_nan_spreads(implementation, format_, sample):
    """From either factor, and from no other place."""
    x = finite(sample, 50)
    none = format_.dtype.type(nan)
    assert np.isnan(doubles(implementation.backward(x, none))).all()
    assert np.isnan(doubles(implementation.backward(np.full_like(x, nan), x))).all()
    assert not np.isnan(doubles(implementation.backward(x, x))).any()


def test_upstream_is_not_written_to(implementation, sample):
    """It may be read-only, and is no part of the result."""
    x, upstream = sample(50), sample(50)[::-1].copy()
    before = upstream.tobytes()
    upstream.flags.writeable = False
    product = implementation.backward(x, upstream)
    assert upstream.tobytes() == before
    assert not np.shares_memory(product, upstream)


def test_no_warning_reaches_the_caller(implementation, format_, sample):
    """Under ``np.errstate(all="raise")``: overflow, underflow, 0 times infinity."""
    x = sample(64)
    with np.errstate(all="raise"):
        implementation.backward(x[:, None], x[None, :])
        implementation.backward(x, format_.dtype.type(format_.largest))
