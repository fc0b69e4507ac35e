"""Nothing convicts a function beside itself, and a baseline excuses only what it does."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import erf

from reference import gelu, sigmoid, silu, tanh
from reference.arithmetic.formats import FORMATS
from verification.candidates.implementation import Implementation
from verification.errors import UsageError
from verification.examination.cells import Cells
from verification.observation import exhaustive
from verification.verdict.check import check
from verification.verdict.verdict import VERSION


def quiet(function):
    """A function without NumPy's warnings."""

    def forward(*arguments):
        with np.errstate(all="ignore"):
            return np.asarray(function(*arguments)).astype(arguments[0].dtype, copy=False)

    forward.__name__ = function.__name__
    return forward


@quiet
def by_erf(x):
    """The textbook's gelu, in the format of x."""
    return x / 2 * (1 + erf(x * x.dtype.type(np.sqrt(0.5))))


@quiet
def by_exp(x):
    """The textbook's sigmoid: it overflows inside, and is right there."""
    return 1 / (1 + np.exp(-x))


@quiet
def slope_of_tanh(x):
    """Cancels in the tails, where it gives zeros."""
    return 1 - np.tanh(x) ** 2


@quiet
def slope_of_sigmoid(x):
    """Zero or NaN far out."""
    e = np.exp(-x)
    return e / (1 + e) ** 2


@quiet
def tanh_of_exp(x):
    """NaN where the exponential overflows."""
    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


@quiet
def by_log(x):
    """Softplus that flushes to zero on one side and overflows on the other."""
    return np.log(1 + np.exp(x))


def product(slope):
    """Its product with upstream."""
    return quiet(lambda x, upstream: slope(x) * upstream)


CANDIDATES = {
    "np.tanh": ("tanh", Implementation("np.tanh", np.tanh)),
    "erf": ("gelu", Implementation("by_erf", by_erf)),
    "exp": (
        "sigmoid",
        Implementation("by_exp", by_exp, slope_of_sigmoid, product(slope_of_sigmoid)),
    ),
    "slope of tanh": (
        "tanh",
        Implementation("t", tanh_of_exp, slope_of_tanh, product(slope_of_tanh)),
    ),
    "log": ("softplus", Implementation("by_log", by_log, by_exp, product(by_exp))),
}


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("name", CANDIDATES)
@pytest.mark.parametrize("strict", [False, True], ids=["", "strict"])
def test_a_function_is_no_worse_than_itself(name, dtype, strict):
    """However wrong it is: value, derivative and products, at all that is tried."""
    activation, implementation = CANDIDATES[name]
    verdict = check(implementation, activation, dtype=dtype, baseline=implementation, strict=strict)
    assert verdict.passed, str(verdict)


def test_a_stored_verdict_of_itself_convicts_no_function(tmp_path):
    """Nor does a verdict that stopped early, as much was wrong."""
    path = tmp_path / "base.json"
    base = check(tanh_of_exp, "tanh")
    path.write_text(base.to_json(), encoding="utf-8")
    verdict = check(tanh_of_exp, "tanh", baseline=path)
    assert verdict.passed, str(verdict)
    assert verdict.promise == base.promise


def test_errors_are_merged_from_all_that_is_tried(monkeypatch):
    """One that is off at a single number that only an exhaustive check tries."""
    monkeypatch.setattr(exhaustive, "portions", lambda _: range(0x3F, 0x40))
    place = np.uint32(0x3F812347)

    def planted(x):
        y = tanh(x)
        return np.where(x.view(np.uint32) == place, y * x.dtype.type(1 + 2.0**-20), y)

    alone = check(planted, "tanh", exhaustive=True)
    assert not alone.passed
    verdict = check(planted, "tanh", exhaustive=True, baseline=planted)
    assert verdict.passed, str(verdict)
    assert check(planted, "tanh", exhaustive=True, baseline=alone).passed


def flawed(place, result, of=sigmoid):
    """A function with a result of its own in a band."""

    def forward(x):
        with np.errstate(all="ignore"):
            return np.where(place(x), result(x), of(x)).astype(x.dtype)

    return forward


def kinds(verdict):
    """What was found."""
    return {symptom.kind for symptom in verdict.symptoms}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [(np.nan, 0.25), (np.inf, 0.25), (0.0, 0.25), (np.nan, 0.0)],
    ids=["nan", "overflow", "flushed", "another kind"],
)
def test_what_is_no_number_excuses_no_wrong_numbers(theirs, ours):
    """Nor one kind of it another, in the same stretch."""

    def band(result):
        return flawed(lambda x: (x > 2) & (x < 2.2), lambda x: x.dtype.type(result))

    assert not check(band(ours), "sigmoid", baseline=band(theirs), dtype="float16")
    assert check(band(theirs), "sigmoid", baseline=band(theirs), dtype="float16")


def test_a_zone_that_matters_less_excuses_nothing():
    """NaN far out and NaN in the active range are two."""
    far = flawed(lambda x: np.abs(x) > 30, lambda x: x * np.nan)
    near = flawed(lambda x: np.abs(x) > 15, lambda x: x * np.nan)
    assert "nan" in kinds(check(near, "sigmoid", baseline=far, dtype="float16"))
    assert check(far, "sigmoid", baseline=near, dtype="float16")


def test_products_with_extremes_excuse_no_others():
    """A baseline that is far off with large factors, and a candidate that is so with all."""

    def backward(least):
        def product(x, upstream):
            with np.errstate(all="ignore"):
                y = tanh.backward(x, upstream)
                off = (np.abs(upstream) >= least) & np.isfinite(y * 2)
                return np.where(off, y * x.dtype.type(1.5), y)

        return product

    large = Implementation("large", tanh, backward=backward(1e5))
    all_of_them = Implementation("all", tanh, backward=backward(0))
    found = check(all_of_them, "tanh", baseline=large)
    wrong = [symptom for symptom in found.symptoms if symptom.kind == "inaccurate"]
    assert wrong
    assert wrong[0].region.wrong > wrong[0].region.tried / 2
    assert check(large, "tanh", baseline=large)


def test_a_law_that_is_broken_worse_is_no_excuse():
    """Out of order by twice as much and more."""

    def bump(size):
        def forward(x):
            y = silu(x)
            return np.where((x > 1) & (x < 1.001), y - x.dtype.type(size), y)

        return forward

    small = check(bump(1e-5), "silu", require="close")
    assert {"not monotone"} <= kinds(small)
    found = kinds(check(bump(1e-2), "silu", baseline=bump(1e-5), require="close"))
    assert "not monotone" in found


def test_a_verdict_of_fewer_inputs_is_refused(tmp_path):
    """And one of another version, or on other terms: each in a sentence."""
    path = tmp_path / "base.json"
    base = check(tanh, "tanh", dtype="float16")
    content = json.loads(base.to_json())

    def said_of(**changes):
        path.write_text(json.dumps({**content, **changes}), encoding="utf-8")
        with pytest.raises(UsageError) as error:
            check(tanh, "tanh", dtype="float16", baseline=path)
        return str(error.value)

    assert "at 63,493 inputs or more, " in said_of(inputs={"value": 1000})
    assert f"version {VERSION}, but {path} has version 7" in said_of(version=7)
    assert "with strict none" in said_of(strict=True)
    assert "with allow none" in said_of(allow=["length"])
    assert "with domain none" in said_of(domain="finite")
    assert "requires accurate or better" in said_of(require="close")
    with pytest.raises(UsageError, match="with strict True"):
        check(tanh, "tanh", dtype="float16", strict=True, baseline=base)


def test_a_baseline_without_results_is_refused():
    """There is nothing to compare with, and its promise is that of no input."""

    def nothing(_x):
        return None

    said = "baseline: expected results of the {} to compare with, but nothing gave none"
    stored = check(nothing, "tanh", dtype="float16")
    for baseline in (nothing, stored):
        with pytest.raises(UsageError, match=said.format("value")):
            check(tanh, "tanh", baseline=baseline, dtype="float16")
    half = Implementation("nothing", tanh, derivative=nothing)
    whole = Implementation("tanh", tanh, derivative=tanh.derivative)
    with pytest.raises(UsageError, match=said.format("derivative")):
        check(whole, "tanh", baseline=half, dtype="float16")
    assert check(tanh, "tanh", baseline=half, dtype="float16").passed


def test_what_is_said_of_the_candidate_is_not_said_of_the_baseline():
    """Framework and subjects; a name brings its own."""
    verdict = check(np.tanh, "tanh", framework="numpy", baseline=tanh, dtype="float16")
    assert verdict.passed
    with pytest.raises(UsageError, match=r"baseline: .*no framework"):
        check(tanh, "tanh", baseline="nothing:f")
    with pytest.raises(UsageError, match="baseline: expected value, but it has derivative alone"):
        check(tanh, "tanh", baseline=Implementation("f", None, tanh.derivative))
    slow = Implementation("f", tanh, derivative=lambda _: 1 / 0)
    assert check(tanh, "tanh", baseline=slow, dtype="float16").passed


def test_cells_tell_extremes_apart():
    """By factor and by result; what is no number is not counted."""
    x = np.ones(5, np.float32)
    got = np.array([1, 1, 1, np.nan, 0], np.float32)
    factor = np.array([1, 1e6, 1, 1, 1], np.float32)
    expected = np.array([1, 1, np.inf, 1, 1], np.float32)
    cells = Cells()
    ulp = np.array([1.0, 2.0, 3.0, np.inf, 9.0])
    cells.add(x, got, factor, expected, ulp, FORMATS["float32"])
    assert sorted(cells.largest.values()) == [1, 2, 3]
    assert cells.at(x, factor, expected, FORMATS["float32"]).tolist() == [1, 2, 3, 1, 1]


def test_the_score_of_nothing_but_nan_is_infinite():
    """Not the best of all."""
    verdict = check(lambda x: x * np.float16(np.nan), "sigmoid", dtype="float16")
    assert verdict.score["value"]["worst_ulp"] == np.inf


def test_the_baseline_of_what_is_wrong_alike_is_told_as_skipped():
    """See `junit`; the verdict knows what it has excused."""
    verdict = check(by_erf, "gelu", baseline=by_erf, dtype="float16")
    assert ("value", "inaccurate") in {(one.subject, one.kind) for one in verdict.excused}
    assert not replace(verdict, unfinished="no time").passed
    assert gelu(np.float16(1)) > 0
