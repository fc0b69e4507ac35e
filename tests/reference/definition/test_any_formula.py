"""Formulas that nothing is known of beforehand: other parameters, and functions without facts.

What the arithmetic needs of them is found when they are called. Each result is held against the
formula's text, over fractions or balls.
"""

from dataclasses import replace
from math import copysign, inf, isnan, nan

import numpy as np
import pytest
from flint import arb, ctx

from reference import ACTIVATIONS, elu, leaky_relu, mish, sigmoid, softplus
from reference.arithmetic.elementary import constant, exp, log1p, logistic, normal, where
from reference.arithmetic.formats import FORMATS
from reference.definition.activation import define
from verification.formula.balls import form, jet
from verification.formula.language import parse
from verification.witnesses.balls import PRECISIONS, miss, truth, truth_by_parameter

HAND_SWISH = define(
    "hard_swish by hand",
    "hard swish",
    formulas=(
        "x * max(0, min(6, x + 3)) / 6",
        "where(x > -3, where(x < 3, (2 * x + 3) / 6, 1), 0)",
        "where(x > -3, where(x < 3, 1 / 3, 0), 0)",
    ),
    functions=(
        lambda x: x * where(x > -3, where(x < 3, x + 3, 6.0), 0.0) / 6,
        lambda x: where(x > -3, where(x < 3, (2 * x + 3) / 6, 1.0), 0.0),
        lambda x: where(x > -3, where(x < 3, constant(1.0, like=x) / 3, 0.0), 0.0),
    ),
    source="a test",
)
BELL = define(
    "bell by hand",
    "x e^-x²",
    formulas=(
        "x * exp(-x * x)",
        "(1 - 2 * x * x) * exp(-x * x)",
        "x * (4 * x * x - 6) * exp(-x * x)",
    ),
    functions=(
        lambda x: x * exp(-(x * x)),
        lambda x: (1 - 2 * (x * x)) * exp(-(x * x)),
        lambda x: x * (4 * (x * x) - 6) * exp(-(x * x)),
    ),
    source="a test",
)
SUM = define(
    "softplus by a sum of its own",
    "softplus",
    formulas=("max(x, 0) + log1p(exp(-abs(x)))", "sigmoid(x)", "sigmoid(x) * sigmoid(-x)"),
    functions=(
        lambda x: where(x > 0, x, 0.0) + log1p(exp(-abs(x))),
        lambda x: logistic(x)[0],
        lambda x: logistic(x)[0] * logistic(x)[1],
    ),
    source="a test",
)
TRAPS = define(
    "with everything that an author may write",
    "traps",
    formulas=(
        "where(x <= 0, 0, x / 3)",
        "where(x <= 0, 0, 1 / 3)",
        "0 * x",
    ),
    functions=(
        lambda x: where(x <= 0, 0.0 * x, x / 3),
        lambda x: where(x <= 0, 0.0 * x, constant(1.0, like=x) / 3),
        lambda x: 0.0 * x,
    ),
    source="a test",
)
GATE = define(
    "gate by hand",
    "x σ(βx)",
    formulas=(
        "x * sigmoid(beta * x)",
        "sigmoid(beta * x) * (1 + beta * x * (1 - sigmoid(beta * x)))",
        (
            "beta * sigmoid(beta * x) * (1 - sigmoid(beta * x)) "
            "* (2 + beta * x * (1 - 2 * sigmoid(beta * x)))"
        ),
    ),
    functions=(
        lambda x, beta: x * logistic(beta * x)[0],
        lambda x, beta: logistic(beta * x)[0] * (1 + beta * x * logistic(beta * x)[1]),
        lambda x, beta: (
            beta
            * (
                logistic(beta * x)[0]
                * logistic(beta * x)[1]
                * (2 + beta * x * (logistic(beta * x)[1] - logistic(beta * x)[0]))
            )
        ),
    ),
    source="a test",
    parameters={"beta": 1.0},
)
TOYS = [HAND_SWISH, BELL, SUM, TRAPS]
each_toy = pytest.mark.parametrize("toy", TOYS, ids=lambda toy: toy.title)
each_format = pytest.mark.parametrize("format_", FORMATS.values(), ids=list(FORMATS))
each_order = pytest.mark.parametrize("order", range(3))


def is_right(true, place, computed, x, format_, upstream=1.0):
    """Whether a result is the true value, times upstream, rounded correctly."""
    for bits in PRECISIONS:
        value = true(x, bits)[place]
        with ctx.workprec(bits):
            value = value * type(value)(upstream)
            largest = type(value)(2) ** (format_.emax + 1)
            if abs(value) > largest:
                return computed == (inf if value > 0 else -inf)
            found = miss(computed, value, format_)
        if found is not None:
            return found[0] <= 0.5
    return False


def wrong(activation, order, x, **parameters):
    """The inputs, with the results, where the derivative of an order is not right."""
    format_ = FORMATS[x.dtype.name]
    true = truth(replace(activation, parameters={**activation.parameters, **parameters}))
    results = activation.derivative(x, order=order, **parameters).astype(float).tolist()
    return [
        (point, result)
        for point, result in zip(x.astype(float).tolist(), results, strict=True)
        if not is_right(true, order, result, point, format_)
    ]


def spread(format_, count=60):
    """Numbers of all binades and of the active range, of both signs."""
    rng = np.random.default_rng(31)
    exponents = rng.integers(format_.emin - format_.precision + 1, format_.emax, count)
    x = np.concatenate([np.ldexp(rng.uniform(1, 2, count), exponents), rng.uniform(0, 9, count)])
    return np.concatenate([x, -x]).astype(format_.dtype)


@each_order
@each_format
@each_toy
def test_a_function_without_facts_is_correctly_rounded(toy, format_, order):
    """Its limits and its saturation are found at its first call."""
    assert wrong(toy, order, spread(format_)) == []


@each_order
@each_format
def test_ties_of_a_rational_function_are_exact_and_end(format_, order):
    """x (x + 3) / 6 lies midway between two numbers at many x, whatever the number of digits."""
    x = np.concatenate([np.arange(-64, 65) / 16, np.arange(1, 40) * 27 / 128])
    assert wrong(HAND_SWISH, order, x.astype(format_.dtype)) == []


def test_a_tie_goes_to_the_even_number():
    """x (x + 3) / 6 at 27/128 is 3699/32768 = 1849.5/16384, the middle of two float16 numbers."""
    assert HAND_SWISH(np.float16(0.2109375)) == 1850 / 16384


def test_a_tie_of_a_product_goes_to_the_even_number():
    """1 + 2^-11 is the middle of 1 and 1 + 2^-10, and ELU's slope at 1 is exactly 1."""
    product = elu.backward(np.float16(1), np.float32(1 + 2.0**-11))
    assert (product, product.dtype) == (1, np.float16)
    assert elu.backward(np.float16(1), np.float32(1 + 3 * 2.0**-11)) == 1 + 2.0**-9
    assert elu.backward(np.float32(1), np.float64(1 + 2.0**-24)) == 1


@each_format
@each_toy
def test_products_of_a_function_without_facts_are_rounded_once(toy, format_):
    """With an upstream of another format."""
    rng = np.random.default_rng(32)
    x = rng.uniform(-4, 4, 60).astype(format_.dtype)
    upstream = rng.uniform(-2, 2, 60).astype(np.float32)
    products = toy.backward(x, upstream).astype(float).tolist()
    points = zip(products, x.astype(float).tolist(), upstream.tolist(), strict=True)
    true = truth(toy)
    assert all(is_right(true, 1, y, point, format_, factor) for y, point, factor in points)


def listed(results):
    """Numbers with the signs of zeros."""
    return [repr(float(result)) for result in results]


@each_format
def test_infinities_nan_and_zeros_of_a_function_without_facts(format_):
    """The limits, and zeros with the sign of what is beside them."""
    x = np.array([-inf, -0.0, 0.0, inf, nan]).astype(format_.dtype)
    assert listed(BELL(x)) == ["-0.0", "-0.0", "0.0", "0.0", "nan"]
    assert listed(BELL.derivative(x)) == ["-0.0", "1.0", "1.0", "-0.0", "nan"]
    assert listed(BELL.derivative(x, order=2)) == ["-0.0", "0.0", "-0.0", "0.0", "nan"]
    assert listed(HAND_SWISH(x)) == ["0.0", "-0.0", "0.0", "inf", "nan"]
    assert listed(HAND_SWISH.derivative(x)) == ["0.0", "0.5", "0.5", "1.0", "nan"]
    assert listed(SUM(x[[0, 3, 4]])) == ["0.0", "inf", "nan"]
    assert listed(TRAPS(x)) == ["0.0", "0.0", "0.0", "inf", "nan"]


def test_facts_that_are_missing_are_told():
    """With the command that derives them."""
    with pytest.raises(LookupError, match=r"python -m verification\.formula\.facts"):
        _ = BELL.limits


@pytest.mark.parametrize("activation", [SUM, softplus], ids=["by hand", "softplus"])
def test_zero_plus_a_tiny_number_is_that_number(activation):
    """In float64, left of -693, where e^x has an exponent of its own: single, and in an array."""
    x = np.array([-693.1, -693.2, -700.0, -708.5, -720.25, -740.0, -744.4, -745.1, -745.2, -800.0])
    assert wrong(activation, 0, x) == []
    assert [float(activation(point)) for point in x] == activation(x).tolist()


TINY = np.array([5e-324, 1.5e-323, 3e-310, 3.6e-308, 2.3e-308, 1e-300, 1e-150, 2.0**-61, 2.0**-59])


@each_order
@pytest.mark.parametrize(
    ("activation", "parameters"),
    [
        pytest.param(mish, {}, id="mish"),
        pytest.param(elu, {"alpha": 0.3}, id="elu, 0.3"),
        pytest.param(elu, {}, id="elu"),
        pytest.param(softplus, {}, id="softplus"),
        pytest.param(softplus, {"beta": 0.3}, id="softplus, 0.3"),
        pytest.param(GATE, {"beta": 3.0}, id="gate, 3"),
        pytest.param(sigmoid, {}, id="sigmoid"),
    ],
)
def test_tiny_inputs_are_correctly_rounded_whatever_the_slope(activation, parameters, order):
    """Down to the smallest number, in float64 and in float32."""
    x = np.concatenate([TINY, -TINY])
    assert wrong(activation, order, x, **parameters) == []
    single = np.array([1.4e-45, 4.2e-45, 1e-40, 1.2e-38, 1e-20, 1e-7], np.float32)
    assert wrong(activation, order, np.concatenate([single, -single]), **parameters) == []


@each_format
def test_limits_are_those_for_the_parameters(format_):
    """Not those for the default ones."""
    ends = np.array([-inf, inf]).astype(format_.dtype)
    assert listed(elu(ends, alpha=0.5)) == ["-0.5", "inf"]
    assert listed(elu(ends, alpha=0)) == ["0.0", "inf"]
    assert listed(elu.derivative(ends, alpha=-0.5)) == ["-0.0", "1.0"]
    assert listed(leaky_relu(ends, negative_slope=-0.5)) == ["inf", "inf"]
    assert listed(leaky_relu(ends, negative_slope=0)) == ["0.0", "inf"]
    assert listed(leaky_relu.derivative(ends, negative_slope=-0.5)) == ["-0.5", "1.0"]
    assert listed(softplus(ends, beta=-2)) == ["-inf", "-0.0"]
    assert listed(GATE(ends, beta=-1)) == ["-inf", "0.0"]
    assert listed(GATE.derivative(ends, beta=3)) == ["-0.0", "1.0"]


@pytest.mark.parametrize("beta", [1e-30, 1e-300, 1e300, -1e30, 5e-324])
@each_order
@pytest.mark.parametrize("activation", [softplus, GATE], ids=lambda activation: activation.title)
def test_parameters_of_extreme_size_are_right(activation, order, beta):
    """Where βx is moderate, tiny and huge."""
    factors = np.array([1e-300, 1e-20, 0.3, -0.7, 2.5, -30.0, 40.0, -700.0, 1e3])
    with np.errstate(over="ignore"):
        x = np.concatenate([factors / beta, factors])
    x = x[np.isfinite(x)]
    assert wrong(activation, order, x, beta=beta) == []
    with np.errstate(over="ignore"):
        single = x.astype(np.float32)
    assert wrong(activation, order, single[np.isfinite(single)], beta=beta) == []


@pytest.mark.parametrize("beta", [1e-30, 1e30, -2.0])
def test_the_derivative_by_a_parameter_is_right_at_any_parameter(beta):
    """Softplus by β; where |βx| is beyond 1e20 balls cannot tell the sign of what is left."""
    x = np.array([0.3, -0.7, 2.5, -30.0, 40.0, 1e-20]) / beta
    if abs(beta) < 1e20:
        x = np.concatenate([x, [1.0, -3.0]])
    true = truth_by_parameter(replace(softplus, parameters={"beta": beta}), "beta")
    found = softplus.derivative_wrt("beta", x, beta=beta).tolist()
    assert all(
        is_right(true, 1, y, point, FORMATS["float64"])
        for y, point in zip(found, x.tolist(), strict=True)
    )


def test_a_derivative_by_a_parameter_that_underflows_has_its_sign():
    """Softplus by β is below 0 everywhere: -(1 + βx) e^-βx / β² for a huge βx, and so for -βx."""
    found = softplus.derivative_wrt("beta", np.array([1.0, -3.0]), beta=1e30)
    assert np.array_equal(found, [0, 0])
    assert np.signbit(found).all()


def test_a_jump_at_a_rounded_product_is_where_it_is():
    """3 times the double below 1/3 is below 1, although it is 1 in float64."""
    jump = define(
        "jump",
        "a step at βx = 1",
        formulas=("where(beta * x >= 1, exp(x), 0)",) * 3,
        functions=(lambda x, beta: where(beta * x >= 1, exp(x), 0.0),) * 3,
        source="a test",
        parameters={"beta": 1.0},
    )
    for format_ in FORMATS.values():
        x = np.array([2.0, 3.0, 4.0]).astype(format_.dtype)
        assert wrong(jump, 0, x, beta=1 / 3) == []
        assert jump(x, beta=1 / 3)[1] == 0


@pytest.mark.parametrize("alpha", [1e-300, 1e300, -0.3, 5e-324])
@each_order
def test_elu_is_right_for_an_extreme_alpha(order, alpha):
    """Tiny, huge and negative."""
    x = np.array([-1e-300, -1e-20, -0.3, -2.5, -30.0, -700.0, -760.0, 2.0])
    assert wrong(elu, order, x, alpha=alpha) == []


def test_a_parameter_that_breaks_its_condition_is_refused():
    """In a sentence that names it, by every method."""
    for call in (
        lambda: softplus(1.0, beta=0),
        lambda: softplus.derivative(1.0, beta=-0.0),
        lambda: softplus.backward(1.0, 1.0, beta=0.0),
        lambda: softplus.derivative_wrt("beta", 1.0, beta=0),
    ):
        with pytest.raises(ValueError, match="softplus: beta has to be other than 0, not "):
            call()


def test_parameters_that_are_no_real_numbers_are_refused():
    """By type or by size."""
    with pytest.raises(TypeError, match="beta has to be a real number, not '1'"):
        softplus(1.0, beta="1")
    with pytest.raises(ValueError, match="beta has to be within float64's range"):
        softplus(1.0, beta=10**400)


@pytest.mark.parametrize(
    "number", [np.float32, np.float64, np.int64, int], ids=lambda n: n.__name__
)
def test_a_parameter_may_be_of_any_real_type(number):
    """It is the number that it is."""
    assert softplus(np.float32(0.7), beta=number(2)) == softplus(np.float32(0.7), beta=2.0)


@each_toy
def test_upstreams_that_are_not_ordinary(toy):
    """A zero, an infinity and NaN, for a function without facts."""
    assert isnan(toy.backward(1.0, nan))
    assert toy.backward(1.0, inf) == copysign(inf, toy.derivative(1.0))
    assert repr(float(toy.backward(1.0, -0.0))) == repr(float(toy.derivative(1.0)) * -0.0)


def test_the_judge_rejects_a_neighbour():
    """One number off is wrong."""
    true = truth(BELL)
    right = float(BELL(0.3))
    assert is_right(true, 0, right, 0.3, FORMATS["float64"])
    assert not is_right(true, 0, float(np.nextafter(right, 1)), 0.3, FORMATS["float64"])
    assert isinstance(true(0.3, 64)[0], arb)


def test_no_toy_is_in_the_catalogue():
    """They have no facts, so they are evaluated as any new function is."""
    assert not {toy.name for toy in [*TOYS, GATE]} & set(ACTIVATIONS)
    assert all(toy.orders[0].guides is None for toy in TOYS)


def test_a_limit_that_is_a_tie_is_decided_by_the_side_that_f_is_on():
    """Beyond saturation ELU is strictly above -alpha; a tie of the format shows it."""
    assert elu(np.float32(-300), alpha=1 + 3 * 2.0**-24) == -(1 + 2.0**-23)
    assert elu(np.float32(-191.3), alpha=1.5 * 2.0**-149) == -np.float32(2.0**-149)


def test_an_infinite_upstream_sees_a_slope_below_all_doubles():
    """It is not 0."""
    for x in (-1.0, -100.0, -700.0):
        assert elu.backward(x, np.inf, alpha=5e-324) == np.inf


def test_a_comparison_with_a_parameter_is_one_at_every_level():
    """In both wide formats: a window that the parameter places."""

    def value(x, theta):
        return where((x > theta) & (x < theta + 1), x, 0.0 * x)

    formulas = ("where(theta < x < theta + 1, x, 0)", "0", "0")
    window = define("window", "Window", formulas, (value,) * 3, "", parameters={"theta": 0.3})
    for dtype in (np.float32, np.float64):
        assert window(np.array([0.25, 0.5, 1.25, 3], dtype)).tolist() == [0, 0.5, 1.25, 0]


def test_a_tail_at_an_argument_that_is_no_double_is_right():
    """x Φ(bx): the lower half of the argument counts, and beyond the table the third level."""

    def value(x, b):
        cdf, _ = normal(b * x)
        return x * cdf

    formula = "x * Phi(b * x)"
    scaled = define("scaled", "", (formula, "0", "0"), (value,) * 3, "", parameters={"b": 0.3})
    true = form(parse(formula, ("x", "b")), {"b": 0.3})
    x = np.concatenate([np.random.default_rng(1).uniform(-30, 30, 400), [-170.0, -250.0, 300.0]])
    for point, result in zip(x.tolist(), scaled(x).tolist(), strict=True):
        assert miss(result, jet(true, point, 3000)[0], FORMATS["float64"])[0] <= 0.5
