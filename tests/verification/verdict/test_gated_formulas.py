"""Formulas of two inputs: gates, sound and wrong, with the gradients in both inputs."""

import ml_dtypes
import numpy as np
import pytest

from reference import ACTIVATIONS, elu, gelu, gelu_tanh, mish, relu, sigmoid, silu, tanh
from verification.errors import UsageError
from verification.verdict.check import check
from verification.verdict.junit import laws, to_junit

from .bank.gated import GLU, SWIGLU, Identity, gated
from .bank.gates import GATES
from .bank.helpers import wide

BFLOAT16 = ml_dtypes.bfloat16


SOUND = {
    "swiglu": ("x * sigmoid(x) * y", gated(silu)),
    "glu": ("x * sigmoid(y)", gated(sigmoid, gate_first=False)),
    "geglu": ("x * Phi(x) * y", gated(gelu)),
    "geglu_tanh": ("gelu_tanh(x) * y", gated(gelu_tanh)),
    "reglu": ("max(x, 0) * y", gated(relu)),
    "bilinear": ("x * y", gated(Identity())),
    "tanh gate": ("y * tanh(x)", gated(tanh)),
    "mish gate": ("x * tanh(log1p(exp(x))) * y", gated(mish)),
    "elu gate": ("where(x > 0, x, expm1(x)) * y", gated(elu)),
    "by division": ("x * y / (1 + exp(-x))", gated(silu)),
    "of a sum": ("x * y - x * y * sigmoid(-x)", gated(silu)),
    "by branches": ("where(x > 0, x * y, 0.01 * x * y)", gated(ACTIVATIONS["leaky_relu"])),
}


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("name", SOUND)
def test_sound_gates_pass(name, dtype):
    """A gate that is computed in float64 and rounded once has nothing to be found."""
    formula, implementation = SOUND[name]
    verdict = check(implementation, formula=formula, dtype=dtype)
    assert verdict.passed, str(verdict)
    assert list(verdict.inputs) == ["value", "backward_x", "backward_y"]


@pytest.mark.parametrize("bug", GATES, ids=lambda bug: bug.id)
def test_planted_bugs_are_found(bug):
    """Each gets a finding about its subject, and the reason that it has."""
    verdict = check(bug.function, formula=bug.activation)
    found = [finding for finding in verdict.symptoms if finding.subject == bug.subject]
    kinds = {finding.kind: finding for finding in found}
    assert bug.kind in kinds, str(verdict)
    if bug.why is not None:
        assert kinds[bug.kind].why == bug.why, str(verdict)
    wrong = {finding.subject for finding in verdict.symptoms}
    if bug.id != "gradients exchanged":
        assert wrong == {bug.subject}, str(verdict)


def test_a_finding_names_both_inputs():
    """The input of the gate comes first, the other one and upstream beside it."""
    verdict = check(GATES[1].function, formula=GLU)
    finding = next(finding for finding in verdict.symptoms if finding.kind == "inaccurate")
    assert (finding.input, list(finding.beside)) == ("y", ["x"])
    assert f"at: y = {finding.decimal}" in str(finding)
    assert finding.snippet.startswith("f(")
    x, y = map(np.float32, finding.snippet[2:-1].split(", "))
    assert (float(x), float(y)) == (finding.beside["x"], finding.at)


def test_truth_is_the_product_rounded_once():
    """Value and gradients are those of the gate times the other factors."""
    formula, implementation = SOUND["swiglu"]
    verdict = check(implementation, formula=formula, dtype="float32", tolerance=0, strict=True)
    worst = {name: ulp for name, ulp in verdict.worst_ulp.items() if ulp > 0.5000001}
    assert not worst, str(verdict)


def test_laws_of_two_inputs_in_junit():
    """A product has the laws of products, and none of a function of one input."""
    formula, implementation = SOUND["swiglu"]
    verdict = check(implementation, formula=formula, dtype="bfloat16")
    for subject in verdict.inputs:
        named = laws(verdict, subject)
        assert "upstream" in named
        assert not {"not symmetric", "not monotone", "out of bounds"} & set(named)
    assert "mine.backward_y" in to_junit(verdict)


@pytest.mark.parametrize("formula", ["exp(x * y)", "x * y * sigmoid(x + y)", "x + y"])
def test_what_is_no_gate_is_refused(formula):
    """A formula of two inputs has to be a function of one times the other."""
    with pytest.raises(UsageError, match="a function of one times the other"):
        check(SOUND["swiglu"][1], formula=formula)


def test_exhaustive_is_of_one_input():
    """All pairs of two inputs cannot be tried."""
    with pytest.raises(UsageError, match="exhaustive"):
        check(SOUND["swiglu"][1], formula=SWIGLU, exhaustive=True)


def test_y_with_a_number_is_a_parameter():
    """A formula in which y is set has one input."""
    verdict = check(
        wide(lambda x: x / (1 + 3 * np.abs(x))),
        formula="x / (1 + y * abs(x))",
        parameters={"y": 3.0},
        dtype="float16",
    )
    assert list(verdict.inputs) == ["value"]
