"""The sweep certifies what is right, finds what is wrong, and the committed sweeps still hold."""

import json
from dataclasses import replace
from importlib.resources import files

import ml_dtypes
import numpy as np
import pytest
from flint import arb

from reference import ACTIVATIONS
from reference.arithmetic.elementary import constant, where
from reference.arithmetic.formats import FORMATS
from reference.definition.activation import define
from reference.definition.facts import Choice, facts_of, kinks_of
from verification.formula.facts import facts_of_orders, to_json
from verification.sweep import shard as sweep
from verification.sweep.shard import Shard, combined, results_sha256, slice_sha256

SWEEPS = {
    dtype: json.loads(files("verification").joinpath(f"records/sweeps/{dtype}.json").read_text())
    for dtype in ("float16", "bfloat16", "float32")
}
BEYOND_THREE = 3 + 2.0**-12
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
    assert [s.number for s in Shard("relu", 0, "float32", 0).all_of_it()] == list(range(256))
    assert len(Shard("relu", 0, "float16", 0).all_of_it()) == 1


def function_of(row, dtype):
    """The function that a row of a committed sweep is about."""
    parameters = tuple(sorted(row.get("parameters", {}).items()))
    return Shard(row["activation"], row["order"], dtype, 0, parameters)


ROWS = {
    dtype: [pytest.param(row, id=str(function_of(row, dtype))) for row in SWEEPS[dtype]["rows"]]
    for dtype in SWEEPS
}


@pytest.mark.parametrize("dtype", SWEEPS)
def test_the_committed_sweeps_are_whole_and_found_nothing_wrong(dtype):
    """All inputs of the format in each row, none wrong; in the short formats all functions."""
    rows = SWEEPS[dtype]["rows"]
    for row in rows:
        assert row["inputs"] == 1 << FORMATS[dtype].width
        assert row["wrong"] == 0
    swept = [(row["activation"], row["order"]) for row in rows if "parameters" not in row]
    if FORMATS[dtype].has_few_numbers:
        assert swept == EVERY_FUNCTION
        others = {row["activation"] for row in rows if "parameters" in row}
        assert others == {name for name, known in ACTIVATIONS.items() if known.parameters}
    else:
        assert set(swept) <= set(EVERY_FUNCTION)


@pytest.mark.parametrize("row", [*ROWS["float16"]])
def test_every_result_of_float16_is_the_certified_one(row):
    """The hash of all results equals that of the committed sweep."""
    assert combined([results_sha256(function_of(row, "float16"))]) == row["sha256"]


@pytest.mark.parametrize("row", [*ROWS["bfloat16"]])
def test_every_result_of_bfloat16_is_the_certified_one(row):
    """Likewise."""
    assert combined([results_sha256(function_of(row, "bfloat16"))]) == row["sha256"]


@pytest.mark.parametrize("row", [*ROWS["float32"]])
def test_float32_results_are_the_certified_ones_at_2_to_24_inputs(row):
    """The hash over one input in each 256 equals that made when the format was swept."""
    assert slice_sha256(function_of(row, "float32")) == row["slice_sha256"]


def hard_swish(wrong):
    """x relu6(x + 3)/6 by hand; ``wrong`` lets the branch below 3 go on a little beyond it."""
    end = BEYOND_THREE if wrong else 3

    def value(x):
        inner = x * (x + 3) / 6
        return where(x > -3, where(x > end, x, inner), 0.0)

    def first(x):
        inner = x / 3 + constant(0.5, like=x)
        return where(x > -3, where(x > end, 1.0, inner), 0.0)

    def second(x):
        third = constant(1.0, like=x) / 3
        return where(x > -3, where(x > end, 0.0, third), 0.0)

    choice = Choice("left", "a toy's")
    return define(
        "hard_swish_of_a_test",
        "Hard swish",
        ("x * min(6, max(0, x + 3)) / 6", "where(x > 3, 1, 0)", "0"),
        (value, first, second),
        "",
        choices={"-3": choice, "3": choice},
    )


@pytest.mark.parametrize("wrong", [False, True])
def test_a_kink_inside_a_binade_hides_nothing(monkeypatch, wrong):
    """A hard swish that is wrong beyond 3 is found wrong there; the right one passes."""
    toy = hard_swish(wrong)
    facts = json.loads(
        to_json(facts_of_orders(tuple(f.formula for f in toy.orders), (), ("-3", "3")))
    )
    orders = tuple(
        replace(function, facts=facts_of(known))
        for function, known in zip(toy.orders, facts["orders"], strict=True)
    )
    known = replace(toy, orders=orders, kinks=kinks_of(facts, dict(toy.choices)))
    monkeypatch.setitem(ACTIVATIONS, known.name, known)
    monkeypatch.setattr(sweep, "SHARD", 1 << 23)
    two, three, end = np.array([2, 3, BEYOND_THREE], np.float32).view(np.uint32).tolist()
    summary = sweep.sweep(Shard(known.name, 0, "float32", two >> 23))
    assert summary.wrong == (end - three if wrong else 0)
    assert summary.inputs == 1 << 23


def test_what_no_precision_decides_is_wrong(monkeypatch):
    """An enclosure that stays too wide is counted against the result, not for it."""
    monkeypatch.setattr(sweep, "truth", lambda _: lambda _x, _bits: (arb(0, 1),) * 3)
    judge = sweep._Judge(ACTIVATIONS["gelu"], 0, FORMATS["float32"])  # noqa: SLF001  the judge itself
    assert not judge.is_correct(np.float32(0.5), ACTIVATIONS["gelu"](np.float32(0.5)))
