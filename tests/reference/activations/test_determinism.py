"""The same bits on every machine, at every place in every array.

Run as a script, this file prints the digests of the results, and which of NumPy's vector
instruction sets are in use; the tests run it with these switched off.
"""

import hashlib
import json
import os
import subprocess
import sys
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference import ACTIVATIONS
from reference.arithmetic.formats import FORMATS
from reference.definition.evaluation import BLOCK

SIZE = 1 << 16
ORDERS = range(3)


def inputs(format_):
    """All patterns of a 16-bit format; of a wider one as many, half of them in the active range."""
    if format_.dtype.itemsize == 2:
        return np.arange(SIZE).astype(np.uint16).view(format_.dtype)
    rng = np.random.default_rng(13)
    patterns = rng.integers(0, np.iinfo(format_.bits).max, SIZE // 2, format_.bits, endpoint=True)
    return np.concatenate([patterns.view(format_.dtype), active(format_)])


def active(format_):
    """Numbers of moderate size, of which many are past the fast paths."""
    rng = np.random.default_rng(14)
    spread = rng.normal(0, np.repeat([1, 4, 30, 400], SIZE // 8))
    return spread.astype(format_.dtype)


def digest(results):
    """Hash the bits; all NaNs are one, for the sign of 0 times infinity is the machine's own."""
    wide = results.astype(np.float64)
    return hashlib.sha256(np.where(np.isnan(wide), np.nan, wide).tobytes()).hexdigest()


def digests():
    """Digest every activation, order and format, and backward."""
    found = {}
    with np.errstate(all="ignore"):
        for format_ in FORMATS.values():
            x = inputs(format_)
            upstream = np.roll(x, 4099)
            for name, activation in ACTIVATIONS.items():
                for order in ORDERS:
                    result = activation.derivative(x, order=order)
                    found[f"{name} {order} {format_.name}"] = digest(result)
                found[f"{name} backward {format_.name}"] = digest(activation.backward(x, upstream))
    return found


def vector_features():
    """List the instruction sets that NumPy dispatches to and that are in use."""
    numpy_cpu = np._core._multiarray_umath  # noqa: SLF001 there is no public name for it
    in_use = numpy_cpu.__cpu_features__
    return [name for name in numpy_cpu.__cpu_dispatch__ if in_use.get(name)]


@cache
def here():
    """The digests with all that this machine has."""
    return digests()


def elsewhere(disabled):
    """Digests and features of another process, with instruction sets switched off."""
    environment = {**os.environ, "NPY_DISABLE_CPU_FEATURES": " ".join(disabled)}
    result = subprocess.run(  # noqa: S603 this very file
        [sys.executable, __file__], capture_output=True, text=True, check=True, env=environment
    )
    return json.loads(result.stdout)


def beyond_avx2(features):
    """Those that have 512-bit vectors."""
    return [name for name in features if name.startswith("AVX512") or name == "X86_V4"]


FEATURES = vector_features()


@pytest.mark.parametrize(
    "disabled",
    [
        pytest.param(beyond_avx2(FEATURES), id="without AVX-512"),
        pytest.param(FEATURES, id="without any"),
    ],
)
def test_bits_do_not_depend_on_the_instruction_set(disabled):
    """Over 2^16 inputs a function, order and format."""
    if not disabled:
        pytest.skip("this machine has no such instruction set to switch off")
    there = elsewhere(disabled)
    assert there["features"] == [name for name in FEATURES if name not in disabled]
    assert there["digests"] == here()


def test_numpys_own_exponential_does_depend_on_it():
    """So that the test above could fail: NumPy's exp and tanh differ without AVX-512."""
    if not beyond_avx2(FEATURES):
        pytest.skip("this machine has no AVX-512 to switch off")
    assert elsewhere(FEATURES)["numpy"] != numpys_own()


def numpys_own():
    """Digest NumPy's exp and tanh, which are not correctly rounded."""
    x = active(FORMATS["float64"])
    return digest(np.concatenate([np.exp(-np.abs(x)), np.tanh(x)]))


def same_bits(a, b):
    """Whether two arrays are the same to the last bit."""
    return a.dtype == b.dtype and a.tobytes() == b.tobytes()


each_case = pytest.mark.parametrize(
    ("activation", "order", "format_"),
    [
        pytest.param(activation, order, format_, id=f"{name}-{order}-{format_.name}")
        for name, activation in ACTIVATIONS.items()
        for order in ORDERS
        for format_ in FORMATS.values()
    ],
)


@each_case
def test_bits_do_not_depend_on_the_place_in_the_array(activation, order, format_):
    """Reversed, rolled past the seams of the blocks, cut at them, strided, transposed."""
    x = np.tile(active(format_), 2)[: 2 * BLOCK + 5]
    expected = activation.derivative(x, order=order)
    whole = x[:-5].reshape(2, BLOCK)
    assert same_bits(activation.derivative(x[::-1], order=order)[::-1], expected)
    assert same_bits(np.roll(activation.derivative(np.roll(x, 77), order=order), -77), expected)
    assert same_bits(activation.derivative(x[::3], order=order), expected[::3])
    transposed = activation.derivative(whole.T, order=order)
    assert same_bits(transposed.T.reshape(-1), expected[:-5])
    for seam in (BLOCK - 1, BLOCK, BLOCK + 1):
        parts = [activation.derivative(part, order=order) for part in (x[:seam], x[seam:])]
        assert same_bits(np.concatenate(parts), expected)


@given(st.data(), st.sampled_from(list(ACTIVATIONS)), st.integers(0, 2))
def test_bits_do_not_depend_on_the_neighbours(data, name, order):
    """Alone, or beside deep tails that make the whole block carry exponents."""
    format_ = FORMATS[data.draw(st.sampled_from(list(FORMATS)))]
    activation = ACTIVATIONS[name]
    x = data.draw(st.floats(-1e4, 1e4))
    tails = [-1400.0, -744.0, -620.0, -37.0, 5e-324, 1e-30, np.inf, np.nan]
    beside = np.array([x, *tails, x]).astype(format_.dtype)
    results = activation.derivative(beside, order=order)
    alone = np.asarray(activation.derivative(beside[0], order=order))
    assert same_bits(results[:1], alone.reshape(1))
    assert same_bits(results[-1:], alone.reshape(1))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_product_does_not_depend_on_its_neighbours(name, dtype):
    """Whatever mixture of NaN, infinities, zeros and deep tails it stands among."""
    points = [np.nan, -np.inf, np.inf, -1400.0, -1000.0, -30.0, -0.0, 0.0, 5e-324, 2.5, 1400.0]
    factors = [np.nan, -np.inf, np.inf, -0.0, 0.0, 5e-324, 1.0, -3e38]
    x, upstream = (axis.ravel().astype(dtype) for axis in np.meshgrid(points, factors))
    together = ACTIVATIONS[name].backward(x, upstream)
    alone = [ACTIVATIONS[name].backward(*pair) for pair in zip(x, upstream, strict=True)]
    is_nan = np.isnan(together)
    assert np.array_equal(is_nan, np.isnan(alone))
    assert same_bits(together[~is_nan], np.array(alone)[~is_nan])


def test_calls_leave_nothing_behind():
    """The same call gives the same bits, whatever came between."""
    first = digests()
    assert first == here()


if __name__ == "__main__":
    report = {"features": vector_features(), "digests": digests(), "numpy": numpys_own()}
    print(json.dumps(report))  # noqa: T201 the answer to the test
