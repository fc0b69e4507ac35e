"""An activation that is nothing but its formula: the bits of the reference, from balls."""

import numpy as np
import pytest

from reference import ACTIVATIONS, relu
from reference.arithmetic.formats import FORMATS
from verification.errors import UsageError
from verification.examination.tried import inputs_of, upstreams_of
from verification.examination.truth import Question
from verification.formula.activation import of_formula
from verification.formula.setting import setting

# Other spellings than the catalogue's, with cancellations and overflows as the textbooks have them.
SPELLINGS = [
    ("relu", "max(x, 0)", {}),
    ("leaky_relu", "max(x, negative_slope * x)", {"negative_slope": 0.01}),
    ("tanh", "(exp(x) - exp(-x)) / (exp(x) + exp(-x))", {}),
    ("gelu", "0.5 * x * (1 + erf(x / sqrt(2)))", {}),
    ("silu", "x / (1 + exp(-x))", {}),
    ("elu", "where(x > 0, x, alpha * expm1(x))", {"alpha": 0.5}),
    ("mish", "x * tanh(log(1 + exp(x)))", {}),
]
NAMES = [name for name, *_ in SPELLINGS]
FORMULAS = pytest.mark.parametrize(("name", "text", "parameters"), SPELLINGS, ids=NAMES)
# Inputs of which one is tried: all that are special, and one in so many of the others.
EVERY, SPECIAL = 5, 200


@pytest.fixture(params=FORMATS.values(), ids=list(FORMATS))
def format_(request):
    """Each format."""
    return request.param


def _inputs(activation, format_):
    """Some of the inputs that a check tries, those at its ends and near 0 among them."""
    x = inputs_of(Question(activation, "value", format_, 4.0))
    order = np.argsort(np.abs(x.astype(np.float64)), kind="stable")
    return np.concatenate([x[order[:SPECIAL]], x[::EVERY], x[order[-SPECIAL:]]])


def _bits(numbers, format_):
    """The bits of numbers, with one NaN for all."""
    bits = np.ascontiguousarray(numbers).view(format_.bits)
    return np.where(np.isnan(numbers.astype(np.float64)), 0, bits)


def _wild(x, format_):
    """Upstreams of any size, zeros, infinities and NaNs."""
    upstream = upstreams_of(Question(relu, "backward", format_, 4.0), x)
    for step, number in ((7, 0.0), (11, -0.0), (17, np.inf), (19, -np.inf), (23, np.nan)):
        upstream[step::step] = number
    return upstream


@FORMULAS
def test_a_formula_has_the_bits_of_the_reference(name, text, parameters, format_):
    """Value and both derivatives of another spelling are rounded to the same numbers."""
    known, ours = setting(ACTIVATIONS[name], parameters), of_formula(text, parameters)
    x = _inputs(known, format_)
    for order in range(3):
        expected, got = (one.derivative(x, order=order) for one in (known, ours))
        np.testing.assert_array_equal(_bits(got, format_), _bits(expected, format_))


@FORMULAS
def test_products_have_the_bits_of_the_reference(name, text, parameters, format_):
    """So have products with upstreams of any size, and of another format."""
    known, ours = setting(ACTIVATIONS[name], parameters), of_formula(text, parameters)
    x = _inputs(known, format_)
    narrow = _wild(x, format_)
    with np.errstate(all="ignore"):
        wide = narrow.astype(np.float64) * (1 + 2.0**-30)
    for upstream in (narrow, wide):
        expected, got = (one.backward(x, upstream) for one in (known, ours))
        np.testing.assert_array_equal(_bits(got, format_), _bits(expected, format_))


@FORMULAS
def test_what_points_show_is_what_is_certified(name, text, parameters):
    """Limits, roots, bounds, symmetry, kinks and order are those of the certified facts."""
    known, ours = setting(ACTIVATIONS[name], parameters), of_formula(text, parameters)
    for order in (0, 1):
        certified, seen = known.orders[order].facts, ours.orders[order].facts
        assert seen == certified
        assert np.signbit(seen.limits).tolist() == np.signbit(certified.limits).tolist()
    assert ours.orders[2].roots == known.orders[2].roots
    assert ours.monotone == known.monotone
    assert [(k.at, k.left, k.right, k.second) for k in ours.kinks] == [
        (k.at, k.left, k.right, k.second) for k in known.kinks
    ]


def test_ties_go_to_even():
    """An exact midway point is rounded to even, by fractions: (x + 3) x / 6 has many."""
    ours, x = of_formula("(x + 3) * x / 6"), FORMATS["float16"].dtype.type(0.2109375)
    half = ours(np.array([x]))
    exact = (float(x) + 3) * float(x) / 6
    neighbours = np.nextafter(half, [-np.inf, np.inf], dtype=np.float16).astype(float)
    assert exact in (neighbours + float(half[0])) / 2
    assert half.view(np.uint16)[0] % 2 == 0


def test_a_tie_that_no_precision_breaks_is_one():
    """sin² + cos² is 1, and 1 + 2^-11 of it is midway between two numbers of float16."""
    ours = of_formula("(sin(x)**2 + cos(x)**2) * (1 + 0.00048828125)")
    assert ours(np.float16(0.7)) == 1


@pytest.mark.parametrize("x", [-1e300, -1e30, -40.0])
def test_tails_far_below_every_format_keep_their_sign(x):
    """e^(-10^600) is no number that fits in memory, and an infinite upstream tells its sign."""
    ours = of_formula("-exp(-x**2)")
    assert np.signbit(ours(x)) and np.signbit(ours.derivative(x))  # noqa: PT018  one law
    assert ours.backward(x, np.inf) == -np.inf


def test_at_a_jump_it_is_what_the_formula_says():
    """A hard shrink keeps x beyond its threshold alone, on either side."""
    shrink = of_formula("where(abs(x) > 0.5, x, 0)")
    assert shrink(np.array([-0.75, -0.5, 0.5, 0.75])).tolist() == [-0.75, 0, 0, 0.75]
    assert [kink.values for kink in shrink.kinks] == [(-0.5, 0.0), (0.0, 0.5)]


def test_a_threshold_that_is_no_double_lies_between_two():
    """0.1 is less than the double next to it, where the right branch holds."""
    step = of_formula("where(x > 0.1, 1, 0)")
    assert step(0.1) == 1
    assert step(np.nextafter(0.1, 0)) == 0


def test_where_no_limit_is_there_is_none():
    """The sine has no limits, and no bounds that points could show."""
    sine = of_formula("sin(x)")
    assert np.isnan(sine.limits).all() and np.isnan(sine(np.inf))  # noqa: PT018  one law
    assert sine.orders[0].bounds == (-np.inf, np.inf)


def test_what_grows_slowly_is_seen_to_grow():
    """A logarithm is infinite at infinity, a root as well; 1/x is 0 with its sign."""
    assert of_formula("log1p(abs(x))").limits == (np.inf, np.inf)
    assert of_formula("sqrt(1 + abs(x))").limits == (np.inf, np.inf)
    assert np.signbit(of_formula("x / (1 + x**2)").limits).tolist() == [True, False]


@pytest.mark.parametrize(
    ("text", "parameters", "said"),
    [
        ("x * beta", {}, "beta has none"),
        ("x * tanh(x)", {"beta": 1.0}, "no parameter beta; its parameters: none"),
        ("x * beta", {"beta": np.inf}, "finite"),
        ("x * beta with beta = 2 * c", {"beta": 1.0}, "c has none"),
        ("x * tan(x)", {}, "there is no function 'tan'"),
        ("x +", {}, "column"),
        ("", {}, "expected a formula"),
    ],
)
def test_misuse_is_one_sentence(text, parameters, said):
    """A parameter that is missing, superfluous or no number is named, and so is bad syntax."""
    with pytest.raises(UsageError, match=said) as refused:
        of_formula(text, parameters)
    assert "\n" not in str(refused.value)


def test_its_parameters_are_no_arguments():
    """They are set once, for the facts depend on them."""
    with pytest.raises(TypeError, match="are set"):
        of_formula("x * beta", {"beta": 2.0})(1.0, beta=3.0)
