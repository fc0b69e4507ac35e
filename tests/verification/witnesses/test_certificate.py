"""The certificate: it survives the disk, says what it is about, and is refused when it is not."""

import json
import os
import re
from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest

from figures.command import main
from reference import ACTIVATIONS
from reference.arithmetic.formats import FORMATS
from reference.definition.facts import entry
from verification.errors import UsageError
from verification.witnesses import certificate as module
from verification.witnesses.certificate import Certificate, obtain, sources
from verification.witnesses.row import Row

HELD = Row("gelu", 1, "balls", "float64", 7, 0.49, 1.5e-17, -0.75, 0.5, passed=True)
FAILED = Row("gelu", 0, "extremes, layouts", "bfloat16", 7, inf, inf, -inf, 0.0, passed=False)


@pytest.fixture
def certificate():
    """Make a small certificate of the present sources."""
    return Certificate((HELD,), {"numpy": "2.0"}, sources(), {"system": "Linux"})


def test_writing_and_reading_is_identity(certificate, tmp_path):
    """Infinities included, and as JSON that any reader takes."""
    path = tmp_path / "new" / "certificate.json"
    written = replace(certificate, rows=(HELD, FAILED))
    written.write(path)
    assert Certificate.read(path) == written
    json.loads(path.read_text(), parse_constant=pytest.fail)


def test_nan_survives(certificate, tmp_path):
    """It equals nothing, so the text is compared."""
    path = tmp_path / "certificate.json"
    written = replace(certificate, rows=(replace(HELD, where=nan),))
    written.write(path)
    assert Certificate.read(path).to_json() == written.to_json()


def test_one_failed_row_fails_the_certificate(certificate):
    """And it is named."""
    assert certificate.passed
    worse = replace(certificate, rows=(HELD, FAILED))
    assert not worse.passed
    assert worse.failures == (FAILED,)


def test_nothing_is_left_beside_the_certificate(certificate, tmp_path):
    """The temporary file is gone."""
    certificate.write(tmp_path / "certificate.json")
    assert [path.name for path in tmp_path.iterdir()] == ["certificate.json"]


def test_a_stored_certificate_of_these_sources_is_reused(certificate, tmp_path, monkeypatch):
    """No witness is heard again."""
    monkeypatch.setattr(module, "certify", pytest.fail)
    certificate.write(tmp_path / "certificate.json")
    assert obtain(tmp_path / "certificate.json") == certificate


def test_a_certificate_of_other_sources_is_replaced(certificate, tmp_path, monkeypatch):
    """One changed byte in ``reference`` calls the witnesses again."""
    path = tmp_path / "certificate.json"
    replace(certificate, sources=sources() | {"gelu": "0" * 64}).write(path)
    monkeypatch.setattr(module, "certify", lambda _: certificate)
    assert obtain(path) == certificate
    assert Certificate.read(path) == certificate


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda text: text[: len(text) // 2], id="truncated"),
        pytest.param(lambda text: text[:-1], id="last byte missing"),
        pytest.param(lambda _: "", id="empty"),
        pytest.param(lambda _: "[1, 2]\n", id="other JSON"),
        pytest.param(lambda _: '{"rows": [{"a": 1}]}', id="other rows"),
        pytest.param(lambda _: "%PDF-1.7\n", id="no JSON"),
        pytest.param(
            lambda text: text.replace('"passed": true', '"passed": false', 1), id="edited"
        ),
        pytest.param(lambda _: "[" * 10**5 + "]" * 10**5, id="deep"),
        pytest.param(lambda text: re.sub('"inputs": (\\d+)', r'"inputs": "\1"', text), id="inputs"),
        pytest.param(lambda text: re.sub('"order": \\d', '"order": null', text), id="order"),
        pytest.param(lambda text: re.sub('"witness": "[^"]*"', '"witness": 1', text), id="witness"),
        pytest.param(lambda text: re.sub('"system": "[^"]*"', '"system": 1', text), id="machine"),
    ],
)
def test_a_damaged_or_foreign_file_is_refused(certificate, tmp_path, damage):
    """In one sentence that names it, and it is not overwritten."""
    path = tmp_path / "certificate.json"
    text = damage(certificate.to_json())
    path.write_text(text)
    for read in (Certificate.read, obtain):
        with pytest.raises(UsageError, match="is truncated or something else"):
            read(path)
    assert path.read_text() == text


def test_bytes_that_are_no_text_are_refused(tmp_path):
    """Likewise."""
    path = tmp_path / "certificate.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="something else"):
        Certificate.read(path)


def test_a_pipe_is_refused(tmp_path):
    """Reading it would wait for ever."""
    os.mkfifo(tmp_path / "certificate.json")
    for read in (Certificate.read, obtain):
        with pytest.raises(UsageError, match="no regular file"):
            read(tmp_path / "certificate.json")


def test_a_name_that_is_too_long_is_refused(tmp_path):
    """Before a witness is heard."""
    with pytest.raises(UsageError, match="File name too long"):
        obtain(tmp_path / ("n" * 300) / "certificate.json")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_is_refused(tmp_path):
    """With the reason."""
    with pytest.raises(UsageError, match="No such file"):
        Certificate.read(tmp_path / "certificate.json")


def test_every_witness_is_heard_on_every_activation_in_every_format(monkeypatch):
    """A row of each comes into the certificate, and a breach in any one fails it."""
    asked = []

    def stand_in(name):
        def witness(activation, format_, x):
            asked.append((name, activation.name, format_.name, x.size > 0))
            return [replace(HELD, activation=activation.name, witness=name, dtype=format_.name)]

        return witness

    for name in module.WITNESSES:
        monkeypatch.setattr(f"{module.__package__}.{name}.witness", stand_in(name))
    monkeypatch.setattr("verification.numbers.inputs.sampled", lambda *_: np.ones(1))
    found = module.certify()
    expected = {
        (witness, activation, dtype)
        for witness in ("autodiff", "balls", "differences", "extremes", "identities")
        for activation in ACTIVATIONS
        for dtype in FORMATS
    }
    assert {(row.witness, row.activation, row.dtype) for row in found.rows} == expected
    assert {(name, activation, dtype) for name, activation, dtype, _ in asked} == expected
    assert all(has_inputs for *_, has_inputs in asked)


def test_a_breach_reaches_the_certificate_the_eye_and_the_exit_code(monkeypatch, tmp_path, capsys):
    """One failed row: ``passed`` is false in the file, the claim is printed, the exit code is 1."""
    rows = (HELD, FAILED)
    made = Certificate(rows, {"numpy": "2.0"}, sources(), {"system": "Linux"})
    monkeypatch.setattr(module, "certify", lambda _: made)
    assert main(["verify", "--out", str(tmp_path)]) == 1
    assert json.loads((tmp_path / "certificate.json").read_text())["passed"] is False
    said = capsys.readouterr().out
    assert "extremes, layouts" in said
    assert "bfloat16" in said


def test_a_change_of_an_activation_or_of_a_witness_voids_the_certificate(certificate):
    """Each has a hash of its own."""
    assert certificate.matches_sources()
    for name in ("gelu", "witnesses"):
        assert not replace(certificate, sources=sources() | {name: "0"}).matches_sources()


def test_a_certificate_without_claims_certifies_nothing(certificate):
    """Nobody was heard."""
    assert not replace(certificate, rows=()).passed


def test_the_facts_of_an_activation_count(monkeypatch):
    """They decide where the arithmetic takes a result for the limit."""
    before = sources()
    changed = {**entry("gelu"), "monotone": True}
    monkeypatch.setattr(module, "entry", lambda name: changed if name == "gelu" else entry(name))
    after = sources()
    assert {name for name in before if before[name] != after[name]} == {"gelu"}
