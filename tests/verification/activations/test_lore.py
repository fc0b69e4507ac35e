"""What others say of an activation: a file each, and nothing where there is none."""

import pkgutil
from dataclasses import replace

import numpy as np
import pytest

import reference
from reference import ACTIVATIONS, leaky_relu, sigmoid, silu, tanh
from reference.arithmetic.formats import FORMATS
from verification import activations, check
from verification.activations.lore import Lore, lore_of
from verification.activations.mistake import DERIVATIVE, VALUE
from verification.examination.truth import Question, answer
from verification.survey import survey
from verification.survey.peers import PEERS
from verification.verdict.junit import to_junit
from verification.witnesses import identities

SHARED = {"lore", "mistake", "formulas"}


def test_each_file_is_of_an_activation():
    """And has something to say."""
    files = {module.name for module in pkgutil.iter_modules(activations.__path__)} - SHARED
    assert files <= set(ACTIVATIONS)
    assert all(lore_of(name) != Lore() for name in files)


def test_of_others_nothing_is_said():
    """Nor of what is a file of helpers."""
    assert lore_of("no_such_activation") == Lore()
    assert all(lore_of(name) == Lore() for name in SHARED)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_each_mistake_is_wrong_somewhere(name):
    """In some format, at some input between -8 and 8, or where it overflows."""
    activation = ACTIVATIONS[name]
    x = np.concatenate([np.linspace(-8, 8, 999), [-2e4, -100.0, 100.0, 2e4, 3e38, -750, 750]])
    for mistake in lore_of(name).all_mistakes(activation.parameters):
        assert mistake.subject in {VALUE, DERIVATIVE}
        formats = ["float64"] if mistake.in_float64 else list(FORMATS)
        wrong = 0
        for dtype in formats:
            question = Question(activation, mistake.subject, FORMATS[dtype], 1.0)
            with np.errstate(all="ignore"):
                narrow = x.astype(FORMATS[dtype].dtype)
                got = np.asarray(mistake.formula(narrow)).astype(narrow.dtype)
            wrong += answer(question, narrow, got).wrong.sum()
        assert wrong, mistake.why


@pytest.fixture
def nameless(monkeypatch):
    """An activation of the catalogue that nobody has said anything of."""
    other = replace(silu, name="nameless", title="Nameless")
    catalogue = {**ACTIVATIONS, "nameless": other}
    monkeypatch.setattr(reference, "ACTIVATIONS", catalogue)
    monkeypatch.setitem(ACTIVATIONS, "nameless", other)
    monkeypatch.setattr("verification.verdict.asked.NAMES", catalogue)
    return other


def test_one_without_a_file_is_judged_like_the_others(nameless):
    """Right and wrong ones; what it is instead is looked up in the catalogue."""
    assert check(nameless, "nameless", derivative=nameless.derivative, backward=nameless.backward)
    verdict = check(
        lambda x: np.asarray(tanh(x)), "nameless", derivative=sigmoid.derivative, dtype="float64"
    )
    whys = {(finding.subject, finding.why) for finding in verdict.symptoms}
    assert ("value", "this is Tanh, not Nameless") in whys
    assert ("derivative", "derivative of another variant: of Sigmoid") in whys
    assert to_junit(verdict)


def test_one_without_a_file_has_its_laws_and_no_spelling(nameless):
    """No reflection, no row in the survey."""
    x = np.linspace(-3, 3, 50)
    rows = identities.witness(nameless, FORMATS["float64"], x)
    assert rows
    assert all(row.passed for row in rows)
    assert not any("reflection" in row.witness for row in rows)
    for peer in PEERS:
        assert peer.spelling("nameless", {}) is None
        assert list(survey.judged(peer, "nameless", FORMATS["float64"])) == []


def test_a_kink_without_a_file_has_a_side(monkeypatch):
    """Of which nobody is said to choose it."""
    bent = replace(leaky_relu, name="bent")
    monkeypatch.setitem(ACTIVATIONS, "bent", bent)
    monkeypatch.setattr("verification.verdict.asked.NAMES", ACTIVATIONS)
    verdict = check(bent, "bent", derivative=bent.derivative)
    assert verdict
    assert any("(left derivative)" in convention.text for convention in verdict.conventions)


def test_the_default_is_told_where_parameters_are_ignored(monkeypatch):
    """Though nobody has said so of that activation."""
    monkeypatch.setattr("verification.diagnosis.reasons.lore_of", lambda _name: Lore())
    verdict = check(leaky_relu, "leaky_relu", parameters={"negative_slope": 0.125})
    why = "the parameters are ignored: this is for negative_slope = 0.01"
    assert why in {finding.why for finding in verdict.symptoms}
