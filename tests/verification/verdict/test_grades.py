"""Grades: which one results have, and what passes by which requirement."""

import numpy as np
import pytest
from scipy.special import ndtr

from reference import gelu, relu, sigmoid, silu, tanh
from reference.arithmetic.formats import FORMATS
from verification.errors import UsageError
from verification.examination.truth import Question, answer
from verification.grade import REQUIRED, Grade
from verification.verdict.check import check

FLOAT32 = FORMATS["float32"]
EPSILON = 2.0**-23
F16, F32 = np.float16, np.float32


def moved(function, steps):
    """Results that are some numbers of the format away from the right ones, where they are large.

    Near 0 and at infinities they are right.
    """

    def wrong(x):
        y = np.asarray(function(x)).copy()
        large = np.isfinite(y) & (np.abs(y) > 1e-3)
        bits = y.view(np.int32)
        bits[large] += steps
        return y

    return wrong


def off(function, error):
    """Results with an absolute error in [-1, 1]."""
    return lambda x: np.where(np.abs(x) < 1, function(x) + x.dtype.type(error), function(x))


CANDIDATES = {
    "correct": sigmoid,
    "accurate": moved(sigmoid, -2),
    "close": off(silu, 3 * EPSILON),
    "rough": off(silu, 1e-3),
    "broken": lambda x: np.where(x == 1, np.float32(np.nan), silu(x)),
}
ACTIVATION = {"correct": "sigmoid", "accurate": "sigmoid"}


@pytest.mark.parametrize("grade", CANDIDATES)
@pytest.mark.parametrize("require", REQUIRED)
def test_a_grade_passes_what_is_required_and_better(grade, require):
    """And nothing else does; the grade does not depend on what is required."""
    activation = ACTIVATION.get(grade, "silu")
    verdict = check(CANDIDATES[grade], activation, require=require)
    assert verdict.grades == {"value": grade}, str(verdict)
    assert verdict.passed == (Grade[grade.upper()] <= Grade[require.upper()]), str(verdict)
    assert verdict.head().endswith(f": value {grade}")


def test_the_grade_of_each_result():
    """By its distance from the truth, and by whether it is a number."""
    x = np.full(7, 0.5, np.float32)
    right = np.float32(sigmoid(np.float32(0.5)))
    ulp = np.float32(2.0**-24)
    got = np.array(
        [right, right + ulp, right + 3 * ulp, right + 7 * ulp, right + 9 * ulp, 1e30, np.nan],
        np.float32,
    )
    grades = answer(Question(CANDIDATES["correct"], "value", FLOAT32, 4.0), x, got).grade
    assert grades[[0, 2, 3, 4, 5, 6]].tolist() == [
        *(Grade.CORRECT, Grade.ACCURATE, Grade.CLOSE, Grade.ROUGH, Grade.ROUGH, Grade.BROKEN)
    ]
    assert grades[1] in (Grade.FAITHFUL, Grade.ACCURATE)


def test_faithful_is_a_neighbour():
    """The wrong one of the two numbers around the truth is faithful, and not correct."""

    def other_neighbour(x):
        y = np.asarray(tanh(x))
        true = tanh(x.astype(np.float64))
        towards = np.nextafter(y, np.copysign(np.inf, true - y), dtype=x.dtype)
        is_between = (y != true) & np.isfinite(y) & (np.abs(x) > 1e-30)
        return np.where(is_between & (np.abs(towards - true) < np.spacing(np.abs(y))), towards, y)

    assert check(other_neighbour, "tanh").grades == {"value": "faithful"}


def test_misbehaviour_is_broken():
    """However right the numbers are."""

    def writes(x):
        y = np.asarray(gelu(x))
        x[...] = 0
        return y

    assert check(writes, "gelu", require="rough").grades == {"value": "broken"}


def test_a_close_product_is_measured_by_upstream():
    """An error of 3 ε upstream is close, and one of 3 ε is not where upstream is small."""
    by_upstream = check(
        silu,
        "silu",
        domain=(-20, 20),
        backward=lambda x, u: silu.backward(x, u) + np.float32(3 * EPSILON) * u,
    )
    assert by_upstream.grades["backward"] == "close"
    fixed = check(
        silu,
        "silu",
        require="close",
        backward=lambda x, u: silu.backward(x, u) + np.float32(3 * EPSILON),
    )
    assert not fixed.passed


def test_a_length_that_shows_in_the_last_bits_is_close():
    """It is accurate for none, and legal where results have to be close."""

    def vectorized(x):
        return moved(sigmoid, -1)(x) if x.size % 8 else np.asarray(sigmoid(x))

    verdict = check(vectorized, "sigmoid")
    assert [symptom.kind for symptom in verdict.symptoms] == ["length"]
    assert verdict.grades == {"value": "close"}
    assert check(vectorized, "sigmoid", require="close").passed


def test_an_unknown_grade_is_refused():
    """In one sentence, with those that there are."""
    with pytest.raises(UsageError, match="expected correct, faithful, accurate, close, rough"):
        check(gelu, "gelu", require="perfect")


UPSTREAMS = {
    "ignored": lambda x, u: np.broadcast_to(gelu.derivative(x), u.shape).copy(),
    "clipped": lambda x, u: gelu.backward(x, np.clip(u, F32(-1e30), F32(1e30))),
    "negative": lambda x, u: -np.asarray(gelu.backward(x, u)),
}


@pytest.mark.parametrize("name", UPSTREAMS)
@pytest.mark.parametrize("require", REQUIRED)
def test_a_verdict_passes_by_its_grades_alone(name, require):
    """Also where a law of products is broken."""
    verdict = check(gelu, "gelu", backward=UPSTREAMS[name], require=require)
    grades = [Grade[grade.upper()] for grade in verdict.grades.values()]
    assert verdict.passed == (max(grades) <= Grade[require.upper()]), str(verdict)


def test_a_number_is_not_close_to_an_infinity():
    """Nor is the other infinity; x**2 rises without end."""

    def slope(number):
        return lambda x: np.where(x == np.inf, F32(number), F32(2) * x)

    def judged(number):
        return check(lambda x: x * x, formula="x * x", derivative=slope(number), require="close")

    assert judged(np.inf).passed
    assert not judged(-7).passed
    assert not judged(-np.inf).passed


@pytest.mark.parametrize("require", REQUIRED)
def test_a_number_at_nan_that_is_legal_costs_no_grade(require):
    """The derivative of ReLU in most frameworks."""
    verdict = check(relu, "relu", derivative=lambda x: (x > 0).astype(x.dtype), require=require)
    assert verdict.passed
    assert verdict.grades == {"value": "correct", "derivative": "correct"}


def exact(x):
    """GELU in float64, rounded."""
    wide = x.astype(np.float64)
    return np.where(np.isneginf(wide), -0.0, wide * ndtr(wide)).astype(x.dtype)


def steps_off(x, count):
    """Results that are some numbers away where they are not small."""
    y = np.atleast_1d(np.ascontiguousarray(exact(x)))
    bits = y.view(np.int16).copy()
    bits[np.isfinite(y) & (np.abs(y) > 1e-3)] += count
    return bits.view(x.dtype).reshape(x.shape)


def instead(condition, number):
    """Right, but a number where a condition on x holds."""
    return lambda x: np.where(condition(x), x.dtype.type(number), exact(x))


class Restless:
    """Other bits at every second call."""

    def __init__(self):
        self.calls = 0

    def __call__(self, x):
        """One more call."""
        self.calls += 1
        return steps_off(x, self.calls % 2)


SYSTEM = {
    "exact": lambda: exact,
    "a number off": lambda: lambda x: steps_off(x, 1),
    "three off": lambda: lambda x: steps_off(x, 3),
    "fifty off": lambda: lambda x: steps_off(x, 50),
    "+0 for each 0": lambda: lambda x: np.where(exact(x) == 0, x.dtype.type(0), exact(x)),
    "opposite signs of tiny results": lambda: (
        lambda x: np.where(np.abs(exact(x)) < 2e-7, np.abs(exact(x)), exact(x))
    ),
    "NaN is 0": lambda: instead(np.isnan, 0),
    "42 at infinity": lambda: instead(np.isposinf, 42),
    "NaN at -infinity": lambda: instead(np.isneginf, np.nan),
    "flushed": lambda: lambda x: np.where(np.abs(exact(x)) < 2.0**-14, F16(-0.0), exact(x)),
    "shorter arrays are a number off": lambda: lambda x: steps_off(x, int(x.size < 8)),
    "shorter arrays are doubled": lambda: lambda x: exact(x) * F16(1 + (x.size < 8)),
    "rows are a number off": lambda: lambda x: steps_off(x, int(x.ndim > 1)),
    "0 everywhere": lambda: np.zeros_like,
    "not deterministic": Restless,
}


STRICT = ("exact", "+0 for each 0", "rows are a number off", "opposite signs of tiny results")
TOLERANT = ("a number off", "shorter arrays are a number off")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        *((name, {}) for name in SYSTEM),
        *((name, {"strict": True}) for name in STRICT),
        *((name, {"tolerance": 0.25}) for name in TOLERANT),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_a_grade_does_not_depend_on_what_is_required(name, options):
    """And what passes is what has that grade or a better one, whatever is wrong."""
    grades = set()
    for require in REQUIRED:
        verdict = check(SYSTEM[name](), "gelu", dtype="float16", require=require, **options)
        [grade] = verdict.grades.values()
        grades.add(grade)
        assert verdict.passed == (Grade[grade.upper()] <= Grade[require.upper()]), str(verdict)
    assert len(grades) == 1


def beyond_one(x):
    """A tanh that saturates a number past its limit, as a fraction that was fitted does."""
    y = tanh(x)
    return np.where(np.abs(x) > 9, np.copysign(np.nextafter(F32(1), F32(2)), x), y)


@pytest.mark.parametrize("require", REQUIRED)
def test_a_broken_law_counts_in_the_grade_whatever_is_required(require):
    """Each result is within the tolerance, and none may be beyond 1."""
    verdict = check(beyond_one, "tanh", require=require)
    assert verdict.grades == {"value": "close"}
    assert verdict.passed == (Grade[require.upper()] >= Grade.CLOSE)


@pytest.mark.parametrize("wrong", [-np.inf, 5.0])
def test_another_number_where_the_limit_is_infinite_is_broken(wrong):
    """A number where there is none, or the wrong infinity."""
    verdict = check(lambda x: np.where(x == np.inf, F32(wrong), relu(x)), "relu", require="rough")
    assert verdict.grades == {"value": "broken"}
    assert not verdict


def test_what_is_correct_is_accurate_whatever_the_tolerance():
    """Half an ulp is what rounding costs."""
    assert check(exact, "gelu", dtype="float16", tolerance=0.1).passed


def test_a_subject_without_results_is_broken():
    """None of its results is correct."""

    def raises(x):
        raise ValueError(x)

    assert check(raises, "gelu", dtype="float16", require="rough").grades == {"value": "broken"}
