"""Choices and products in a format itself, against the same over fractions."""

from fractions import Fraction
from math import inf
from operator import ge, gt, le, lt

import numpy as np
import pytest

from reference.arithmetic import choice
from reference.arithmetic.choice import Chosen
from reference.arithmetic.elementary import constant, where
from reference.arithmetic.formats import FORMATS
from reference.arithmetic.rounding import narrow, nearest

each_format = pytest.mark.parametrize("format_", FORMATS.values(), ids=FORMATS)
SLOPES = [0.01, -1 / 3, 2.0**-30, 1e300, 0.5]


def inputs(format_):
    """Finite numbers of all sizes."""
    rng = np.random.default_rng(33)
    patterns = rng.integers(0, np.iinfo(format_.bits).max, 4000, format_.bits, endpoint=True)
    x = patterns.view(format_.dtype)
    with np.errstate(all="ignore"):
        return x[np.isfinite(x)]


@each_format
@pytest.mark.parametrize("slope", SLOPES)
def test_a_product_is_rounded_once_or_left_in_doubt(format_, slope):
    """And hardly ever in doubt."""
    x = inputs(format_)
    with np.errstate(all="ignore"):
        product = slope * Chosen(x, is_input=True)
    in_doubt = np.zeros(x.shape, bool) if product.in_doubt is None else product.in_doubt
    true = [nearest(Fraction(float(a)) * Fraction(slope), format_.dtype) for a in x]
    wrong = product.value.astype(np.float64) != true
    assert not (wrong & ~in_doubt).any()
    assert product.value.dtype == x.dtype
    assert np.count_nonzero(in_doubt) < x.size / 2


def test_a_product_that_would_round_twice_is_in_doubt():
    """The double nearest to 0.01 times this float32 is a midpoint; it itself is beside it."""
    rng = np.random.default_rng(34)
    midpoints = 1 + (2 * rng.integers(0, 1 << 23, 1000) + 1) * 2.0**-24
    x = np.float32(3)
    slopes = midpoints / 3
    products = [(Chosen(x[None], is_input=True) * slope) for slope in slopes.tolist()]
    is_midpoint = 3.0 * slopes == midpoints
    assert is_midpoint.any()
    for product, expected in zip(products, is_midpoint, strict=True):
        assert (product.in_doubt is not None) >= expected


@each_format
def test_a_choice_is_that_of_where(format_):
    """With the doubt of what is chosen, and constants rounded to the format."""
    x = np.concatenate([inputs(format_), np.array([inf, -inf, 0.0, -0.0]).astype(format_.dtype)])
    number = Chosen(x, is_input=True)
    with np.errstate(all="ignore"):
        doubtful = Chosen(x, np.arange(x.size) % 3 == 0)
        found = where(number > 0, doubtful, 0.01)
        constants = where(~((number < -1) | (number >= 2)) & (number <= 1), 1.0, -0.3)
    right = x > 0
    expected = np.where(right, x, np.array(0.01).astype(format_.dtype))
    assert found.value.tobytes() == expected.tobytes()
    assert found.in_doubt.tolist() == ((np.arange(x.size) % 3 == 0) & right).tolist()
    inside = (x >= -1) & (x <= 1)
    assert constants.value.tolist() == np.where(inside, 1.0, -0.3).astype(format_.dtype).tolist()
    assert constants.in_doubt is None
    assert constant(0.3, like=number).value.tolist() == [np.array(0.3).astype(x.dtype)] * x.size


@pytest.mark.parametrize(
    "formula",
    [
        pytest.param(lambda x: (x * 0.1) * 0.1, id="two products"),
        pytest.param(lambda x: where(x > 0, x, 0.1) * 3.0, id="of a choice"),
        pytest.param(lambda x: where(x * 0.1 > 0, x, 0.0), id="comparison of a product"),
        pytest.param(lambda x: x + 1.0, id="a sum"),
        pytest.param(lambda x: where(x == 0, 1.0, x), id="equality"),
        pytest.param(lambda x: x * x, id="a square"),
    ],
)
def test_there_is_no_further_arithmetic(formula):
    """What would round twice, or has no bound here, is refused."""
    with pytest.raises(TypeError):
        formula(Chosen(np.ones(3, np.float32), is_input=True))


@each_format
@pytest.mark.parametrize("number", [0.1, -0.1, 0.3, 1 / 3, 2.5, -6.0, 1e-300, 1e300])
def test_a_threshold_between_two_numbers_stays_there(format_, number):
    """Comparisons are those of the real numbers, also where the format lacks the threshold."""
    with np.errstate(all="ignore"):
        near = narrow(np.array([number]), format_.dtype).view(format_.bits)
        patterns = np.concatenate([near - 1, near, near + 1, [0, 1]]).astype(format_.bits)
        x = patterns.view(format_.dtype)
        chosen, wide = Chosen(x, is_input=True), x.astype(np.float64)
        for compare in (lt, le, gt, ge):
            assert compare(chosen, number).holds.tolist() == compare(wide, number).tolist()


def test_a_bound_of_nothing_is_caught(monkeypatch):
    """Without the test of the rounding some product is wrong and in no doubt."""
    monkeypatch.setattr(choice, "ONE_ROUNDING", 0.0)
    x = np.float32(3)
    midpoints = 1 + (2 * np.arange(2000) + 1) * 2.0**-24
    wrong = 0
    for slope in (midpoints / 3).tolist():
        product = Chosen(x[None], is_input=True) * slope
        true = nearest(Fraction(3) * Fraction(slope), np.dtype(np.float32))
        wrong += product.in_doubt is None and float(product.value[0]) != true
    assert wrong > 0
