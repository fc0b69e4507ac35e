"""The survey measured anew where it is told in README."""

import pytest

from reference import gelu
from reference.arithmetic.formats import FORMATS
from verification.survey.census import census, question_of
from verification.survey.peers import PEERS
from verification.survey.survey import in_full, judged, main

PEER = {peer.title: peer for peer in PEERS}


def rows(framework, activation, dtype):
    """Value and derivative, by name."""
    found = judged(PEER[framework], activation, FORMATS[dtype])
    return {row.subject: row for row, _ in found}


def test_torch_gelu_is_lost_in_its_left_tail():
    """Value and derivative, in float32."""
    found = rows("PyTorch", "gelu", "float32")
    for row in found.values():
        (low, high), *_ = row.regions
        assert low < -13
        assert -7 < high < -5
        assert row.worst_ulp > 1e7


def test_a_shard_in_full_tells_more_than_a_sample():
    """Of torch's GELU from -8 to -2: how many results are wrong, and a worse one."""
    sample = rows("PyTorch", "gelu", "float32")["value"]
    question = question_of(gelu, "value", FORMATS["float32"])
    whole = in_full(sample, census(question, sample.spelling, [0xC0]))
    assert whole.inputs == 1 << 24
    assert whole.wrong > 1 << 22
    assert whole.worst_ulp >= sample.worst_ulp
    assert whole.regions == sample.regions


@pytest.mark.parametrize(("activation", "ulp"), [("gelu", 1e7), ("leaky_relu", 1e8)])
def test_tensorflow_has_float32_constants_in_float64(activation, ulp):
    """In value and derivative."""
    for row in rows("TensorFlow", activation, "float64").values():
        assert "float32 constants in a float64 kernel" in row.why
        assert row.worst_ulp > ulp


def test_jax_gelu_tanh_has_a_gradient_of_nan_in_float16():
    """From 148 on."""
    row = rows("JAX", "gelu_tanh", "float16")["derivative"]
    assert row.nan > 18_000
    assert 140 < row.regions[-1][0] < 150
    assert any("x² overflows" in why for why in row.why)


def test_a_named_function_is_printed_with_its_parameter(monkeypatch, capsys):
    """PyTorch's and JAX's ELU; TensorFlow's has no α. Nothing is written."""
    monkeypatch.setattr("sys.argv", ["survey", "elu[alpha=0.3]"])
    monkeypatch.setattr("verification.survey.survey.write_whole", None)
    main()
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| elu")]
    assert len(rows) == 2 * 2 * len(FORMATS)
    assert all(row.startswith("| elu[alpha=0.3] | ") for row in rows)
    assert not any("TensorFlow" in row for row in rows)
    values = [row.split(" | ") for row in rows if " | value | " in row]
    assert all(float(cells[3]) < 64 for cells in values)
