"""Thresholds of intermediate results, and constants that people type: tried, with neighbours."""

from math import log, pi, sqrt

import numpy as np
import pytest

from reference import silu, tanh
from reference.arithmetic.formats import FORMATS
from verification import check
from verification.examination.tried import inputs_of
from verification.examination.truth import Question
from verification.numbers.inputs import neighbours, stratified
from verification.numbers.thresholds import thresholds

WIDE = [FORMATS["float32"], FORMATS["float64"]]
POINTS = {
    "exp overflows in float32": log(FORMATS["float32"].largest),
    "exp overflows in float16": log(FORMATS["float16"].largest),
    "exp overflows in float64": log(FORMATS["float64"].largest),
    "exp is subnormal in float32": log(2.0**-126),
    "exp is zero in float16": log(2.0**-24),
    "the half of one": log(FORMATS["float32"].largest) / 2,
    "the double of one": 2 * log(FORMATS["float32"].largest),
    "1 + exp is 1 in float32": log(2.0**-24),
    "x² overflows in float32": sqrt(FORMATS["float32"].largest),
    "x³ overflows in float16": FORMATS["float16"].largest ** (1 / 3),
    "x⁴ overflows in float32": FORMATS["float32"].largest ** 0.25,
    "exp(-x²/2) is zero in float32": sqrt(-2 * log(2.0**-149)),
    "√½": sqrt(0.5),
    "√(2/π)": sqrt(2 / pi),
    "1/√(2π)": 1 / sqrt(2 * pi),
    "0.044715": 0.044715,
    "1.702": 1.702,
    "0.797885": 0.797885,
    "⅓": 1 / 3,
    "0.1": 0.1,
    "6": 6.0,
    "20": 20.0,
}


@pytest.mark.parametrize("format_", WIDE, ids=lambda f: f.name)
@pytest.mark.parametrize("name", POINTS)
def test_thresholds_are_tried_with_their_neighbours(name, format_):
    """Those of every format in each, of both signs."""
    x = inputs_of(Question(silu, "value", format_, 4.0))
    both = np.array([POINTS[name], -POINTS[name]])
    assert np.isin(neighbours(both, format_, 3), x).all()


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("name", POINTS)
def test_a_bug_at_one_threshold_is_found(name, sign):
    """In float64, where each is far from every other number that is tried."""
    at = sign * POINTS[name]

    def planted(x):
        y = np.array(tanh(x))
        y[x == at] = 0.375
        return y

    assert not check(planted, "tanh", dtype="float64")


def test_a_constant_as_a_shorter_format_has_it_is_tried():
    """float32's √½ in float64, where it is another number."""
    x = inputs_of(Question(silu, "value", FORMATS["float64"], 4.0))
    assert float(np.float32(sqrt(0.5))) in x
    assert float(np.float16(0.1)) in x


@pytest.mark.parametrize("format_", WIDE, ids=lambda f: f.name)
def test_they_are_no_part_of_the_stratified_inputs(format_):
    """Of which committed records say how many there are."""
    assert not np.isin(thresholds(format_), stratified(silu, format_)).all()
    assert np.isfinite(thresholds(format_)).all()
