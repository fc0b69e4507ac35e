"""A formula at millions of numbers of float32: the bits of balls, and what is wrong is found."""

import pickle

import numpy as np
import pytest

from reference.arithmetic.formats import FORMATS
from verification.candidates.calls import Caller
from verification.errors import UsageError
from verification.examination.truth import Question
from verification.formula.activation import of_formula
from verification.numbers.ulp import errors
from verification.observation.exhaustive import PORTION, observe_portion
from verification.sweep.by_runs import by_runs, refuse_what_takes_too_long

FLOAT32 = FORMATS["float32"]
FORMULAS = [
    "x * sigmoid(1.7 * x)",
    "x / (1 + abs(x))",
    "x * min(max(x + 3, 0), 6) / 6",
    "where(abs(x) > 0.3, x, 0)",
]
# The first patterns of binades: subnormal, tiny, 1/4, 1, 2, 64 and 2^100, of both signs.
BINADES = [
    sign | exponent << 23 for sign in (0, 1 << 31) for exponent in (0, 27, 125, 127, 128, 133, 227)
]
TRIED, COMPARED = 1 << 12, 40
ONE = 0x3F800000
PLANTED = 0x3F812345


def numbers(first):
    """Numbers of a binade, its ends among them."""
    return np.linspace(first, first + (1 << 23) - 1, TRIED).astype(np.uint32).view(np.float32)


@pytest.mark.parametrize("order", range(3))
@pytest.mark.parametrize("text", FORMULAS)
def test_its_bits_are_those_of_balls(text, order):
    """Rounded to float32; as doubles they are next to nothing away, in ulp of float32."""
    exact = of_formula(text)
    quick = by_runs(exact)
    for x in map(numbers, BINADES):
        some = slice(None, None, TRIED // COMPARED)
        got, expected = quick.derivative(x, order=order)[some], exact.derivative(x[some], order)
        np.testing.assert_array_equal(got.view(np.uint32), expected.view(np.uint32))
        wide = x.astype(np.float64)
        near, true = quick.derivative(wide, order=order)[some], exact.derivative(wide[some], order)
        assert errors(near, true, FLOAT32).max() < 2.0**-9


def test_the_one_wrong_input_of_a_portion_is_found():
    """And its place, among 2^24; no sound result is accused."""
    exact = of_formula("x / (1 + abs(x))")

    def planted(x):
        y = (x.astype(np.float64) / (1 + np.abs(x.astype(np.float64)))).astype(np.float32)
        y[x.view(np.uint32) == PLANTED] *= np.float32(1.001)
        return y

    question = Question(exact, "value", FLOAT32, 4.0)
    _, seen, *_ = observe_portion(question, Caller("value", planted, FLOAT32), ONE // PORTION)
    [tally] = seen.tallies.values()
    assert (seen.inputs, tally.wrong) == (PORTION, 1)
    assert np.float32(tally.low).view(np.uint32) == PLANTED


@pytest.mark.parametrize("text", ["sin(x)", "x + sin(x)**2"])
def test_what_no_run_encloses_is_refused(text):
    """The largest numbers of float32 are many periods apart."""
    with pytest.raises(UsageError, match="16-bit"):
        refuse_what_takes_too_long(of_formula(text))
    refuse_what_takes_too_long(of_formula("x * tanh(x)"))


def test_another_process_makes_it_from_its_text():
    """What is sent is the text, and not all the numbers that are known by now."""
    sent = pickle.dumps(of_formula("x * beta", {"beta": 2.0}))
    assert len(sent) < 1000
    assert pickle.loads(sent)(3.0) == 6  # noqa: S301  ours
