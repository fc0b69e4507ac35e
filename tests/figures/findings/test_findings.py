"""Each finding holds on the reference, says what it measured, and can fail."""

import math

import numpy as np
import pytest

from figures.findings import gradients, ranges, registry, shapes
from figures.findings.finding import Finding, FindingError
from figures.measuring.demonstrated import ACTIVATIONS

MAX = np.finfo(float).max
DAMAGES = [
    (
        shapes.forward_functions,
        "gelu",
        lambda order, _x, y: np.maximum(y, 0) if order == 0 else y,
    ),
    (shapes.forward_functions, "tanh", lambda order, _x, y: -y if order == 0 else y),
    (shapes.forward_functions, "silu", lambda order, x, y: y + (x > 1) if order == 1 else y),
    (shapes.derivatives, "sigmoid", lambda order, _x, y: 1.0001 * y if order == 1 else y),
    (shapes.derivatives, "tanh", lambda order, _x, y: y + 1e-7 if order == 1 else y),
    (shapes.derivatives, "relu", lambda order, x, y: y + (x < 0) if order == 1 else y),
    (shapes.derivatives, "relu", lambda order, x, y: y + (x > 0) if order == 0 else y),
    (gradients.dying_relu, "relu", lambda order, x, y: y + (x < -4) if order == 1 else y),
    (gradients.dying_relu, "silu", lambda order, x, y: y * (x > -4) if order == 1 else y),
    (gradients.dying_relu, "gelu", lambda order, _x, y: abs(y) if order == 1 else y),
    (shapes.gelu_approximation, "gelu_tanh", lambda _order, x, y: y + 0.005 * (x > 4)),
    (shapes.gelu_approximation, "gelu", lambda _order, x, y: np.where(x < -4.9, y / 4, y)),
    (gradients.vanishing_gradients, "tanh", lambda order, _x, y: y + 2e-4 if order == 1 else y),
    (gradients.vanishing_gradients, "silu", lambda order, _x, y: 0.99 * y if order == 1 else y),
    (gradients.gradient_flow, "sigmoid", lambda order, _x, y: 2 * y if order == 1 else y),
    (gradients.gradient_flow, "silu", lambda order, _x, y: 0.4 * y if order == 1 else y),
    (ranges.temperature_scaling, "sigmoid", lambda _order, _x, y: 0.5 + 1.001 * (y - 0.5)),
    (ranges.temperature_scaling, "gelu", lambda _order, x, y: y - 0.5 * (x > 50)),
    (ranges.numerical_stability, "gelu", lambda _order, x, y: np.where(x == 1000, np.nan, y)),
    (ranges.numerical_stability, "tanh", lambda _order, x, y: np.where(abs(x) == MAX, np.inf, y)),
]


@pytest.mark.parametrize("finding", registry.FINDINGS, ids=lambda finding: finding.__name__)
def test_finding_holds_on_the_reference(finding):
    """The reference bears out each of the eight findings."""
    found = finding(ACTIVATIONS)
    assert found.holds, found
    assert found.numbers
    assert all(math.isfinite(number) for number in found.numbers.values())


@pytest.mark.parametrize(("finding", "name", "change"), DAMAGES)
def test_finding_fails_on_a_damaged_activation(finding, name, change, altered):
    """A finding notices when the activation it speaks about is not what it was."""
    damaged = altered(ACTIVATIONS[name], change)
    assert not finding({**ACTIVATIONS, name: damaged}).holds


def test_every_finding_is_damaged():
    """There is a planted mistake for each finding."""
    assert {finding for finding, _, _ in DAMAGES} == {*registry.FINDINGS}


def test_findings_are_eight():
    """The report has eight key findings."""
    assert [finding(ACTIVATIONS).topic for finding in registry.FINDINGS] == [
        "Forward Functions",
        "Derivatives",
        "Dying ReLU",
        "GELU Approximation",
        "Vanishing Gradients",
        "Gradient Flow",
        "Temperature Scaling",
        "Numerical Stability",
    ]


def test_error_of_the_tanh_form_is_located():
    """The largest error of GELU's tanh form is 4.73e-4, at |x| = 2.70, and 84 % of gelu(-5)."""
    found = shapes.gelu_approximation(ACTIVATIONS)
    assert found.numbers["largest error"] == pytest.approx(4.732e-4, rel=1e-3)
    assert found.numbers["where"] == pytest.approx(2.70, abs=0.005)
    assert found.numbers["relative error"] == pytest.approx(0.8404, rel=1e-3)
    assert "4.73 × 10⁻⁴ over [−5, 5], at |x| = 2.70" in found.sentence


def test_gradient_of_gelu_changes_sign_once():
    """GELU's gradient is zero at exactly one point, and underflows where e^(-x²/2) does."""
    found = gradients.dying_relu(ACTIVATIONS)
    assert found.numbers["sign changes of gelu"] == 1
    assert -40 < found.numbers["gelu underflows"] < -38
    assert "GELU's at exactly one point (x = −0.752)" in found.sentence


def test_survivors_have_no_zero_gradients():
    """It is said once of all three, and not as a list of zeros."""
    sentence = gradients.dying_relu(ACTIVATIONS).sentence
    assert "ReLU has 100 % zero gradients for negative inputs (50,376 draws" in sentence
    assert "LeakyReLU, GELU and SiLU have none. A gradient of theirs is zero where" in sentence


@pytest.mark.parametrize("finding", registry.FINDINGS, ids=lambda finding: finding.__name__)
def test_newcomer_changes_no_finding(finding, altered):
    """The sentences are about seven, whatever else the catalogue has."""
    newcomer = altered(ACTIVATIONS["silu"], lambda _order, _x, y: y * np.nan, name="broken")
    assert finding({"broken": newcomer, **ACTIVATIONS}) == finding(ACTIVATIONS)


def test_failed_finding_stops_with_its_sentence(monkeypatch):
    """The first finding that does not hold is raised, and its sentence and numbers with it."""
    failed = Finding("Topic", "It is so.", {"measured": 2.0}, holds=False)
    monkeypatch.setattr(registry, "FINDINGS", (lambda _catalogue: failed,))
    with pytest.raises(FindingError, match=r"Topic: It is so\. .*measured.*2\.0"):
        registry.measure_all(ACTIVATIONS)
