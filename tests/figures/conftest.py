"""What the tests of the figures share: stored certificates and damaged activations."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, ndtr

from figures.drawing.drawing import styled
from figures.examples.registry import EXAMPLES
from figures.measuring.demonstrated import ACTIVATIONS, demonstrated
from verification.witnesses.certificate import Certificate, sources
from verification.witnesses.row import Row


class Altered:
    """An activation whose results pass through a function of order, x and y."""

    def __init__(self, activation, change, **facts):
        """Take the activation, the change, and facts that differ from the activation's."""
        self.activation, self.change = activation, change
        self.__dict__.update(facts)

    def __getattr__(self, fact):
        return getattr(self.activation, fact)

    def __call__(self, x):
        """Return the changed value."""
        return self.derivative(x, 0)

    def derivative(self, x, order=1):
        """Return the changed value or derivative."""
        return self.change(order, np.asarray(x), self.activation.derivative(x, order))

    def backward(self, x, upstream):
        """Return the changed derivative times ``upstream``."""
        return self.derivative(x) * upstream


def normal_density(x):
    """Return the density of the standard normal distribution."""
    return np.exp(-x * x / 2) / np.sqrt(2 * np.pi)


def tanh_argument(x):
    """Return what GELU's tanh form takes the tanh of."""
    return np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)


TEXTBOOK = {
    "relu": (lambda x: np.maximum(x, 0), lambda x: np.where(x > 0, 1.0, 0.0)),
    "leaky_relu": (
        lambda x: np.where(x > 0, x, 0.01 * x),
        lambda x: np.where(x > 0, 1.0, 0.01),
    ),
    "sigmoid": (expit, lambda x: expit(x) * expit(-x)),
    "tanh": (np.tanh, lambda x: np.cosh(x) ** -2.0),
    "gelu": (lambda x: x * ndtr(x), lambda x: ndtr(x) + x * normal_density(x)),
    "gelu_tanh": (lambda x: x * expit(2 * tanh_argument(x)), None),
    "silu": (
        lambda x: x * expit(x),
        lambda x: expit(x) * (1 + x * expit(-x)),
    ),
}


@pytest.fixture(scope="session")
def textbook():
    """Return value and derivative of the seven, written here with SciPy and not by us."""
    return TEXTBOOK


@pytest.fixture(scope="session")
def altered():
    """Return the class of altered activations."""
    return Altered


@pytest.fixture(scope="session")
def drawings():
    """Return every example, by its number."""
    with styled():
        return {
            number: example.draw(demonstrated(ACTIVATIONS)) for number, example in EXAMPLES.items()
        }


@pytest.fixture
def certificate():
    """Return a certificate about the present sources that passes: errors and laws."""
    rows = tuple(
        Row(
            name,
            order,
            witness,
            dtype,
            1000,
            bound * 0.999,
            bound * 1e-17,
            -0.5,
            bound,
            passed=True,
        )
        for name in ACTIVATIONS
        for order in range(3)
        for witness, bound in (("balls", 0.5), ("extremes, layouts", 0.0))
        for dtype in ("float16", "float64")
    )
    versions, machine = {"numpy": "2"}, {"system": "any"}
    return Certificate(rows, versions, sources(), machine)


@pytest.fixture
def proved(tmp_path, certificate):
    """Return an output folder that holds a certificate that passes."""
    certificate.write(tmp_path / "certificate.json")
    return tmp_path


@pytest.fixture
def disproved(tmp_path, certificate):
    """Return an output folder whose certificate has a row that failed: gelu', 0.75 ulp."""
    first, *rest = certificate.rows
    failed = replace(first, activation="gelu", order=1, ulp=0.75, passed=False)
    replace(certificate, rows=(failed, *rest)).write(tmp_path / "certificate.json")
    return tmp_path
