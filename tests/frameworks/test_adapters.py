"""The adapters: dtypes, shapes, layouts, gradients, names that are wrong, snippets that run."""

import sys

import numpy as np
import pytest

from reference import ACTIVATIONS, gelu_tanh, sigmoid, tanh
from reference.arithmetic.formats import FORMATS
from verification.candidates.frameworks import implementation
from verification.errors import UsageError
from verification.numbers.ulp import errors
from verification.verdict.check import check

SMALL = [-2.5, -1.0, -0.25, 0.0, 0.5, 1.5]
CANDIDATES = """
import jax, tensorflow, torch

def nothing_to_torch(x):
    return torch.ones(x.shape, dtype=x.dtype)

def nothing_to_jax(x):
    return jax.numpy.ones_like(x)

def nothing_to_tensorflow(x):
    return tensorflow.ones_like(x)
"""


@pytest.mark.parametrize("dtype", FORMATS)
def test_value_and_gradients_are_the_frameworks_own(named, dtype):
    """In every format, near to the truth where that is easy."""
    format_ = FORMATS[dtype]
    x = np.array(SMALL).astype(format_.dtype)
    upstream = np.array([3.0, -1.0, 0.5, 2.0, -4.0, 1.5]).astype(format_.dtype)
    wide, factor = x.astype(np.float64), upstream.astype(np.float64)
    sigma = named("sigmoid")
    pairs = [
        (sigma.forward(x), sigmoid(wide)),
        (sigma.derivative(x), sigmoid.derivative(wide)),
        (sigma.backward(x, upstream), sigmoid.derivative(wide) * factor),
    ]
    for got, true in pairs:
        assert got.dtype == format_.dtype
        assert errors(got, true, format_).max() < 8


@pytest.mark.parametrize("shape", [(), (0,), (3, 4), (2, 1, 3)])
@pytest.mark.parametrize("dtype", FORMATS)
def test_shape_is_kept(named, dtype, shape):
    """Of 0-d and empty arrays too, in value and gradient."""
    x = np.resize(SMALL, shape).astype(FORMATS[dtype].dtype)
    relu = named("relu")
    for result in (relu.forward(x), relu.derivative(x), relu.backward(x, x)):
        assert (result.shape, result.dtype) == (x.shape, x.dtype)


def test_any_layout_is_taken(named):
    """Transposed, of negative strides, read-only; elements keep their places."""
    x = np.arange(-6.0, 6.0, dtype=np.float32).reshape(3, 4)
    frozen = x.copy()
    frozen.flags.writeable = False
    for view in (x.T, x[::-1, ::-1], x[:, ::2], frozen):
        assert np.array_equal(named("relu").forward(view), np.maximum(view, 0))
        assert np.array_equal(named("relu").derivative(view), view > 0)


def test_the_gradient_of_a_function_that_ignores_x_is_zero(framework, tmp_path, monkeypatch):
    """Where the framework itself has none to give."""
    (tmp_path / "ignores.py").write_text(CANDIDATES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    constant = implementation(f"{framework}:ignores:nothing_to_{framework}")
    monkeypatch.delitem(sys.modules, "ignores")
    x = np.array(SMALL, np.float32)
    assert np.array_equal(constant.forward(x), np.ones_like(x))
    assert np.array_equal(constant.derivative(x), np.zeros_like(x))


def test_a_function_that_works_in_place_writes_to_its_input():
    """As its user's tensor would see it; a read-only array stays as it is."""
    in_place = implementation("torch:torch.nn.functional.relu?inplace=True")
    x = np.array(SMALL, np.float32)
    expected = np.maximum(x, 0)
    frozen = x.copy()
    frozen.flags.writeable = False
    for array, left in ((x, expected), (frozen, frozen.copy())):
        assert np.array_equal(in_place.forward(array), expected)
        assert np.array_equal(array, left)
    findings = check(in_place, "relu").symptoms
    assert ("value", "input written") in {(found.subject, found.kind) for found in findings}


OPTIONS = [
    pytest.param("torch:torch.nn.functional.gelu?approximate=tanh", gelu_tanh, id="text"),
    pytest.param("jax:jax.nn.gelu?approximate=True", gelu_tanh, id="bool"),
    pytest.param("tensorflow:tensorflow.nn.gelu?approximate=True", gelu_tanh, id="tensorflow"),
    pytest.param(
        "torch:torch.nn.functional.leaky_relu?negative_slope=0.01&inplace=False",
        ACTIVATIONS["leaky_relu"],
        id="two",
    ),
    pytest.param("jax:jax.numpy.tanh", tanh, id="none"),
]


@pytest.mark.parametrize(("name", "activation"), OPTIONS)
def test_options_reach_the_function(name, activation):
    """In value, gradient and snippet, as Python's literals or as text."""
    x = np.array(SMALL, np.float32)
    found = implementation(name)
    np.testing.assert_allclose(found.forward(x), activation(x), rtol=1e-5)
    slope = activation.derivative(x)
    away = x != 0
    np.testing.assert_allclose(found.derivative(x)[away], slope[away], rtol=1e-4)
    for option in name.partition("?")[2].split("&"):
        assert option.partition("=")[0] in found.call


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("torch:torch.nn.functional.gelu?approx=tanh", "unexpected", id="torch"),
        pytest.param("jax:jax.nn.gelu?approx=True", "unexpected", id="jax"),
        pytest.param("tensorflow:tensorflow.nn.gelu?approx=True", "unexpected", id="tensorflow"),
        pytest.param("torch:torch.nn.functional.gelu?approximate=no", "none or tanh", id="value"),
        pytest.param("torch:torch.nn.functional.gelu?tanh", "key=value", id="no value"),
        pytest.param("torch:torch.nn.functional.glue", "no function 'glue'", id="function"),
        pytest.param("torch:torch.nn.GELU?approx=tanh", "unexpected", id="class"),
        pytest.param("torch:torch.nn.Linear", "missing 2 required", id="no options"),
        pytest.param("torch:torch.dtype", "leads to no function", id="no instance"),
        pytest.param("torch:torch.add", "expected a function", id="two arrays"),
        pytest.param("torch:torch.nn.functional.linear", "missing", id="weights"),
    ],
)
def test_a_wrong_name_is_refused_in_a_sentence(name, said):
    """With the framework's own words on what it does not take."""
    with pytest.raises(UsageError, match=said):
        implementation(name)


@pytest.mark.parametrize("package", ["torch", "jax", "tensorflow"])
def test_a_framework_that_is_not_there_is_named(monkeypatch, package):
    """With the command that installs it."""
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UsageError, match=f"python -m pip install {package}"):
        implementation(f"{package}:{package}.nn.relu")


@pytest.mark.parametrize("subject", ["value", "derivative", "backward"])
@pytest.mark.parametrize("dtype", FORMATS)
def test_a_pasted_snippet_shows_what_the_finding_says(named, run, dtype, subject):
    """After an import of the framework and nothing else, to the last bit."""
    candidate = named("silu")
    judged = candidate.with_functions({subject: candidate.functions[subject]})
    findings = check(judged, "gelu", dtype=dtype, tolerance=1.0).symptoms
    alone = [finding for finding in findings if not finding.detail]
    assert alone
    for finding in alone:
        np.testing.assert_equal(run(finding.snippet), finding.got, err_msg=str(finding))
