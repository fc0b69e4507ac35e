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


def fussy(x):
    """Takes contiguous arrays alone."""
    if not x.flags.c_contiguous:
        raise ValueError("expected a contiguous array")
    return sigmoid(x)


def small(x):
    """Takes small numbers alone."""
    if (np.abs(x) > 100).any():
        raise ValueError("too large")
    return sigmoid(x)


def in_place(x):
    """Overwrites its input, and cannot where it is read-only."""
    x[...] = sigmoid(x)
    return x


def full(x):
    """Has no largest element where there is none."""
    return np.minimum(sigmoid(x), x.dtype.type(1 + max(x.max(), 0)))


def turned(x):
    """A slope of gelu that has another sign where it is nearly 0."""
    slope = np.asarray(gelu.derivative(x))
    return np.where(np.abs(slope) < 2.0**-25, -slope, slope)


CANDIDATES = {
    "layouts": ("sigmoid", Implementation("fussy", fussy)),
    "small": ("sigmoid", Implementation("small", small)),
    "in place": ("sigmoid", Implementation("in_place", in_place)),
    "full": ("sigmoid", Implementation("full", full)),
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
    "turned": ("gelu", Implementation("turned", gelu, turned, product(turned))),
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


@pytest.mark.parametrize(
    ("function", "activation"),
    [(tanh_of_exp, "tanh"), *((one, "sigmoid") for one in (fussy, small, in_place, full))],
)
def test_a_stored_verdict_of_itself_convicts_no_function(tmp_path, function, activation):
    """Nor does a verdict that stopped early, as much was wrong."""
    path = tmp_path / "base.json"
    base = check(function, activation)
    path.write_text(base.to_json(), encoding="utf-8")
    verdict = check(function, activation, baseline=path)
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


def either(theirs, tmp_path):
    """A baseline as it is, and as a stored verdict."""
    path = tmp_path / "base.json"
    path.write_text(check(theirs, "sigmoid", dtype="float16").to_json(), encoding="utf-8")
    return theirs, path


BANDS = {
    "the other side": (lambda x: (x > 2) & (x < 4), lambda x: (x < -2) & (x > -4)),
    "between two": (lambda x: (np.abs(x) > 9) & (np.abs(x) < 15), lambda x: np.abs(x) < 8),
    "a whole band": (lambda x: x == 0.5, lambda x: (x < 0) & (x > -15)),
    "a whole stretch": (lambda x: x == 0.5, lambda x: (x >= 0.5) & (x < 0.5625)),
}


@pytest.mark.parametrize("name", BANDS)
@pytest.mark.parametrize("result", [np.nan, np.inf, -0.0])
def test_what_is_no_number_is_excused_where_it_is_and_no_more_often(tmp_path, name, result):
    """In the same zone, by the same kind; the verdict says what is excused, and what is worse."""
    theirs, ours = (flawed(place, lambda x: x.dtype.type(result)) for place in BANDS[name])
    for baseline in either(theirs, tmp_path):
        found = check(ours, "sigmoid", baseline=baseline, dtype="float16")
        [kind] = kinds(found) - {"out of bounds", "not monotone"}
        assert kind in {"nan", "overflow", "flushed"}
        assert kind not in {one.kind for one in found.excused}
        if name != "a whole stretch":
            assert "worse in 0," not in found.beside[0]
        alike = check(theirs, "sigmoid", baseline=baseline, dtype="float16")
        assert alike.passed
        assert "better in 0 " in alike.beside[0]
        assert "worse in 0," in alike.beside[0]
        said = f"value {kind}: forward does so too"
        assert f"\nexcused: {said}" in str(alike)
        assert f"\n- {said}" in alike.to_markdown()


def raising(error, place):
    """A function that raises where a number is in a place."""

    def forward(x):
        if place(x).any():
            raise error("no")
        return sigmoid(x)

    return forward


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        pytest.param(
            raising(ValueError, lambda x: x > 100),
            raising(TypeError, lambda x: x > 100),
            id="another exception",
        ),
        pytest.param(
            raising(ValueError, lambda x: x > 100),
            raising(ValueError, lambda x: x < -100),
            id="another region",
        ),
        pytest.param(
            raising(ValueError, lambda x: (x == 2) | (x == 3)),
            raising(ValueError, lambda x: (x >= 2) & (x <= 3)),
            id="more inputs",
        ),
        pytest.param(fussy, raising(ValueError, lambda x: x > 2), id="inputs, not layouts"),
        pytest.param(raising(ValueError, lambda x: x == 2), fussy, id="layouts, not inputs"),
        pytest.param(fussy, raising(ValueError, np.ones_like), id="always, not in layouts"),
        pytest.param(full, raising(ValueError, lambda x: x == 2), id="one, not none"),
    ],
)
def test_an_exception_is_excused_by_the_same_in_the_same_region(tmp_path, theirs, ours):
    """Of inputs, or of arrays that lie in memory in some way."""
    for baseline in either(theirs, tmp_path):
        found = check(ours, "sigmoid", baseline=baseline, dtype="float16")
        assert kinds(found) == {"exception"}


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
