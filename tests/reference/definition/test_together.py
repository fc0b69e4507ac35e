"""Value and derivative in one call: the bits of two, and what they share is computed once."""

import threading

import numpy as np
import pytest

from reference import ACTIVATIONS, gelu, silu
from reference.arithmetic import elementary
from reference.arithmetic.formats import FORMATS
from reference.arithmetic.sharing import shared, sharing
from reference.definition.evaluation import BLOCK
from reference.definition.parallel import SMALLEST_PART, VARIABLE
from verification.formula.activation import of_formula

SPECIAL = [np.nan, np.inf, -np.inf, 0.0, -0.0, 5e-324, -1e-45, 1e4, -1e4, 30.0, -30.0]
CASES = [
    pytest.param(activation, parameters, id=f"{name} {parameters}")
    for name, activation in ACTIVATIONS.items()
    for parameters in ({}, dict.fromkeys(activation.parameters, 0.3))[
        : 1 + bool(activation.parameters)
    ]
]


def inputs(format_, size):
    """Numbers of moderate size, some of which are special, past the seam of two blocks."""
    spread = np.random.default_rng(35).normal(0, 6, size)
    spread[5 : 5 + len(SPECIAL)] = SPECIAL
    with np.errstate(all="ignore"):
        return spread.astype(format_.dtype)


def same_bits(a, b):
    """Whether two arrays are the same to the last bit."""
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


@pytest.mark.parametrize("format_", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize(("activation", "parameters"), CASES)
def test_bits_are_those_of_the_two_calls(activation, parameters, format_):
    """With special inputs, and with warnings turned into errors."""
    x = inputs(format_, BLOCK + 77)
    with np.errstate(all="raise"):
        together = activation.value_and_derivative(x, **parameters)
    assert same_bits(together[0], activation(x, **parameters))
    assert same_bits(together[1], activation.derivative(x, **parameters))


@pytest.mark.parametrize("x", [0.5, np.float32(-3), [[1, 2], [3, 4]], np.zeros((0, 3)), True])
def test_shapes_and_types_are_those_of_the_two_calls(x):
    """A scalar gives two scalars."""
    for found, expected in zip(
        gelu.value_and_derivative(x), (gelu(x), gelu.derivative(x)), strict=True
    ):
        assert type(found) is type(expected)
        assert same_bits(np.asarray(found), np.asarray(expected))


def test_strides_do_not_matter():
    """Of a transposed array that is read backwards."""
    x = inputs(FORMATS["float32"], 3 * BLOCK)[::-1].reshape(3, BLOCK).T
    found = silu.value_and_derivative(x)
    assert same_bits(found[0], silu(x))
    assert same_bits(found[1], silu.derivative(x))


def test_bits_do_not_depend_on_threads(monkeypatch):
    """What is shared is a thread's own."""
    x = inputs(FORMATS["float32"], 2 * SMALLEST_PART + 5)
    one = gelu.value_and_derivative(x)
    monkeypatch.setenv(VARIABLE, "2")
    for a, b in zip(one, gelu.value_and_derivative(x), strict=True):
        assert same_bits(a, b)


def test_a_formula_of_ones_own_has_it_too():
    """By two calls."""
    mine = of_formula("x * sigmoid(x)")
    x = np.linspace(-3, 3, 11)
    for a, b in zip(mine.value_and_derivative(x), silu.value_and_derivative(x), strict=True):
        assert same_bits(a, b)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_exponential_is_computed_once(dtype, monkeypatch):
    """For value and derivative of a block."""
    seen = []
    original = elementary.exp
    monkeypatch.setattr(elementary, "exp", lambda x: (seen.append(1), original(x))[1])
    x = np.linspace(-2, 2, 8, dtype=dtype)
    silu.value_and_derivative(x)
    together = len(seen)
    silu(x)
    silu.derivative(x)
    assert (together, len(seen) - together) == (1, 2)


def test_nothing_is_kept_outside():
    """Nor is one number taken for another that came to lie where it lay."""
    calls = []
    double = shared(lambda x: (calls.append(1), 2 * x)[1])
    x = np.arange(3.0)
    double(x)
    double(x)
    assert len(calls) == 2
    with sharing():
        results = [double(np.array([float(n)]))[0] for n in range(50)]
        assert double(x) is double(x)
    assert results == [2.0 * n for n in range(50)]
    assert len(calls) == 2 + 50 + 1
    double(x)
    assert len(calls) == 2 + 50 + 2


def test_what_is_kept_is_a_threads_own():
    """Another thread computes for itself."""
    calls = []
    double = shared(lambda x: (calls.append(1), 2 * x)[1])
    x = np.arange(3.0)
    with sharing():
        double(x)
        other = threading.Thread(target=double, args=(x,))
        other.start()
        other.join()
    assert len(calls) == 2
