"""The survey of the frameworks: that it is whole, and what it calls lost."""

import json

import numpy as np
import pytest

from figures.measuring.demonstrated import DEMONSTRATED
from reference import ACTIVATIONS
from reference.arithmetic.formats import FORMATS
from verification.errors import UsageError
from verification.records.files import RECORDS
from verification.survey.census import CENSUS, SUBJECTS, read
from verification.survey.peers import PEERS
from verification.survey.survey import regions_lost, to_markdown

SURVEY = json.loads((RECORDS / "survey.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.title)
def test_every_framework_spells_some_of_the_catalogue(peer):
    """As `candidates.frameworks` reads it."""
    spelled = [peer.spelling(name, {}) for name in ACTIVATIONS]
    assert all(name is None or name.startswith(f"{peer.package}:") for name in spelled)
    assert any(spelled)


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.title)
def test_a_parameter_is_passed_by_the_name_that_the_framework_has(peer):
    """TensorFlow's slope is alpha, and it and JAX have no β."""
    slope = {"PyTorch": "negative_slope", "JAX": "negative_slope", "TensorFlow": "alpha"}
    spelled = peer.spelling("leaky_relu", {"negative_slope": 0.3})
    assert spelled == f"{peer.spelling('leaky_relu', {}).partition('?')[0]}?{slope[peer.title]}=0.3"
    softplus = peer.spelling("softplus", {"beta": 2.0})
    assert softplus == {"PyTorch": "torch:torch.nn.functional.softplus?beta=2.0"}.get(peer.title)


def test_a_function_that_nobody_counted_is_asked_for(monkeypatch):
    """By name, before anything is judged."""
    content = json.loads(CENSUS.read_text(encoding="utf-8"))
    monkeypatch.setattr(
        "verification.survey.census.installed_versions", content.get("versions").copy
    )
    with pytest.raises(UsageError, match=r"lacks .*mish"):
        read()


def test_the_committed_survey_is_whole():
    """Each function of each framework in each format, value and derivative, once."""
    keys = [
        (row["framework"], row["activation"], row["dtype"], row["subject"], row["spelling"])
        for row in SURVEY["rows"]
    ]
    surveyed = {row["activation"] for row in SURVEY["rows"]}
    assert set(DEMONSTRATED) <= surveyed <= set(ACTIVATIONS)
    expected = {
        (peer.title, activation, dtype, subject, spelling)
        for peer in PEERS
        for activation in surveyed
        if (spelling := peer.spelling(activation, {}))
        for dtype in FORMATS
        for subject in SUBJECTS
    }
    assert len(keys) == len(expected)
    assert set(keys) == expected


def test_the_committed_survey_has_the_counts_of_the_committed_census():
    """In float32, and of the same versions."""
    content = json.loads(CENSUS.read_text(encoding="utf-8"))
    assert content["versions"] == SURVEY["versions"]
    rows = {
        (row["framework"], row["activation"], row["subject"]): row
        for row in SURVEY["rows"]
        if row["dtype"] == "float32"
    }
    for count in content["rows"]:
        row = rows.pop(tuple(count["of"]))
        for name in ("inputs", "wrong", "nan"):
            assert row[name] == count[name]
        assert row["worst_ulp"] >= count["worst_ulp"]
    assert not rows


def test_the_committed_table_is_that_of_the_committed_numbers():
    """Written anew, it is the same."""
    assert (RECORDS / "survey.md").read_text(encoding="utf-8") == to_markdown(SURVEY)


def test_a_region_is_lost_where_every_result_is():
    """Zeros, NaN, the wrong sign and twice too much; not half of it, nor a right zero."""
    x = np.arange(16.0)
    true = np.where(x < 14, 1.0, 0.0)
    got = true.copy()
    got[2:5] = 0, np.nan, -1
    got[8:12] = 2, np.inf, 5, 0
    got[6], got[13] = 0, 0.5
    shuffled = np.random.default_rng(3).permutation(16)
    found = regions_lost(x[shuffled], got[shuffled], true[shuffled])
    assert found == ((2, 4), (8, 11))
