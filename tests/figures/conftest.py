"""What the tests of the figures share: stored certificates and damaged activations."""

from dataclasses import replace

import numpy as np
import pytest

from figures.drawing.drawing import styled
from figures.examples.registry import EXAMPLES
from figures.measuring.demonstrated import ACTIVATIONS
from verification.certificate import Certificate, hash_of_sources
from verification.row import Row


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


@pytest.fixture(scope="session")
def altered():
    """Return the class of altered activations."""
    return Altered


@pytest.fixture(scope="session")
def drawings():
    """Return every figure of the catalogue, by its number."""
    with styled():
        return {number: example.draw(ACTIVATIONS) for number, example in EXAMPLES.items()}


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
    return Certificate(rows, versions, hash_of_sources(), machine)


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
