"""The vector-Jacobian product: shapes, formats, and what upstream does to it."""

from math import inf, nan

import numpy as np
import pytest

from reference.arithmetic.formats import FORMATS
from verification.numbers.arrangements import LAYOUTS

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


@pytest.mark.interface
@pytest.mark.parametrize("shapes", SHAPES)
def test_x_and_upstream_broadcast(backward, format_, sample, shapes, hold):
    """As NumPy's own products do."""
    of_x, of_upstream, of_product = shapes
    x = sample(int(np.prod(of_x))).reshape(of_x)
    upstream = np.full(of_upstream, -1.5, format_.dtype)
    product = backward(x, upstream)
    assert np.shape(product) == of_product
    repeated = [np.broadcast_to(array, of_product).copy() for array in (x, upstream)]
    hold(repeated[0], product, backward(*repeated), exactly=True)


@pytest.mark.interface
@pytest.mark.parametrize(("of_x", "of_upstream"), UNFIT)
def test_shapes_that_do_not_broadcast_are_refused(backward, of_x, of_upstream):
    """With a ValueError."""
    with pytest.raises(ValueError, match="shape"):
        backward(np.ones(of_x), np.ones(of_upstream))


@pytest.mark.interface
@pytest.mark.parametrize("of_upstream", FORMATS)
def test_the_product_has_the_dtype_of_x(backward, format_, of_upstream, sample):
    """Whatever that of upstream."""
    upstream = np.ones(10, FORMATS[of_upstream].dtype)
    assert backward(sample(10), upstream).dtype == format_.dtype


@pytest.mark.interface
def test_upstream_may_be_integers_and_lists(backward, sample, hold):
    """They are the float64 numbers that they are."""
    x = sample(3)
    product = backward(x, np.array([2.0, -1.0, 3.0]))
    hold(x, backward(x, [2, -1, 3]), product, exactly=True)
    hold(x, backward(x, np.array([2, -1, 3], np.int8)), product, exactly=True)


def test_an_upstream_of_one_gives_the_derivative(backward, derivative, sample, hold):
    """To the last bit."""
    x = sample(200)
    hold(x, backward(x, np.ones_like(x)), derivative(x), exactly=True)


def test_a_power_of_two_scales_the_derivative(backward, derivative, format_, sample, hold):
    """Exactly, while the results are normal; of either sign."""
    x = finite(sample, 200)
    slopes = derivative(x)
    normal = np.abs(doubles(slopes)) >= 2.0**format_.emin
    for factor in (-1.0, 2.0, -4.0, 1024.0):
        product = backward(x, np.full_like(x, factor))
        hold(x[normal], product[normal], (slopes * np.full_like(x, factor))[normal])


def test_minus_upstream_gives_minus_the_product(backward, format_, sample, hold):
    """Rounding is the same on both sides of zero, and zeros have signs."""
    x = sample(200)
    upstream = np.resize([0.75, -1.5, 3.3, 1e-3, format_.smallest, 0.0], x.size)
    upstream = upstream.astype(format_.dtype)
    numbers = ~np.isnan(doubles(x))
    product = backward(x, -upstream)[numbers]
    hold(x[numbers], product, -backward(x, upstream)[numbers])


def test_upstream_is_not_ignored(backward, format_):
    """Different gradients give different products."""
    x = np.full(2, 0.75, format_.dtype)
    one, other = doubles(backward(x, np.array([1.0, 3.0]).astype(format_.dtype)))
    assert other > 2 * one > 0


def test_a_zero_upstream_gives_a_zero(backward, derivative, sample, hold):
    """With the sign of the product."""
    x = finite(sample, 100)
    for zero in (0.0, -0.0):
        upstream = np.full_like(x, zero)
        hold(x, backward(x, upstream), np.copysign(1, derivative(x)).astype(x.dtype) * upstream)


def test_an_infinite_upstream_gives_an_infinity(
    backward, derivative, implementation, format_, hold
):
    """With the sign of the derivative; NaN, or of others 0, where that is 0 itself."""
    x = np.array([-3.0, -0.25, 0.5, 3.0]).astype(format_.dtype)
    slopes = derivative(x)
    tried = implementation.exact | (doubles(slopes) != 0)
    for infinity in (inf, -inf):
        upstream = np.full_like(x, infinity)
        with np.errstate(invalid="ignore"):
            expected = np.where(slopes == 0, np.full_like(x, nan), slopes * upstream)
        product = backward(x, upstream)
        hold(x[tried], np.abs(product[tried]), np.abs(expected[tried]))
        assert not np.any(
            np.sign(doubles(product)) * np.sign(doubles(slopes)) == -np.sign(infinity)
        )


def test_nan_spreads(backward, derivative, implementation, sample):
    """From either factor, and from no other place; of others, not past a derivative of 0."""
    x = finite(sample, 50)
    none = np.full_like(x, nan)
    alive = implementation.exact | (doubles(derivative(x)) != 0)
    assert np.isnan(doubles(backward(x, none)))[alive].all()
    if not implementation.ignores_nan(order=1):
        assert np.isnan(doubles(backward(none, x))).all()
    assert not np.isnan(doubles(backward(x, x))).any()


def test_upstream_is_not_written_to(backward, sample):
    """It may be read-only, and is no part of the result."""
    x, upstream = sample(50), sample(50)[::-1].copy()
    before = upstream.tobytes()
    upstream.flags.writeable = False
    product = backward(x, upstream)
    assert upstream.tobytes() == before
    assert not np.shares_memory(product, upstream)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=list(LAYOUTS))
def test_bits_do_not_depend_on_the_layout_of_upstream(backward, sample, layout, hold):
    """Whatever that of x."""
    x, upstream = sample(132).reshape(12, 11), sample(132)[::-1].reshape(12, 11).copy()
    hold(x, backward(x, layout(upstream)), backward(x, upstream), exactly=True)


def test_one_number_for_upstream_is_as_good_as_its_copies(backward, format_, sample, hold):
    """As the gradient of a sum is: of stride 0."""
    x = sample(132).reshape(12, 11)
    upstream = np.broadcast_to(format_.dtype.type(1.5), x.shape)
    hold(x, backward(x, upstream), backward(x, upstream.copy()), exactly=True)


@pytest.mark.interface
def test_no_warning_reaches_the_caller(backward, format_, sample):
    """Under ``np.errstate(all="raise")``: overflow, underflow, 0 times infinity."""
    x = sample(64)
    with np.errstate(all="raise"):
        backward(x[:, None], x[None, :])
        backward(x, format_.dtype.type(format_.largest))
