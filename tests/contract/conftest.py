"""The implementation under test, behind the smallest interface that the contract needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from reference import ACTIVATIONS
from verification.ulp import FORMATS


@dataclass(frozen=True)
class Implementation:
    """An activation by whomever: ``name`` says which one of the catalogue it has to be."""

    name: str
    forward: Callable[[Any], Any]
    derivative: Callable[[Any], Any]
    backward: Callable[[Any, Any], Any]
    formats: tuple[str, ...] = tuple(FORMATS)

    @property
    def facts(self):
        """Limits, bounds, roots, ... of the function that it implements."""
        return ACTIVATIONS[self.name]


def of_the_reference(name: str) -> Implementation:
    """The reference as one implementation among others."""
    activation = ACTIVATIONS[name]
    return Implementation(name, activation, activation.derivative, activation.backward)


@pytest.fixture(scope="session", params=ACTIVATIONS)
def implementation(request):
    """Every activation of the implementation under test."""
    return of_the_reference(request.param)


@pytest.fixture(scope="session", params=FORMATS.values(), ids=list(FORMATS))
def format_(request, implementation):
    """Every format that it supports."""
    if request.param.name not in implementation.formats:
        pytest.skip(f"{implementation.name} does not support {request.param.name}")
    return request.param


@pytest.fixture(scope="session", params=["forward", "derivative", "backward"])
def call(request, implementation):
    """Each of the three as a function of x alone: backward has x for upstream as well."""
    if request.param == "backward":
        return lambda x: implementation.backward(x, x)
    return getattr(implementation, request.param)


@pytest.fixture(scope="session", params=[0, 1], ids=["forward", "derivative"])
def order_and_call(request, implementation):
    """The value with its order 0, the first derivative with its order 1."""
    calls = (implementation.forward, implementation.derivative)
    return request.param, calls[request.param]


def sample(format_, size):
    """Numbers over all the active range and the tails, with the format's edges among them."""
    edges = [0.0, -0.0, format_.smallest, -format_.smallest, np.inf, -np.inf, np.nan, 1.0]
    steps = np.arange(size) * 0.6180339887498949 % 1
    numbers = 12 * (2 * steps - 1) * np.resize([1, 1, 0.1, 30], size)
    numbers[1::9] = np.resize(edges, numbers[1::9].size)
    return numbers.astype(format_.dtype)


@pytest.fixture(name="sample", scope="session")
def provide_sample(format_):
    """Make as many numbers of the format as wanted."""
    return lambda size: sample(format_, size)


def same(computed, expected):
    """Whether dtype, shape and all bits agree."""
    computed, expected = np.asarray(computed), np.asarray(expected)
    kinds = (computed.dtype, computed.shape) == (expected.dtype, expected.shape)
    return kinds and computed.tobytes() == expected.tobytes()


@pytest.fixture(name="same", scope="session")
def provide_same():
    """Comparison of bits."""
    return same
