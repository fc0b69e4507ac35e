"""From input to result: what each stage of Ziv's strategy decides is the correctly rounded number.

Value and derivatives at stratified inputs are judged by ``verification.balls``; here are the
places that it does not go to: backward with two formats, upstream gradients at the edges of
theirs, products that are ties or subnormal, and the parameters of ``leaky_relu``.
"""

from itertools import product
from math import copysign, inf, isnan, nan

import numpy as np
import pytest
from flint import arb, ctx

from reference import ACTIVATIONS, leaky_relu
from reference.arithmetic.formats import FORMATS
from reference.definition import head_tail_level, levels
from verification.numbers.inputs import neighbours
from verification.witnesses.balls import PRECISIONS, miss, truth

FORMULAS = [activation for activation in ACTIVATIONS.values() if not activation.orders[0].exact]
by_name = pytest.mark.parametrize("activation", FORMULAS, ids=lambda activation: activation.name)
each_format = pytest.mark.parametrize("format_", FORMATS.values(), ids=list(FORMATS))
MIXED = [
    pytest.param(FORMATS[of_x], FORMATS[of_upstream], id=f"{of_x} x, {of_upstream} upstream")
    for of_x in FORMATS
    for of_upstream in FORMATS
]
ODD = np.arange(1.0, 40.0, 2.0)
SLOPES = [0.0, -0.0, -0.5, 1e-300, 1e300, 5e-324, 0.01, 1 / 3, -1.7976931348623157e308]


def is_correct(computed, true, format_):
    """Whether a result is the nearest number, or None if the ball is too wide to say.

    Far past the largest number that is infinity, which ``miss`` takes for 2^(emax + 1).
    """
    if abs(true) > arb(2) ** (format_.emax + 1):
        return computed == (inf if true > 0 else -inf)
    found = miss(computed, true, format_)
    return None if found is None else found[0] <= 0.5


def judged(activation, order, x, upstream, computed, format_):
    """Judge one result with as much precision as it takes."""
    for bits in PRECISIONS:
        ball = truth(activation)(x, bits)[order]
        with ctx.workprec(bits):
            verdict = is_correct(computed, ball * arb(upstream), format_)
        if verdict is not None:
            return verdict
    return False


def wrong_products(activation, x, upstream):
    """List where backward is not the correctly rounded product."""
    format_ = FORMATS[x.dtype.name]
    products = activation.backward(x, upstream).astype(float).tolist()
    points = zip(x.astype(float).tolist(), upstream.astype(float).tolist(), products, strict=True)
    return [
        (point, factor, result)
        for point, factor, result in points
        if not judged(activation, 1, point, factor, result, format_)
    ]


def wrong_values(activation, order, x):
    """List where the derivative of an order is not correctly rounded."""
    format_ = FORMATS[x.dtype.name]
    results = activation.derivative(x, order=order).astype(float).tolist()
    return [
        (point, result)
        for point, result in zip(x.astype(float).tolist(), results, strict=True)
        if not judged(activation, order, point, 1.0, result, format_)
    ]


def crossed(activation, of_x, of_upstream):
    """Cross the inputs that matter with significands and exponents that matter."""
    roots = [root for function in activation.orders for root in function.roots]
    near = neighbours(np.array([*roots, 0.0]), of_x, 2).astype(float)
    rng = np.random.default_rng(11)
    narrow, wide = (guide.saturation for guide in activation.orders[1].guides)
    inside = [-0.97 * narrow, -0.5 * narrow, -0.9 * wide, *rng.uniform(-9, 9, 12)]
    x = np.array([*near, *inside, of_x.smallest, -3 * of_x.smallest, 2.0**-30])
    unit = 2.0 ** (1 - of_x.precision)
    least, most = of_upstream.smallest, of_upstream.largest
    factors = np.array([1.0, -1.0, 1 + unit / 2, 1 + 3 * unit / 2, least, 3 * least, -most])
    factors = np.concatenate([factors, rng.uniform(1, 2, 4) * 2.0 ** rng.integers(-12, 12, 4)])
    with np.errstate(over="ignore"):
        x = np.unique(x.astype(of_x.dtype).astype(float)).astype(of_x.dtype)
        pairs = np.meshgrid(x, factors.astype(of_upstream.dtype))
    x, upstream = (array.ravel() for array in pairs)
    finite = np.isfinite(x.astype(float)) & np.isfinite(upstream.astype(float))
    return x[finite], upstream[finite]


@pytest.mark.parametrize(("of_x", "of_upstream"), MIXED)
@by_name
def test_backward_is_the_product_rounded_once(activation, of_x, of_upstream):
    """To the format of x, whatever the format of upstream: ties, subnormals, roots, tails."""
    assert wrong_products(activation, *crossed(activation, of_x, of_upstream)) == []


BESIDE_A_TIE = [
    pytest.param(FORMATS["float16"], np.dtype(np.float32), 0, id="float16"),
    pytest.param(FORMATS["bfloat16"], np.dtype(np.float32), 0, id="bfloat16"),
    pytest.param(FORMATS["float32"], np.dtype(np.float64), 1, id="float32"),
]


@pytest.mark.parametrize(("format_", "of_upstream", "wide"), BESIDE_A_TIE)
@by_name
def test_a_product_beyond_saturation_that_is_nearly_a_tie_is_decided(
    activation, format_, of_upstream, wide
):
    """Where f' is 1 and a little, the product with a midpoint of the format is no tie."""
    unit = 2.0 ** (1 - format_.precision)
    start = activation.orders[1].guides[wide].saturation
    factors = np.array([1 + unit / 2, 1 + 3 * unit / 2, -1 - unit / 2, -1 - 3 * unit / 2])
    upstream = np.repeat(factors, 2).astype(of_upstream)
    x = np.tile([1.05 * start, 1.1 * start], 4).astype(format_.dtype)
    assert wrong_products(activation, x, upstream) == []


@each_format
@by_name
def test_a_zero_upstream_gives_a_zero_of_the_products_sign(activation, format_):
    """0 f'(x) and -0 f'(x), inside and outside of saturation."""
    x = np.array([-1500.0, -60.0, -3.0, -1.0, -0.0, 0.0, 1.0, 3.0, 60.0, 1500.0])
    x = x.astype(format_.dtype)
    slopes = activation.derivative(x).astype(float)
    for scalar, zero in product((f.dtype.type for f in FORMATS.values()), (0.0, -0.0)):
        products = activation.backward(x, scalar(zero)).astype(float)
        assert np.array_equal(products, slopes * zero)
        assert np.array_equal(np.signbit(products), np.signbit(slopes * zero))


@each_format
@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=list(ACTIVATIONS))
def test_an_infinite_upstream_multiplies_the_derivative_that_x_has(activation, format_):
    """Infinite with the sign of f'(x), also where f'(x) itself rounds to 0; NaN where it is 0."""
    x = np.array([-40.0, -9.0, -1.0, 0.0, 1.0, 9.0, 40.0]).astype(format_.dtype)
    for upstream in (inf, -inf):
        products = activation.backward(x, format_.dtype.type(upstream)).astype(float)
        for point, result in zip(x.astype(float).tolist(), products.tolist(), strict=True):
            true = truth(activation)(point, 4096)
            if true[1] == 0:
                assert isnan(result)
            else:
                assert result == copysign(upstream, upstream * (1 if true[1] > 0 else -1))


@each_format
@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=list(ACTIVATIONS))
def test_nan_in_upstream_or_x_is_nan_in_the_product(activation, format_):
    """Whatever the other factor."""
    others = np.array([-inf, -1.0, -0.0, 0.0, 1.0, inf, nan]).astype(format_.dtype)
    none = format_.dtype.type(nan)
    for products in (activation.backward(others, none), activation.backward(none, others)):
        assert np.isnan(products.astype(float)).all()


@each_format
@by_name
def test_a_zero_at_zero_has_the_sign_of_what_is_beside_it(activation, format_):
    """In the format, f(-0) and f(0) have the signs of f at the smallest numbers."""
    for order in range(3):
        zeros = activation.derivative(np.array([-0.0, 0.0]).astype(format_.dtype), order=order)
        for x, zero in zip((-5e-324, 5e-324), zeros.astype(float).tolist(), strict=True):
            true = truth(activation)(x, 4096)[order]
            assert zero != 0 or copysign(1, zero) == (1 if true > 0 else -1)


@each_format
@by_name
def test_ties_with_x_at_zero_go_to_even(activation, format_):
    """f'(0) is a power of two: the product is exact, and a tie where it is subnormal."""
    odd_multiples = np.arange(-9, 10, 2) * format_.smallest
    zero = np.zeros(odd_multiples.size, format_.dtype)
    assert wrong_products(activation, zero, odd_multiples.astype(format_.dtype)) == []


def edges_of(format_):
    """The numbers of a format where a product with a slope could go wrong."""
    rng = np.random.default_rng(12)
    exponents = rng.integers(format_.emin - format_.precision + 1, format_.emax, 300)
    spread = np.ldexp(rng.uniform(1, 2, exponents.size), exponents)
    x = np.array([*spread, format_.smallest, 3 * format_.smallest, 2.0**format_.emin, 1.0, 3.0])
    return np.concatenate([x, -x, [0.0, -0.0, format_.largest, -format_.largest]])


@each_format
@pytest.mark.parametrize("slope", SLOPES)
def test_leaky_relu_is_correctly_rounded_for_any_slope(slope, format_):
    """Value, derivatives and product: tiny slopes, huge ones, negative ones, zero."""
    x = edges_of(format_).astype(format_.dtype)
    upstream = np.roll(x, 17)
    value, first, second, products = (
        y.astype(float).tolist()
        for y in (
            leaky_relu(x, negative_slope=slope),
            leaky_relu.derivative(x, negative_slope=slope),
            leaky_relu.derivative(x, order=2, negative_slope=slope),
            leaky_relu.backward(x, upstream, negative_slope=slope),
        )
    )
    with ctx.workprec(4096):
        for index, point in enumerate(x.astype(float).tolist()):
            gradient = arb(1) if point > 0 else arb(slope)
            assert is_correct(value[index], gradient * arb(point), format_)
            assert is_correct(first[index], gradient, format_)
            assert is_correct(products[index], gradient * arb(float(upstream[index])), format_)
    assert not any(second)


@each_format
def test_the_derivative_by_the_slope_is_x_or_zero(format_):
    """min(0, x), exactly, whatever the slope."""
    x = edges_of(format_).astype(format_.dtype)
    for slope in (0.01, -3.0):
        found = leaky_relu.derivative_wrt("negative_slope", x, negative_slope=slope)
        assert found.dtype == x.dtype
        assert found.tolist() == np.where(x < 0, x, x * 0).tolist()


@each_format
@by_name
def test_small_inputs_are_correctly_rounded(activation, format_):
    """In every binade from 2^-80 on, where the linear range near 0 ends and the formula begins."""
    rng = np.random.default_rng(16)
    exponents = np.arange(max(-80, format_.emin - format_.precision + 1), 3)
    x = np.ldexp(rng.uniform(1, 2, exponents.size), exponents)
    for order in range(3):
        assert wrong_values(activation, order, np.concatenate([x, -x]).astype(format_.dtype)) == []


@pytest.mark.parametrize("order", range(3))
@by_name
def test_deep_tails_are_correctly_rounded(activation, order):
    """In blocks of like arguments, from where none has an exponent of its own to subnormals."""
    for start in np.linspace(0.2, 0.95, 16):
        x = activation.orders[order].guides[1].saturation * np.linspace(start, start + 0.02, 9)
        assert wrong_values(activation, order, -x) == []
        assert wrong_values(activation, order, x) == []


@each_format
@by_name
def test_halfway_looking_tiny_inputs_are_decided_by_the_next_term(activation, format_):
    """Subnormal inputs of either sign: x/2 is a tie, and the second term says which way."""
    x = np.arange(-40, 41) * format_.smallest
    for order in range(3):
        assert wrong_values(activation, order, x.astype(format_.dtype)) == []


@pytest.mark.parametrize(
    ("level", "bound", "x"),
    [
        (levels, "FLOAT64_ERROR", ODD.astype(np.float32) * np.float32(2**-23)),
        (head_tail_level, "ERROR", ODD * 2.0**-52),
        (levels, "DOUBLE_DOUBLE_ERROR", ODD * 2.0**-52),
    ],
    ids=["float32", "head and tail", "float64"],
)
def test_a_bound_of_zero_is_caught(level, bound, x, monkeypatch):
    """A level that takes itself for exact gets the hidden ties wrong.

    σ(x) = 1/2 + x/4 - x³/48 + ...: at these inputs a midpoint, but for a term out of its sight.
    """
    assert wrong_values(ACTIVATIONS["sigmoid"], 0, x) == []
    monkeypatch.setattr(level, bound, 0.0)
    assert wrong_values(ACTIVATIONS["sigmoid"], 0, x) != []


def test_a_wrong_direction_of_the_expansion_is_caught(monkeypatch):
    """The nudge decides the ties of x/2."""
    x = np.arange(1, 40, 2) * np.float64(5e-324)
    monkeypatch.setattr(levels, "NUDGE", -levels.NUDGE)
    assert wrong_values(ACTIVATIONS["gelu"], 0, x) != []
