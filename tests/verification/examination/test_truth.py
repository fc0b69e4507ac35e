"""What a result has to be where it is infinite, or past the largest number."""

import numpy as np
import pytest

from reference import gelu, leaky_relu, silu
from reference.arithmetic.formats import FORMATS
from verification.examination.accuracy import kinds_of
from verification.examination.truth import Question, answer
from verification.formula.setting import setting

STEEP = setting(leaky_relu, {"negative_slope": 1.5})


@pytest.mark.parametrize("dtype", FORMATS)
def test_a_value_past_the_largest_number_is_infinite(dtype):
    """An infinity of its sign is right; the largest number, and the other infinity, are not."""
    format_ = FORMATS[dtype]
    x = np.full(4, -format_.largest).astype(format_.dtype)
    got = np.array([-np.inf, np.inf, -format_.largest, np.nan]).astype(format_.dtype)
    found = answer(Question(STEEP, "value", format_, 4.0), x, got)
    assert found.wrong.tolist() == [False, True, True, True]
    assert found.ulp[0] == 0


@pytest.mark.parametrize("dtype", FORMATS)
def test_a_product_past_the_largest_number_is_infinite(dtype):
    """Far beyond it, and just beyond it; a finite one near to it is held to the tolerance."""
    format_ = FORMATS[dtype]
    x = np.full(4, 3.0).astype(format_.dtype)
    upstream = np.full(4, format_.largest).astype(format_.dtype)
    got = np.array([np.inf, -np.inf, format_.largest, 0]).astype(format_.dtype)
    question = Question(silu, "backward", format_, 4.0)
    found = answer(question, x, got, upstream)
    assert found.wrong.tolist() == [False, True, True, True]
    half = answer(question, x, got, (upstream / 2).astype(format_.dtype))
    assert half.wrong.tolist() == [True, True, True, True]


@pytest.mark.parametrize("dtype", FORMATS)
def test_an_infinite_result_is_wrong_where_the_true_one_is_finite(dtype):
    """And is told as an overflow, of either sign; at an infinity, as a missed limit."""
    format_ = FORMATS[dtype]
    x = np.array([2.0, -2.0, format_.largest / 2, -np.inf]).astype(format_.dtype)
    got = np.array([np.inf, -np.inf, np.inf, -np.inf]).astype(format_.dtype)
    question = Question(gelu, "value", format_, 4.0)
    found = answer(question, x, got)
    assert found.wrong.all()
    kinds = kinds_of(question, x, got, found)
    assert kinds["overflow"].tolist() == [True, True, True, False]
    assert kinds["infinity"].tolist() == [False, False, False, True]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("ulp", "wrong"), [(1, False), (3, False), (16, True), (2**20, True)])
def test_the_largest_number_is_right_for_a_product_just_beyond_it(ulp, wrong, dtype):
    """As far as the tolerance goes; though the correctly rounded product is infinite."""
    format_ = FORMATS[dtype]
    steep = setting(leaky_relu, {"negative_slope": 1 + ulp * 2.0 ** (1 - format_.precision)})
    x, upstream = -np.ones(2).astype(format_.dtype), np.full(2, format_.largest, format_.dtype)
    got = np.array([np.inf, format_.largest]).astype(format_.dtype)
    found = answer(Question(steep, "backward", format_, 4.0), x, got, upstream)
    assert np.isinf(found.expected).all()
    assert found.wrong.tolist() == [False, wrong]
