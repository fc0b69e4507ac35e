"""Modules, custom gradients and devices of PyTorch, and layers of TensorFlow."""

import numpy as np
import pytest
import torch

from figures.command import main
from reference import leaky_relu, tanh
from verification import check
from verification.candidates.frameworks import Candidate, implementation

CANDIDATES = """
import torch

class Tanh(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = torch.tanh(x)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, dy):
        (y,) = ctx.saved_tensors
        return dy * y

class ModelNew(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.rest = torch.nn.Dropout(0.5)

    def forward(self, x):
        return self.rest(torch.relu(x))
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The current folder, with a module of candidates."""
    (tmp_path / "of_torch.py").write_text(CANDIDATES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)


def test_a_module_is_an_object_that_tells_its_framework():
    """Judged with its gradient, and left as it was."""
    module = torch.nn.PReLU(init=0.2)
    for dtype in ("float16", "float64"):
        verdict = check(module, "leaky_relu", dtype=dtype, parameters={"negative_slope": 0.2})
        assert set(verdict.inputs) == {"value", "derivative", "backward"}
        assert "exception" not in {finding.kind for finding in verdict.symptoms}
    assert module.training
    assert module.weight.requires_grad
    assert module.weight.grad is None
    assert module.weight.dtype is torch.float32
    module.weight.data.fill_(0.5)
    assert not check(module, "leaky_relu", dtype="float16", parameters={"negative_slope": 0.2})


def test_a_module_is_evaluated(capsys):
    """Its dropout is off."""
    assert main(["check", "torch:of_torch:ModelNew", "relu", "--dtype", "fp16"]) == 0
    assert "passed" in capsys.readouterr().out


def test_a_custom_gradient_is_what_is_judged():
    """Of an autograd function's apply."""
    found = implementation("torch:of_torch:Tanh.apply")
    x = np.array([-1.0, 0.5], np.float32)
    np.testing.assert_allclose(found.forward(x), tanh(x), rtol=1e-6)
    np.testing.assert_allclose(found.derivative(x), tanh(x), rtol=1e-6)


@pytest.mark.parametrize(
    "name",
    [
        "torch.nn:LeakyReLU(0.2)",
        "torch:torch.nn.LeakyReLU?negative_slope=0.2",
        "torch.nn.functional.leaky_relu?negative_slope=0.2",
        "keras.layers:LeakyReLU(negative_slope=0.2)",
    ],
)
def test_a_class_takes_its_options(name):
    """As arguments of a call, or behind the question mark."""
    found = implementation(name)
    x = np.array([-1.0, 0.5], np.float32)
    np.testing.assert_allclose(found.forward(x), leaky_relu(x, negative_slope=0.2), rtol=1e-6)
    np.testing.assert_allclose(found.derivative(x), [0.2, 1], rtol=1e-6)


def test_a_device_is_named(run):
    """The processor is one that is always there; the line names it too."""
    found = implementation(Candidate("torch:torch.tanh", device="cpu"))
    assert found.forward(np.zeros(2, np.float32)).tolist() == [0, 0]
    line = found.call.replace("{x}", "0.5").replace("{dtype}", "float32")
    assert "device='cpu'" in line
    assert run(line) == found.forward(np.float32([0.5]))[0]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_device_that_is_not_there_is_one_sentence(capsys):
    """Exit 2."""
    assert main(["check", "torch:torch.tanh", "tanh", "--device", "cuda"]) == 2
    assert "'cuda' cannot be used" in capsys.readouterr().err


def test_a_function_of_torch_may_be_said_to_be_one():
    """By Python, where nothing tells."""
    verdict = check(lambda x: torch.clamp(x, min=0), "relu", framework="torch", dtype="bfloat16")
    assert verdict.passed
    assert set(verdict.inputs) == {"value", "derivative", "backward"}
