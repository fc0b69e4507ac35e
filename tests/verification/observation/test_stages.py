"""The stages: one makes every call of the candidate; the later ones are functions of the data."""

import ast
import pickle
import warnings
from pathlib import Path

import numpy as np
import pytest

import verification
from reference import silu
from reference.arithmetic.formats import FORMATS
from verification.candidates.implementation import Implementation
from verification.diagnosis.explain import explain
from verification.examination.examine import examine
from verification.examination.truth import Question
from verification.observation.observe import observe
from verification.verdict import check as checking
from verification.verdict.check import check

ROOT = Path(verification.__file__).parent
SUBJECTS = ("value", "derivative", "backward")


def slightly_off(function):
    """Wrong results, in small and in long arrays, of which some laws are broken too."""

    def wrapped(x, *upstream):
        y = np.asarray(function(x, *upstream)) * x.dtype.type(1.001)
        return np.where(x == x.dtype.type(3), -y, y)

    return wrapped


FUNCTIONS = {
    "forward": slightly_off(silu),
    "derivative": slightly_off(silu.derivative),
    "backward": slightly_off(silu.backward),
}


def test_after_the_first_stage_the_candidate_is_not_called(monkeypatch):
    """Whatever is wrong with it, the verdict is made of what was observed."""
    over, late = [], []

    def watched(function):
        def wrapped(*arguments):
            late.extend(over)
            return function(*arguments)

        return wrapped

    def observed(*arguments, **options):
        found = observe(*arguments, **options)
        over.append("a call after the first stage")
        return found

    monkeypatch.setattr(checking, "observe", observed)
    functions = {name: watched(function) for name, function in FUNCTIONS.items()}
    verdict = check(functions.pop("forward"), "silu", **functions)
    assert {finding.subject for finding in verdict.symptoms} == set(SUBJECTS)
    assert over
    assert late == []


def test_what_was_observed_is_data():
    """It can be sent elsewhere, and comes to the same complaints and reasons there."""
    questions = {name: Question(silu, name, FORMATS["float32"], 4.0) for name in SUBJECTS}
    here = observe(questions, Implementation("mine", *FUNCTIONS.values()))
    there = pickle.loads(pickle.dumps(here))  # noqa: S301  our own
    for name, question in questions.items():
        first, second = (
            [(complaint.kind, complaint.detail) for complaint in examine(question, observed[name])]
            for observed in (here, there)
        )
        assert first == second != []
        assert explain(question, here[name].seen) == explain(question, there[name].seen)


@pytest.mark.parametrize("folder", ["examination", "diagnosis"])
def test_the_later_stages_cannot_call(folder):
    """They import nothing that calls a candidate: of candidates, what troubles are."""
    for path in (ROOT / folder).glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
        foreign = {name for name in names if name.startswith("verification.candidates")}
        assert foreign <= {"verification.candidates.trouble"}, path
        assert not any(name.startswith("verification.observation") for name in names), path


def prints(_x):
    """Say something."""
    print("a short one")  # noqa: T201  the bug


def warns(_x):
    """Warn."""
    warnings.warn("a short one", stacklevel=1)


def raises(_x):
    """Fail."""
    raise ValueError("a short one")


def writes(x):
    """Write to the input."""
    x[...] = 1


MISBEHAVIOUR = {"output": prints, "warning": warns, "exception": raises, "input written": writes}


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("kind", MISBEHAVIOUR)
def test_misbehaviour_while_an_input_is_shrunk_is_a_finding(kind, subject):
    """Of one that is wrong, and misbehaves only with the shorter inputs that it is then given."""
    right = {"value": silu, "derivative": silu.derivative, "backward": silu.backward}[subject]
    seen = []

    def planted(x, *upstream):
        y = np.asarray(right(x, *upstream)) * np.where(np.abs(x) > 70, x.dtype.type(2), 1)
        if x.shape == (1,) and abs(float(x[0])) > 70:
            seen.append(float(x[0]))
            MISBEHAVIOUR[kind](x)
        return y.astype(x.dtype)

    given = {"forward": None, "derivative": None, "backward": None}
    given["forward" if subject == "value" else subject] = planted
    verdict = check(given.pop("forward"), "silu", strict=True, **given)
    assert seen
    found = {finding.kind: finding for finding in verdict.symptoms}
    assert kind in found, str(verdict)
    assert abs(found[kind].at) > 70
    assert "inaccurate" in found


def test_misbehaviour_while_value_and_derivative_are_compared_is_a_finding():
    """It is the last of what is called."""

    def planted(x):
        if x.shape == (257,) and abs(float(x[1] - x[0]) * 32 - 1) < 0.01:
            print("compared")  # noqa: T201  the bug
        return silu.derivative(x)

    [finding] = check(silu, "silu", derivative=planted).symptoms
    assert (finding.subject, finding.kind) == ("derivative", "output")


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_wrong_result_that_is_shrunk_may_warn_as_little_as_others(subject):
    """Of a product, where it does not overflow."""
    right = {"value": silu, "derivative": silu.derivative, "backward": silu.backward}[subject]

    def planted(x, *upstream):
        y = np.array(right(x, *upstream))
        wrong = x == x.dtype.type(-1.625)
        if x.shape == (1,) and wrong.all():
            warnings.warn("a short one", stacklevel=1)
        y[wrong] *= x.dtype.type(1.0001)
        return y

    given = {"forward": None, "derivative": None, "backward": None}
    given["forward" if subject == "value" else subject] = planted
    verdict = check(given.pop("forward"), "silu", strict=True, **given)
    assert {finding.kind for finding in verdict.symptoms} >= {"inaccurate", "warning"}
