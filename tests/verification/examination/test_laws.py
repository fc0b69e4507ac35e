"""Laws between results: by how much they are broken decides the grade."""

import numpy as np
import pytest

from reference import sigmoid, tanh
from reference.arithmetic.formats import FORMATS
from verification.examination import laws
from verification.examination.accuracy import Accuracy
from verification.examination.truth import Question
from verification.grade import Grade

FLOAT32 = FORMATS["float32"]
# With a tolerance of 4 ulp, results of 1/2 may be 9 numbers of 2^-24 out of order; close are two
# results that are off by 4.5 2^-23 each, 18 numbers in all.
ORDER = {9: None, 10: Grade.CLOSE, 18: Grade.CLOSE, 19: Grade.ROUGH, 2**20: Grade.ROUGH}


def complaints(activation, x, got):
    """What the laws of a value have against these results, by kind; conventions have no grade."""
    seen = Accuracy(x=np.array(x, np.float32), got=np.array(got, np.float32))
    found = laws.of_results(Question(activation, "value", FLOAT32, 4.0), seen)
    return {one.kind: None if one.legal else one.grade for one in found}


@pytest.mark.parametrize("fall", ORDER)
def test_the_grade_of_results_that_are_out_of_order(fall):
    """Sigmoid rises from 0 to 1/1024; these results fall."""
    found = complaints(sigmoid, [0, 2.0**-10], [0.5 + fall * 2.0**-24, 0.5])
    assert found == {"not monotone": ORDER[fall]}


@pytest.mark.parametrize(("excess", "grade"), [(2.0**-22, Grade.CLOSE), (1e-3, Grade.ROUGH)])
def test_the_grade_of_results_beyond_the_range(excess, grade):
    """No sigmoid is above 1, by however little."""
    assert complaints(sigmoid, [20], [1 + excess]) == {"out of bounds": grade}


@pytest.mark.parametrize(("gap", "grade"), [(8e-7, Grade.CLOSE), (1e-4, Grade.ROUGH)])
def test_the_grade_of_results_that_are_not_symmetric(gap, grade):
    """Tanh is odd."""
    at = float(tanh(np.float32(1)))
    assert complaints(tanh, [-1, 1], [-at, at - gap]) == {"not symmetric": grade}


def test_right_results_break_no_law():
    """Whatever their number."""
    x = np.linspace(-20, 20, 4001).astype(np.float32)
    assert complaints(tanh, x, tanh(x)) == {}
