"""Formulas of two inputs: gates, sound and wrong, with the gradients in both inputs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from reference import ACTIVATIONS, elu, gelu, gelu_tanh, mish, relu, sigmoid, silu, tanh
from verification.candidates.implementation import Implementation
from verification.errors import UsageError
from verification.verdict.check import check
from verification.verdict.junit import laws, to_junit

BFLOAT16 = ml_dtypes.bfloat16


def wide(function):
    """In float64, rounded once to the format of the first array."""

    def rounded(*arrays):
        with np.errstate(all="ignore"):
            result = function(*(array.astype(np.float64) for array in arrays))
            return np.asarray(result).astype(arrays[0].dtype)

    return rounded


def gated(gate: Callable[..., Any], *, gate_first: bool = True, **functions: Any) -> Implementation:
    """A gate times the other input, all in float64, with some functions in the place of others."""
    slope = gate.derivative

    def ordered(function):
        return wide(function if gate_first else lambda x, y, *u: function(y, x, *u))

    in_gate = ordered(lambda a, b, u: slope(a) * (b * u))
    in_other = ordered(lambda a, _b, u: gate(a) * u)
    value = functions.get("value", ordered(lambda a, b: gate(a) * b))
    first, second = (in_gate, in_other) if gate_first else (in_other, in_gate)
    return Implementation(
        "mine",
        value,
        backward=functions.get("backward_x", first),
        backward_y=functions.get("backward_y", second),
        call="f({x}, {y})",
        inputs=2,
    )


@dataclass(frozen=True)
class Identity:
    """The gate of a bilinear unit."""

    def __call__(self, x):
        """x itself."""
        return x

    def derivative(self, x):
        """One."""
        return np.ones_like(x)


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


@dataclass(frozen=True)
class Bug:
    """A planted bug: the formula, what is wrong, and what has to be said of which subject."""

    id: str
    formula: str
    implementation: Implementation
    subject: str
    why: str | None = None
    kind: str = "inaccurate"


SWIGLU, GLU = "x * sigmoid(x) * y", "x * sigmoid(y)"


def in_bfloat16(x):
    """Rounded on the way."""
    return x.astype(BFLOAT16).astype(x.dtype)


def columns_lost(x, y):
    """The second half of a long row is not written."""
    out = wide(lambda a, b: silu(a) * b)(x, y)
    if out.ndim and out.shape[-1] > 600:
        out[..., 600:] = 0
    return out


BUGS = [
    Bug(
        "halves exchanged",
        SWIGLU,
        gated(silu, value=wide(lambda x, y: silu(y) * x)),
        "value",
        "the inputs are exchanged: the gate is applied to y, not to x",
    ),
    Bug(
        "halves of GLU exchanged",
        GLU,
        gated(sigmoid, gate_first=False, value=wide(lambda x, y: sigmoid(x) * y)),
        "value",
        "the inputs are exchanged: the gate is applied to x, not to y",
    ),
    Bug(
        "no gate",
        SWIGLU,
        gated(silu, value=wide(lambda x, y: x * y)),
        "value",
        "this is the product of the two inputs",
    ),
    Bug(
        "nothing but the gate",
        SWIGLU,
        gated(silu, value=wide(lambda x, _y: silu(x))),
        "value",
        "y is ignored: this is the gate alone",
    ),
    Bug(
        "another gate",
        SWIGLU,
        gated(silu, value=wide(lambda x, y: gelu(x) * y)),
        "value",
        f"the gate is GELU, not {SWIGLU}",
    ),
    Bug(
        "a plain sigmoid for SiLU",
        SWIGLU,
        gated(silu, value=wide(lambda x, y: sigmoid(x) * y)),
        "value",
        f"the gate is Sigmoid, not {SWIGLU}",
    ),
    Bug(
        "the other variant",
        "x * Phi(x) * y",
        gated(gelu, value=wide(lambda x, y: gelu_tanh(x) * y)),
        "value",
        "the gate is GELU (tanh form), not x * Phi(x) * y",
    ),
    Bug(
        "columns not written",
        SWIGLU,
        gated(silu, value=columns_lost),
        "value",
        kind="length",
    ),
    Bug(
        "the gate in bfloat16",
        SWIGLU,
        gated(silu, value=wide(lambda x, y: in_bfloat16(np.asarray(silu(x))) * y)),
        "value",
    ),
    Bug(
        "gradients exchanged",
        SWIGLU,
        gated(
            silu,
            backward_x=wide(lambda x, _y, u: silu(x) * u),
            backward_y=wide(lambda x, y, u: silu.derivative(x) * y * u),
        ),
        "backward_x",
        "this is the gradient in y, not in x",
    ),
    Bug(
        "upstream forgotten in x",
        SWIGLU,
        gated(silu, backward_x=wide(lambda x, y, _u: silu.derivative(x) * y)),
        "backward_x",
        "upstream is ignored",
    ),
    Bug(
        "y forgotten",
        SWIGLU,
        gated(silu, backward_x=wide(lambda x, _y, u: silu.derivative(x) * u)),
        "backward_x",
        "y is ignored",
    ),
    Bug(
        "the gate not differentiated",
        SWIGLU,
        gated(silu, backward_x=wide(lambda x, y, u: silu(x) * y * u)),
        "backward_x",
        "this is the value, not the derivative",
    ),
    Bug(
        "the derivative of another gate",
        SWIGLU,
        gated(silu, backward_x=wide(lambda x, y, u: gelu.derivative(x) * (y * u))),
        "backward_x",
        "derivative of another variant: of GELU",
    ),
    Bug(
        "upstream forgotten in y",
        SWIGLU,
        gated(silu, backward_y=wide(lambda x, _y, _u: silu(x))),
        "backward_y",
        "upstream is ignored: this is the gate",
    ),
    Bug(
        "the gate differentiated",
        SWIGLU,
        gated(silu, backward_y=wide(lambda x, _y, u: silu.derivative(x) * u)),
        "backward_y",
        "the gate is differentiated",
    ),
    Bug(
        "multiplied by y",
        SWIGLU,
        gated(silu, backward_y=wide(lambda x, y, u: silu(x) * y * u)),
        "backward_y",
        "it is multiplied by y: this is the value times upstream",
    ),
    Bug(
        "upstream in bfloat16",
        SWIGLU,
        gated(silu, backward_y=wide(lambda x, _y, u: silu(x) * in_bfloat16(u))),
        "backward_y",
    ),
    Bug(
        "the gate of y in the gradient of GLU",
        GLU,
        gated(sigmoid, gate_first=False, backward_x=wide(lambda x, _y, u: sigmoid(x) * u)),
        "backward_x",
        "the gate is applied to x, not to y",
    ),
    Bug(
        "0 at the infinities of the gate",
        SWIGLU,
        gated(silu, value=wide(lambda x, y: np.where(np.isinf(x), 0.0, silu(x) * y))),
        "value",
        kind="infinity",
    ),
    Bug(
        "NaN from a formula that overflows",
        SWIGLU,
        gated(silu, value=wide(lambda x, y: np.where(x < -700, np.nan, silu(x) * y))),
        "value",
        kind="nan",
    ),
]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.id)
def test_planted_bugs_are_found(bug):
    """Each gets a finding about its subject, and the reason that it has."""
    verdict = check(bug.implementation, formula=bug.formula)
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
    verdict = check(BUGS[1].implementation, formula=GLU)
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
