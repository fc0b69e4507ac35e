"""The second derivative of a candidate: a function of its own, or autodiff of autodiff."""

import jax
import numpy as np
import pytest

from reference import relu, tanh
from verification.candidates.clock import Clock
from verification.candidates.frameworks import Candidate, described, implementation, subjects
from verification.candidates.frameworks.given import implementation_of
from verification.candidates.isolation import Worker
from verification.errors import UsageError

X = np.array([-2.0, -0.5, 0.25, 1.5])
ALL = ("value", "derivative", "second", "backward")
AUTODIFF = Candidate("jax:jax.numpy.tanh", second="autodiff")


def test_jax_derives_its_own_derivative():
    """In the order of the subjects; relu's is 0."""
    found = implementation(AUTODIFF)
    assert tuple(found.functions) == subjects(AUTODIFF) == ALL
    np.testing.assert_allclose(found.second(X), tanh.derivative(X, order=2), rtol=1e-12)
    flat = implementation(Candidate("jax:jax.nn.relu", second="autodiff"))
    assert np.array_equal(flat.second(X), relu.derivative(X, order=2))


def test_another_function_may_be_named():
    """Without any derivative beside it; by a name, or as an object in Python."""
    candidate = Candidate("numpy:numpy.sin", second="numpy:numpy.negative")
    found = implementation(candidate)
    assert tuple(found.functions) == subjects(candidate) == ("value", "second")
    assert np.array_equal(found.second(X), -X)
    assert found.second_call.startswith("numpy.negative(")
    given = implementation_of({"value": np.sin, "second": np.negative}, None, None, "float64")
    assert np.array_equal(given.functions["second"](X), -X)
    own = implementation_of({"value": jax.numpy.tanh, "second": "autodiff"}, None, None, "float64")
    np.testing.assert_allclose(own.second(X), tanh.derivative(X, order=2), rtol=1e-12)


def test_a_process_of_its_own_has_it():
    """By its name."""
    with Worker(AUTODIFF, Clock(60.0)) as worker:
        found = worker.implementation()
        assert tuple(found.functions) == ALL
        answer = found.functions["second"].call(X)
    np.testing.assert_allclose(answer.result, tanh.derivative(X, order=2), rtol=1e-12)


def test_the_line_that_shows_it_gives_the_same():
    """After an import of JAX and nothing else."""
    line = described(AUTODIFF).second_call.replace("{x}", "0.25").replace("{dtype}", "float32")
    found = implementation(AUTODIFF).second(np.float32([0.25]))
    assert eval(line, {"jax": jax}) == found  # noqa: S307  our own text


@pytest.mark.parametrize(
    ("candidate", "said"),
    [
        pytest.param(
            {"name": "numpy:numpy.tanh"}, "torch, jax, tensorflow for .* not of numpy", id="numpy"
        ),
        pytest.param({"name": "mlx.core.tanh"}, "not of mlx", id="mlx"),
        pytest.param({"name": "mine:f"}, "nobody knows", id="unknown"),
        pytest.param({"name": "jax:mine:f", "only_value": True}, "only the value", id="only"),
        pytest.param({"name": "jax:mine:f", "inputs": 2}, "one input", id="two inputs"),
    ],
)
def test_where_there_is_none_it_is_refused(candidate, said):
    """In a sentence that names who has one."""
    with pytest.raises(UsageError, match=said):
        described(Candidate(**candidate, second="autodiff"))
