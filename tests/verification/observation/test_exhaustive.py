"""All patterns of a format, in portions: nothing is missed, and portions add up to the whole."""

import pickle
from collections import Counter
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from reference import ACTIVATIONS, relu, tanh
from reference.arithmetic.formats import FORMATS
from verification import check
from verification.candidates.calls import Caller
from verification.candidates.clock import Clock
from verification.candidates.frameworks import Candidate
from verification.candidates.implementation import Implementation
from verification.candidates.isolation import Named, Worker
from verification.errors import UsageError
from verification.examination.accuracy import Accuracy, count
from verification.examination.truth import Question
from verification.grade import Grade
from verification.observation import exhaustive
from verification.observation import observe as observing
from verification.observation.exhaustive import PORTION, exhaust, observe_portion
from verification.observation.glance import look
from verification.observation.kept import Kept
from verification.work.processes import completed

FLOAT32, FLOAT16 = FORMATS["float32"], FORMATS["float16"]
# Three inputs in the same portion, the last one its last: 5 steps on, beyond 2, are 9 ulp.
PORTION_OF_ONE = 0x3F800000 // PORTION
# In this process, without end.
HERE = Implementation("mine", None)
ZEROS = 0x7C01  # inputs of float16 from -0 to -inf
PLANTED = np.array([0x3F800000, 0x3F812345, 0x3FFFFFFF], np.uint32)


def question(subject="value", format_=FLOAT32, tolerance=4.0):
    """Ask for relu."""
    return Question(relu, subject, format_, tolerance)


def off_by(ulps):
    """Make a relu that is off at the planted inputs only."""

    def planted(x):
        y = relu(x)
        y.view(np.uint32)[np.isin(x.view(np.uint32), PLANTED)] += ulps
        return y

    return planted


def wrong_of(survey):
    """Count the wrong results of each kind."""
    counts = Counter()
    for part, tally in survey.tallies.items():
        counts[part.kind] += tally.wrong
    return dict(counts)


def test_the_one_wrong_input_of_a_portion_is_found():
    """And its place, among 2^24."""
    number, seen, *_ = observe_portion(
        question(), Caller("value", off_by(5), FLOAT32), PORTION_OF_ONE
    )
    assert (number, seen.inputs) == (PORTION_OF_ONE, PORTION)
    assert wrong_of(seen) == {"inaccurate": 3}
    [tally] = seen.tallies.values()
    assert (tally.low, tally.high, tally.worst_ulp) == (1.0, 2 - 2.0**-23, 9)
    assert np.isin(PLANTED, tally.sample()[0].view(np.uint32)).all()


@pytest.mark.parametrize(("tolerance", "wrong"), [(4.0, {}), (1.0, {}), (0.5, {"inaccurate": 3})])
def test_neighbours_pass_within_the_tolerance_only(tolerance, wrong):
    """One ulp off, whether the quick way applies or not."""
    subject = Caller("value", off_by(1), FLOAT32)
    _, seen, *_ = observe_portion(question(tolerance=tolerance), subject, PORTION_OF_ONE)
    assert wrong_of(seen) == wrong


def test_a_zero_of_the_other_sign_is_no_error_of_a_derivative():
    """It is counted as a convention, the quick way and the long one alike."""
    signed = Caller("derivative", lambda x: np.copysign(relu.derivative(x), x), FLOAT16)
    asked = question("derivative", FLOAT16)
    assert wrong_of(observe_portion(asked, signed, 0)[1]) == {"other zero": ZEROS}
    _, seen, *_ = observe_portion(replace(asked, strict=True), signed, 0)
    assert wrong_of(seen) == {"sign of zero": ZEROS}


@pytest.mark.parametrize("subject", ["value", "derivative"])
def test_portions_add_up_to_the_whole(subject, monkeypatch):
    """For a wrong function of a 16-bit format: in one piece, and in 8."""
    function = {"value": lambda x: x - x**3 / 3, "derivative": lambda x: 1 - np.tanh(x) ** 2}[
        subject
    ]
    asked = Question(ACTIVATIONS["tanh"], subject, FLOAT16, 0.5)
    whole, _ = exhaust(asked, Caller(subject, function, FLOAT16), HERE, None)
    monkeypatch.setattr(exhaustive, "PORTION", 1 << 13)
    parts, _ = exhaust(asked, Caller(subject, function, FLOAT16), HERE, None)
    assert parts.inputs == whole.inputs == 1 << 16
    assert wrong_of(parts) == wrong_of(whole) != {}
    assert parts.worst_ulp == whole.worst_ulp
    for kind, tally in whole.tallies.items():
        other = parts.tallies[kind]
        assert (tally.low, tally.high, tally.worst_ulp) == (other.low, other.high, other.worst_ulp)


def planted_neighbours(x):
    """Neighbours of all distances, infinity beside the largest number, zeros, and other NaNs."""
    y = tanh(x)
    bits = y.view(np.uint32)
    steps = x.view(np.uint32) % np.uint32(5) - np.uint32(2)
    other = np.where((steps == 1) | (steps > 5), bits + steps, bits).view(np.float32)
    other = np.where(np.isnan(x), (bits | np.uint32(9)).view(np.float32), other)
    return np.where((y == 0) & (x < 0), np.float32(0), other)


@pytest.mark.parametrize("number", [0, 0x40, 0x7F, 0x80, 0xBF])
@pytest.mark.parametrize("subject", ["value", "derivative"])
def test_what_passes_at_a_glance_is_counted_as_by_the_long_way(number, subject):
    """Histogram, grade and kinds of a block are those that each result has by itself."""
    x = exhaustive.numbers_of(FLOAT32, range(number << 24, (number << 24) + (1 << 16)))
    [x] = x
    asked = Question(tanh, subject, FLOAT32, 4.0)
    quick, slow = Accuracy(), Accuracy()
    got = planted_neighbours(x)
    look(asked, Caller(subject, planted_neighbours, FLOAT32), quick, x)
    count(asked, slow, x, got)
    assert quick.histogram.counts == slow.histogram.counts
    assert (quick.grade, quick.inputs) == (slow.grade, slow.inputs)
    assert wrong_of(quick) == wrong_of(slow)


def test_what_goes_wrong_in_a_portion_is_noted():
    """An exception in one block, and the inputs around it are judged."""

    def fussy(x):
        if (x.view(np.uint32) == PLANTED[1]).any():
            raise ZeroDivisionError
        return relu(x)

    subject = Caller("value", fussy, FLOAT32)
    part = observe_portion(question(), subject, PORTION_OF_ONE)
    seen, troubles = part.seen, part.troubles
    assert (seen.inputs, seen.unanswered.wrong, part.cut_short) == (PORTION - 1, 1, False)
    assert seen.unanswered.low == seen.unanswered.high == float(PLANTED.view(np.float32)[1])
    assert troubles["exception"].arguments[0].view(np.uint32).tolist() == [PLANTED[1]]


def test_other_processes_come_to_the_same():
    """A portion of a function known by its name, in worker processes and here."""
    origin = Named(Candidate("numpy:numpy.tanh"), Clock(1e5))
    asked = Question(ACTIVATIONS["tanh"], "value", FLOAT32, 0.5)
    work = partial(exhaustive._in_worker, asked, "value", origin, Grade.CORRECT)  # noqa: SLF001  as sent
    numbers = [0x3F000000 // PORTION, 0xC0000000 // PORTION]
    there = {number: seen for number, seen, *_ in completed(work, numbers, None)}
    for number in numbers:
        _, here, *_ = work(number)
        assert wrong_of(there[number]) == wrong_of(here) != {}
        assert there[number].worst_ulp == here.worst_ulp


def test_an_exhaustive_check_counts_every_pattern():
    """Of a 16-bit format, in the verdict."""
    verdict = check(np.tanh, "tanh", dtype="float16", exhaustive=True)
    assert verdict.inputs == {"value": 1 << 16}


def fails_beyond_100(x):
    """Raise for large numbers, of which not all can be tried alone; wrong at 3."""
    with np.errstate(invalid="ignore"):
        if (np.abs(x) > 100).any():
            raise ValueError("too large")
    return np.where(x == 3, x.dtype.type(2), relu(x))


@pytest.mark.parametrize("portion", [1 << 16, 1 << 13], ids=["one portion", "8 portions"])
def test_judged_and_unanswered_inputs_add_up_to_every_pattern(portion, monkeypatch):
    """The region of an exception is out of all, that of a wrong result out of those judged."""
    monkeypatch.setattr(exhaustive, "PORTION", portion)
    verdict = check(fails_beyond_100, "relu", dtype="float16", exhaustive=True)
    regions = {finding.kind: finding.region for finding in verdict.symptoms}
    refused = 2 * int(np.float16(np.inf).view(np.uint16) - np.float16(100).view(np.uint16))
    judged = verdict.inputs["value"]
    assert regions["exception"].wrong + judged == regions["exception"].tried == 1 << 16
    assert refused <= regions["exception"].wrong < 1.1 * refused
    assert (regions["exception"].low, regions["exception"].high) == (-np.inf, np.inf)
    assert (regions["inaccurate"].wrong, regions["inaccurate"].tried) == (1, judged)


def test_other_processes_say_that_not_all_was_tried(monkeypatch):
    """As this one does."""

    def in_a_copy(work, numbers, _scheduler):
        return (pickle.loads(pickle.dumps(work(number))) for number in numbers)  # noqa: S301  ours

    monkeypatch.setattr(exhaustive, "PORTION", 1 << 13)
    monkeypatch.setattr(exhaustive, "completed", in_a_copy)
    subject = Caller("value", fails_beyond_100, FLOAT16)
    there = Implementation("mine", None, origin=partial(Implementation, "mine", fails_beyond_100))
    exhaust(question(format_=FLOAT16), subject, there, None)
    assert subject.cut_short


def test_out_of_time_it_says_what_was_tried(monkeypatch):
    """Half of the portions, and a part of one; it has not passed."""
    monkeypatch.setattr(exhaustive, "PORTION", 1 << 13)
    monkeypatch.setattr(exhaustive, "BLOCK", 1 << 13)
    asked = []

    def is_over(_clock):
        asked.append(None)
        return len(asked) > 9

    monkeypatch.setattr(exhaustive, "_is_over", is_over)
    verdict = check(np.tanh, "tanh", dtype="float16", exhaustive=True)
    assert not verdict.passed
    assert not verdict.findings
    assert "32,768 of 65,536 patterns were tried, and not 0x8000 to 0xffff" in verdict.unfinished
    assert str(verdict).startswith("not finished: tanh as tanh in float16: value correct")
    assert verdict.inputs == {"value": 1 << 15}
    assert "not finished" in verdict.to_markdown()
    [annotation] = verdict.to_annotations().splitlines()
    assert annotation.startswith("::error title=halfulp%3A not finished::not finished: tanh as")
    assert "not 0x8000 to 0xffff" in annotation


def test_out_of_time_it_promises_what_a_quick_check_does(monkeypatch):
    """At negative numbers too, the patterns of which come last: the grid is tried first."""
    monkeypatch.setattr(exhaustive, "_is_over", lambda _: True)
    first = np.float32(-3).view(np.uint32)

    def planted(x):
        place = x.view(np.uint32) - first < 1 << 16
        return np.where(place, x.dtype.type(2), tanh(x))

    verdict = check(planted, "tanh", exhaustive=True)
    assert "0 of 4,294,967,296 patterns were tried" in verdict.unfinished
    assert verdict.promise == check(planted, "tanh").promise == {"value": 1 << 16}
    assert {symptom.kind for symptom in verdict.symptoms} >= {"wrong sign"}


SLOW = """
import numpy as np

def forward(x):
    with open("calls", "a") as file:
        print(x.size, file=file)
    return np.tanh(x)
"""


def map_of(work, numbers):
    """As other processes do, in this one."""
    yield from map(work, numbers)


@pytest.fixture
def candidate(tmp_path, monkeypatch):
    """A module of the current folder."""
    (tmp_path / "slow.py").write_text(SLOW)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(exhaustive, "portions", lambda _: range(0x3E, 0x40))
    monkeypatch.setattr(exhaustive, "PORTION", 1 << 18)
    monkeypatch.setattr(exhaustive, "completed", lambda work, numbers, _: map_of(work, numbers))
    return tmp_path / "slow.py"


def judged(tmp_path, **more):
    """A verdict with its state in a folder, and how many calls of a whole portion it took."""
    calls = tmp_path / "calls"
    calls.write_text("")
    with Worker(Candidate("numpy:slow.forward"), Clock(1e4)) as worker:
        implementation = worker.implementation()
        verdict = check(implementation, "tanh", exhaustive=True, state=tmp_path / "state", **more)
    return verdict, calls.read_text().split().count(str(1 << 18))


@pytest.mark.usefixtures("candidate")
def test_finished_portions_are_not_done_again(tmp_path, capsys):
    """The verdict is the same; a damaged one is done anew, as all are of another question."""
    first, calls = judged(tmp_path)
    assert calls == 2
    second, calls = judged(tmp_path)
    assert calls == 0
    assert second == first
    assert capsys.readouterr().err == ""
    damaged = tmp_path / "state" / "value" / "portion-062.json"
    damaged.write_text(damaged.read_text().replace("0", "1", 1))
    assert judged(tmp_path) == (first, 1)
    assert "1 of 2 portions" in capsys.readouterr().err
    assert judged(tmp_path, tolerance=5)[1] == 2
    assert "State of another candidate, question or version" in capsys.readouterr().err


@pytest.mark.usefixtures("candidate")
def test_what_the_grid_had_time_for_does_not_matter_to_what_is_kept(tmp_path, monkeypatch):
    """On a busy machine it ends earlier, and has seen less of what is wrong."""
    assert judged(tmp_path)[1] == 2

    def grades(_question, _caller, seen, *_):
        seen.grade = Grade.ROUGH

    monkeypatch.setattr(observing, "densify", grades)
    assert judged(tmp_path)[1] == 0


def test_another_candidate_begins_anew(tmp_path, candidate, capsys):
    """By its file, though its results are the same."""
    judged(tmp_path)
    candidate.write_text(SLOW + "# changed\n")
    assert judged(tmp_path)[1] == 2
    assert "done anew" in capsys.readouterr().err


def test_a_portion_is_the_same_from_the_disk(tmp_path):
    """Counts, samples, cells and troubles, infinite and NaN ones among them."""

    def fussy(x):
        if (x.view(np.uint32) == PLANTED[1]).any():
            raise ZeroDivisionError("no")
        with np.errstate(all="ignore"):
            return np.where(x > 1.5, np.float32(np.nan), np.where(x > 1.2, x * 2, x))

    asked = question()
    portion = observe_portion(asked, Caller("value", fussy, FLOAT32), PORTION_OF_ONE)
    with Kept(tmp_path, {"key": 1}, FLOAT32) as kept:
        kept.add(portion)
        with (
            pytest.raises(UsageError, match="expected to be alone with"),
            Kept(tmp_path, {"key": 1}, FLOAT32),
        ):
            pass
    with Kept(tmp_path, {"key": 1}, FLOAT32) as kept:
        found = kept.done[PORTION_OF_ONE]
    whole, again = Accuracy(), Accuracy()
    whole.merge(portion.seen)
    again.merge(found.seen)
    assert wrong_of(again) == wrong_of(whole) != {}
    assert again.histogram.counts == whole.histogram.counts
    assert again.cells == whole.cells
    assert (again.inputs, again.grade, again.worst_ulp) == (
        whole.inputs,
        whole.grade,
        whole.worst_ulp,
    )
    assert vars(again.unanswered) == vars(whole.unanswered)
    for kind, tally in whole.tallies.items():
        for left, right in zip(tally.sample(), again.tallies[kind].sample(), strict=True):
            assert left is right is None or left.tobytes() == right.tobytes()
    assert found.troubles.keys() == portion.troubles.keys() == {"exception"}
    assert found.troubles["exception"].arguments[0] == portion.troubles["exception"].arguments[0]


def test_state_is_of_exhaustive_checks_by_name(tmp_path):
    """UsageError for others."""
    with pytest.raises(UsageError, match="--state is for a check that is --exhaustive"):
        check(np.tanh, "tanh", dtype="float16", state=tmp_path)
    with pytest.raises(UsageError, match="--state: expected a candidate by name"):
        check(np.tanh, "tanh", dtype="float16", exhaustive=True, state=tmp_path)
