"""The grid of float32: dense as promised, at any end, and what is found on it is kept apart."""

from dataclasses import replace

import numpy as np
import pytest

from reference import ACTIVATIONS, silu, tanh
from reference.arithmetic.formats import FORMATS
from verification import check
from verification.candidates.calls import Caller
from verification.candidates.clock import Clock
from verification.examination.accuracy import Accuracy
from verification.examination.promise import promised_by
from verification.examination.tried import inputs_of
from verification.examination.truth import Question
from verification.formula.activation import of_formula
from verification.numbers.inputs import every_finite, ordinals, stratified
from verification.observation import grid
from verification.observation.exhaustive import numbers_of
from verification.observation.grid import COARSEST, FINEST, densify, patterns, strides

FLOAT32, FLOAT64 = FORMATS["float32"], FORMATS["float64"]
QUESTION = Question(tanh, "value", FLOAT32, 4.0)


class Recording:
    """A function of arrays, and all that it was given."""

    def __init__(self, function):
        self.function, self.given = function, []

    def __call__(self, x, *more):
        """Call, and write down."""
        self.given.append(x.copy())
        return self.function(x, *more)


def observed(question, function, seconds=300.0, now=lambda: 0.0):
    """What the grid finds, where it ends, and what it was that it tried."""
    recording, seen = Recording(function), Accuracy()
    caller = Caller(question.subject, recording, FLOAT32)
    stride = densify(question, caller, seen, Clock(seconds, now))
    return stride, seen, caller, recording.given


@pytest.mark.whole_promise
@pytest.mark.parametrize("offset", [0, 1, 255, grid.OFFSET, COARSEST - 1])
def test_the_patterns_of_all_strides_are_a_grid(offset):
    """Each once, as far apart as the last stride, whatever the offset."""
    every = [patterns(FLOAT32, stride, offset) for stride in strides()]
    low = 3 << 20
    some = [part[: low // part.step + 2] for part in every]
    places = np.sort(np.concatenate([np.array(part, np.int64) for part in some]))
    places = places[places < low]
    assert places[0] == offset % FINEST
    assert (np.diff(places) == FINEST).all()
    assert sum(map(len, every)) == (1 << 32) // FINEST
    assert all((1 << 32) - part[-1] <= part.step for part in every)


def test_the_numbers_have_the_patterns():
    """Also those beyond a block, and beyond the sign bit."""
    wanted = range(77, 1 << 32, 1 << 20)
    numbers = np.concatenate([*numbers_of(FLOAT32, wanted, 1000)])
    assert np.array_equal(numbers.view(np.uint32), np.array(wanted, np.uint32))


@pytest.mark.parametrize("seed", [None, 7])
@pytest.mark.parametrize("subject", ["value", "backward"])
def test_whatever_is_promised_was_tried(subject, seed, monkeypatch):
    """By the gaps between all that was given and judged, of either sign, zero and the ends too."""
    monkeypatch.setattr(grid, "FINEST", 1 << 12)
    question = replace(QUESTION, subject=subject, seed=seed)
    stride, seen, _, given = observed(question, {"value": tanh, "backward": tanh.backward}[subject])
    assert stride == 1 << 12
    assert seen.inputs == sum(x.size for x in given) == 1 << 20
    stratified_ones = stratified(tanh, FLOAT32)
    assert promised_by(QUESTION, np.concatenate([*given, stratified_ones])) == stride
    assert promised_by(QUESTION, stratified_ones) > stride


@pytest.mark.whole_promise
def test_a_seed_shifts_the_grid():
    """So nobody knows which of 256 neighbours is tried."""
    first, second = (
        set(np.concatenate(observed(replace(QUESTION, seed=seed), tanh)[3][:1]).tolist())
        for seed in (1, 2)
    )
    assert not first & second


@pytest.mark.whole_promise
def test_wherever_it_ends_the_promise_is_kept(ticks):
    """With a function of which each block takes a tenth of the time."""
    for take in (1.0, 2.0, 4.0, 6.0):
        now = ticks()

        def slow(x, now=now, take=take):
            now.pass_(take)
            return tanh(x)

        stride, _, _, given = observed(QUESTION, slow, now=now)
        assert stride is not None
        assert stride > FINEST
        tried = np.concatenate([*given, stratified(tanh, FLOAT32)])
        assert promised_by(QUESTION, tried) <= stride
        assert now.seconds <= grid.MOST + take


def test_it_ends_with_the_time_of_the_check(ticks):
    """Of a check of 8 s, within one."""
    now = ticks()

    def slow(x):
        now.pass_(0.3)
        return tanh(x)

    observed(QUESTION, slow, 8.0, now)
    assert now.seconds <= 1.3


def test_it_is_not_tried_where_calls_fail():
    """As they may fail again, at any number of places."""

    def fails(x):
        if (np.abs(x) > 1e10).any():
            raise ValueError("too large")
        return tanh(x)

    verdict = check(fails, "tanh")
    assert verdict.inputs["value"] < COARSEST * 2
    assert verdict.promise["value"] > COARSEST


@pytest.mark.whole_promise
def test_an_exception_in_a_band_is_found():
    """And with it the grid ends."""

    def fails(x):
        if ((x > 0.300001) & (x < 0.30001)).any():
            raise ValueError("in a band")
        return tanh(x)

    stride, seen, caller, _ = observed(QUESTION, fails)
    assert FINEST < stride < COARSEST
    assert seen.unanswered.wrong
    assert "in a band" in caller.troubles["exception"].detail


@pytest.mark.whole_promise
def test_where_much_is_wrong_a_closer_look_is_not_taken():
    """It would take long, and tell nothing more."""
    stride, seen, *_ = observed(QUESTION, lambda x: tanh(x) * x.dtype.type(1.1))
    assert stride > FINEST
    assert seen.wrong >= grid.MUCH


def test_what_the_same_call_does_not_show_again_is_no_inaccuracy():
    """Of a function that is wrong at its third call."""
    calls = []

    def third(x):
        calls.append(x.size)
        return tanh(x) * x.dtype.type(1.1 if len(calls) == 3 else 1)

    question = replace(QUESTION, activation=tanh)
    caller, seen = Caller("value", third, FLOAT32), Accuracy()
    caller(np.float32([1]))
    caller(np.float32([2]))
    densify(question, caller, seen, Clock(300.0))
    assert seen.wrong == 0
    assert set(caller.troubles) == {"not deterministic"}


@pytest.mark.whole_promise
def test_a_band_counts_out_of_all_that_was_tried():
    """The region of a finding has the numbers of the grid, and the inputs too."""

    def planted(x):
        y = np.asarray(silu(x)).copy()
        y[(x > 2.0001) & (x < 2.0002)] = 1
        return y

    [finding] = check(planted, "silu").symptoms
    assert finding.kind == "inaccurate"
    assert finding.region.tried > 1 << 24
    assert 0 < finding.region.wrong < 30
    assert 2.0001 < finding.at < 2.0002


@pytest.mark.whole_promise
def test_a_formula_is_tried_on_the_grid_if_it_can_be_enclosed():
    """Its value, and its derivative; not one that oscillates to the end."""
    smooth, wavy = of_formula("x * sigmoid(beta * x)", {"beta": 1.0}), of_formula("sin(x)")
    stride, seen, *_ = observed(replace(QUESTION, activation=smooth), silu)
    assert (stride, seen.wrong) == (FINEST, 0)
    assert observed(replace(QUESTION, activation=wavy), np.sin)[0] is None


def test_a_promise_is_a_power_of_two_that_no_gap_exceeds():
    """Of numbers between which there are known gaps."""
    question = replace(QUESTION, format_=FORMATS["float16"])
    finite = every_finite(question.format_)
    places = np.abs(ordinals(finite, question.format_))
    kept = {1: places >= 0, 4: places % 4 == 0, 8: places % 5 == 0, 1 << 15: places < 100}
    kept[128] = (places < 100) | (places > 164)
    for promise, mask in kept.items():
        assert promised_by(question, finite[mask]) == promise


@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=list(ACTIVATIONS))
def test_in_float64_half_a_binade_is_promised(activation):
    """Of each binade three inner numbers are tried, by the golden ratio, and both ends."""
    question = Question(activation, "value", FLOAT64, 4.0)
    binade = 1 << FLOAT64.precision - 1
    assert promised_by(question, inputs_of(question)) == binade // 2
