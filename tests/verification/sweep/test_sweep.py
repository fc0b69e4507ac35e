"""The sweep certifies what is right, finds what is wrong, and the committed sweeps still hold."""

import json
from importlib.resources import files

import ml_dtypes
import numpy as np
import pytest

from reference import ACTIVATIONS
from verification.sweep import shard as sweep
from verification.sweep.shard import Shard, combined, results_sha256, shards, slice_sha256

SWEEPS = {
    dtype: json.loads(files("verification").joinpath(f"records/sweeps/{dtype}.json").read_text())
    for dtype in ("float16", "bfloat16", "float32")
}
EVERY_FUNCTION = [(name, order) for name in ACTIVATIONS for order in range(3)]


class Altered:
    """An activation whose result at one input, or at some, is one ulp off or of another sign."""

    def __init__(self, activation, at, change):
        """Take the activation, the inputs, and what becomes of the results there."""
        self.activation, self.at, self.change = activation, at, change

    def __getattr__(self, fact):
        return getattr(self.activation, fact)

    def derivative(self, x, order=1):
        """Return the result, changed at one input."""
        results = self.activation.derivative(x, order=order)
        with np.errstate(invalid="ignore"):  # of bfloat16's NaNs
            return np.where(np.isin(x, self.at), self.change(results), results)


def one_up(results):
    """Return the next numbers of the format."""
    return np.nextafter(results, np.asarray(np.inf, results.dtype))


def test_a_shard_of_float32_is_certified():
    """Of 2^24 inputs, some go to ball arithmetic and none is wrong."""
    summary = sweep.sweep(Shard("silu", 1, "float32", 63))
    assert (summary.inputs, summary.wrong, summary.examples) == (1 << 24, 0, ())
    assert 0 < summary.by_balls < 1000


@pytest.mark.parametrize(
    ("name", "order", "at", "number"),
    [
        pytest.param("silu", 1, 0.7, 63, id="an ordinary input"),
        pytest.param("gelu", 0, -5.5, 192, id="the tail of gelu"),
        pytest.param("sigmoid", 0, -0.0, 128, id="minus zero"),
    ],
)
def test_one_ulp_at_one_input_of_float32_is_found(monkeypatch, name, order, at, number):
    """The planted mistake is the one that is counted, and it is named."""
    point = np.float32(at)
    monkeypatch.setitem(ACTIVATIONS, name, Altered(ACTIVATIONS[name], point, one_up))
    summary = sweep.sweep(Shard(name, order, "float32", number))
    assert (summary.wrong, summary.examples) == (1, (float(point).hex(),))


def test_a_zero_of_the_wrong_sign_is_found(monkeypatch):
    """silu(-1000) underflows to -0, not to +0."""
    altered = Altered(ACTIVATIONS["silu"], np.float32(-1000), np.abs)
    monkeypatch.setitem(ACTIVATIONS, "silu", altered)
    assert sweep.sweep(Shard("silu", 0, "float32", 196)).examples == (float(-1000).hex(),)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("name", ["tanh", "relu", "silu"])
def test_a_zero_of_the_wrong_sign_at_zero_is_found(monkeypatch, name, dtype):
    """f(+0) is +0 for each of these."""
    altered = Altered(ACTIVATIONS[name], 0.0, np.negative)
    monkeypatch.setitem(ACTIVATIONS, name, altered)
    assert "0x0.0p+0" in sweep.sweep(Shard(name, 0, dtype, 0)).examples


@pytest.mark.parametrize("name", ["gelu", "gelu_tanh", "relu"])
def test_underflowed_zeros_of_the_wrong_sign_are_counted(monkeypatch, name):
    """In a 16-bit format, wherever the result underflows, one by one."""

    def flip_zeros(results):
        return np.where(results == 0, -results, results)

    activation = ACTIVATIONS[name]
    x = np.arange(0x8001, 0xFC00).astype(np.uint16).view(np.float16)
    zeros = np.count_nonzero(activation(x) == 0)
    monkeypatch.setitem(ACTIVATIONS, name, Altered(activation, x, flip_zeros))
    assert sweep.sweep(Shard(name, 0, "float16", 0)).wrong == zeros > 0


def test_a_tie_broken_the_wrong_way_is_found(monkeypatch):
    """silu(3 · 2^-149) is just above 1.5 units, so 2 of them."""
    point = np.float32(3 * 2.0**-149)
    altered = Altered(ACTIVATIONS["silu"], point, lambda y: np.nextafter(y, np.float32(0)))
    monkeypatch.setitem(ACTIVATIONS, "silu", altered)
    assert sweep.sweep(Shard("silu", 0, "float32", 0)).examples == (float(point).hex(),)


@pytest.mark.parametrize("at", [np.inf, -np.inf])
def test_a_wrong_limit_is_found(monkeypatch, at):
    """At an infinity the stated limit is expected, to the bit."""
    altered = Altered(ACTIVATIONS["tanh"], np.float32(at), np.zeros_like)
    monkeypatch.setitem(ACTIVATIONS, "tanh", altered)
    summary = sweep.sweep(Shard("tanh", 0, "float32", 127 if at > 0 else 255))
    assert summary.examples == (float(at).hex(),)


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16])
def test_one_ulp_at_one_input_of_a_short_format_is_found(monkeypatch, dtype):
    """All inputs of the 16-bit formats are judged by ball arithmetic."""
    point = dtype(0.75)
    monkeypatch.setitem(ACTIVATIONS, "gelu", Altered(ACTIVATIONS["gelu"], point, one_up))
    summary = sweep.sweep(Shard("gelu", 1, np.dtype(dtype).name, 0))
    assert (summary.inputs, summary.wrong) == (1 << 16, 1)


def test_the_shards_of_a_format_are_all_its_bit_patterns():
    """256 shards of 2^24 for float32, one for a 16-bit format."""
    assert [shard.number for shard in shards("relu", 0, "float32")] == list(range(256))
    assert len(shards("relu", 0, "float16")) == 1


@pytest.mark.parametrize("dtype", SWEEPS)
def test_the_committed_sweeps_cover_everything_and_found_nothing_wrong(dtype):
    """A row for each function and order, all inputs of the format, none wrong."""
    rows = SWEEPS[dtype]["rows"]
    assert [(row["activation"], row["order"]) for row in rows] == EVERY_FUNCTION
    for row in rows:
        assert row["inputs"] == 1 << 8 * sweep.FORMATS[dtype].dtype.itemsize
        assert row["wrong"] == 0


def _row(dtype, name, order):
    return SWEEPS[dtype]["rows"][EVERY_FUNCTION.index((name, order))]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize(("name", "order"), EVERY_FUNCTION)
def test_every_result_of_a_short_format_is_the_certified_one(dtype, name, order):
    """The hash of all results equals that of the committed sweep."""
    results = results_sha256(Shard(name, order, dtype, 0))
    assert combined([results]) == _row(dtype, name, order)["sha256"]


@pytest.mark.parametrize(("name", "order"), EVERY_FUNCTION)
def test_float32_results_are_the_certified_ones_at_2_to_24_inputs(name, order):
    """The hash over one input in each 256 equals that made when the format was swept."""
    assert slice_sha256(name, order) == _row("float32", name, order)["slice_sha256"]
