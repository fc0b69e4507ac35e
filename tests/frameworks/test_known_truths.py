"""What README says about the frameworks, and what the oracle has to find in them."""

import re

import numpy as np
import pytest

from reference import ACTIVATIONS, gelu, sigmoid, tanh
from reference.arithmetic.formats import FORMATS
from verification import check
from verification.candidates.frameworks import implementation

TANH = {
    "torch": "torch:torch.tanh",
    "jax": "jax:jax.numpy.tanh",
    "tensorflow": "tensorflow:tensorflow.nn.tanh",
}


def one(function, x):
    """Return a function's result at one float32 number."""
    return float(function(np.array([x], np.float32))[0])


def test_torch_gelu_is_57_percent_off_at_minus_5_5():
    """And exactly 0 just below, where the true value is normal."""
    torch_gelu = implementation("torch:torch.nn.functional.gelu").forward
    assert one(torch_gelu, -5.5) / one(gelu, -5.5) == pytest.approx(1.57, abs=0.005)
    assert one(torch_gelu, -5.6) == 0
    assert one(gelu, -5.6) < -(2.0**-126)


def test_torch_gelu_tanh_has_a_gradient_of_nan_beyond_1_8e19():
    """Where the true one is 1."""
    derivative = implementation("torch:torch.nn.functional.gelu?approximate=tanh").derivative
    assert one(derivative, 1.8e19) == 1
    assert np.isnan(one(derivative, 1.9e19))
    assert np.isnan(one(derivative, 1e20))


def test_torch_sigmoid_has_no_slope_at_20():
    """The true one is 2e-9."""
    assert one(implementation("torch:torch.nn.functional.sigmoid").derivative, 20.0) == 0
    assert one(sigmoid.derivative, 20.0) > 2e-9


def test_jax_tanh_has_no_slope_at_12():
    """The true one is 1.5e-10."""
    assert one(implementation("jax:jax.numpy.tanh").derivative, 12.0) == 0
    assert one(tanh.derivative, 12.0) > 1.5e-10


def reasons(verdict, subject):
    """Return what is given as reason for wrong results of a subject."""
    found = [finding for finding in verdict.symptoms if finding.subject == subject]
    return {finding.kind: finding.why or "" for finding in found}


def test_torch_gelu_fails_for_its_cancellation():
    """From -5 down, and for no lack of precision anywhere."""
    verdict = check(implementation("torch:torch.nn.functional.gelu"), "gelu")
    value = reasons(verdict, "value")
    assert "1 + erf cancels" in value["inaccurate"]
    assert "1 + erf cancels" in value["flushed"]
    assert "overflows" in value["overflow"]
    assert not any("float16" in why for why in value.values())
    first = next(f for f in verdict.symptoms if (f.subject, f.kind) == ("value", "flushed"))
    assert first.region.high < -5


def test_torch_gelu_tanh_fails_for_its_overflow():
    """The NaN is told before the cancellation, and apart from it."""
    verdict = check(implementation("torch:torch.nn.functional.gelu?approximate=tanh"), "gelu_tanh")
    derivative = reasons(verdict, "derivative")
    assert "overflows" in derivative["nan"]
    assert "NaN" in derivative["nan"]
    assert "cancel" in derivative["flushed"]


def slope(candidate, activation):
    """Judge the gradient alone."""
    return check(None, activation, derivative=candidate.derivative)


def test_a_flushed_slope_of_sigmoid_is_explained(named):
    """By s(1 - s), in each framework."""
    why = reasons(slope(named("sigmoid"), "sigmoid"), "derivative")["flushed"]
    assert "s(1 - s) flushes to 0 above 16.6" in why


def test_a_flushed_slope_of_tanh_is_explained(framework):
    """By 1 - tanh², in each framework; JAX and TensorFlow have tanh(8) = 1."""
    why = reasons(slope(implementation(TANH[framework]), "tanh"), "derivative")["flushed"]
    found = re.search(r"1 - tanh² cancels and flushes to 0 above (.*)", why)
    assert found, why
    assert 7.9 < float(found[1]) < (9.1 if framework == "torch" else 8.1)


def test_jax_gelu_is_the_tanh_form_unless_told_otherwise():
    """Judged as GELU it is told what it is."""
    value = reasons(check(implementation("jax:jax.nn.gelu").forward, "gelu"), "value")
    assert value["inaccurate"].startswith("this is the tanh form, not the exact one")


@pytest.mark.parametrize("dtype", FORMATS)
def test_torch_relu_passes(dtype):
    """In every format, value, gradient and product."""
    verdict = check(implementation("torch:torch.nn.functional.relu"), "relu", dtype=dtype)
    assert verdict, str(verdict)


@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
def test_a_kink_is_a_convention(named, framework, activation):
    """Whose derivative each framework chooses is told, and held against none."""
    option = "?alpha=0.01" if (framework, activation) == ("tensorflow", "leaky_relu") else ""
    verdict = slope(named(activation + option), activation)
    [told] = [c for c in verdict.conventions if "kink" in c.text]
    kink = ACTIVATIONS[activation].kinks[0]
    jax_leaky = (framework, activation) == ("jax", "leaky_relu")
    chosen = kink.right if jax_leaky else kink.left
    assert f"derivative {np.float32(chosen)} at the kink 0" in told.text
    assert {"torch": "PyTorch", "jax": "JAX", "tensorflow": "TensorFlow"}[framework] in told.text
    assert not [f for f in verdict.symptoms if f.kind == "kink"]
