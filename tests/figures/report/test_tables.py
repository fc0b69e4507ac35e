"""The certificate in the report: one matrix of shares, and every row in a file."""

import csv
from dataclasses import asdict, replace
from pathlib import Path

import pytest

import verification
from figures.measuring.demonstrated import ACTIVATIONS
from figures.report import tables
from figures.report.rows import write_rows
from verification.witnesses.row import Row


def test_every_row_of_the_certificate_is_in_the_file(certificate, tmp_path):
    """Each claim has a line in verification.csv, from which it reads back the same."""
    write_rows(tmp_path / "rows.csv", certificate.rows)
    with (tmp_path / "rows.csv").open(encoding="utf-8") as stream:
        lines = list(csv.DictReader(stream))
    for line, row in zip(lines, certificate.rows, strict=True):
        values = asdict(row)
        assert [*line] == [*values]
        for name, value in values.items():
            assert line[name] == (repr(value) if isinstance(value, float) else str(value))


def test_matrix_has_a_line_for_each_function(certificate):
    """With the largest share of a bound by each witness, and the number of inputs tried."""
    said = tables.verification(certificate, ACTIVATIONS)
    assert said["families"] == ["balls", "extremes"]
    assert [line["order"] for line in said["matrix"]] == ["f", "f′", "f″"] * len(ACTIVATIONS)
    titles = [activation.title for activation in ACTIVATIONS.values() for _ in range(3)]
    assert [line["title"] for line in said["matrix"]] == titles
    assert [line["first"] for line in said["matrix"]] == [True, False, False] * len(ACTIVATIONS)
    for line in said["matrix"]:
        balls, extremes = line["cells"]
        assert balls == {"share": "99.9 %", "inputs": "2,000", "held": True}
        assert extremes == {"share": "✓", "inputs": "2,000", "held": True}


def test_matrix_shows_the_largest_share_and_not_the_largest_error(certificate):
    """137 ulp of a bound of 1,000 are less than half an ulp of half an ulp."""
    loose = Row("relu", 0, "balls", "float32", 10, 137.0, 1.0, 2.0, 1000.0, passed=True)
    shown = tables.verification(replace(certificate, rows=(loose, *certificate.rows)), ACTIVATIONS)
    assert shown["matrix"][0]["cells"][0]["share"] == "99.9 %"
    alone = tables.verification(replace(certificate, rows=(loose,)), ACTIVATIONS)
    assert alone["matrix"][0]["cells"][0] == {"share": "13.7 %", "inputs": "10", "held": True}
    assert alone["matrix"][1]["cells"][0]["share"] == "—"


@pytest.mark.parametrize(("bound", "said"), [(0.5, "✗ 150.0 %"), (0.0, "✗")])
def test_failed_row_is_marked(certificate, bound, said):
    """A function with a claim that failed bears a cross, and with it how far past its bound."""
    failed = Row("relu", 1, "balls", "float32", 10, 1.5 * bound or 1.0, 1, 2.0, bound, passed=False)
    shown = tables.verification(replace(certificate, rows=(failed,)), ACTIVATIONS)
    cell = shown["matrix"][1]["cells"][0]
    assert (cell["share"], cell["held"]) == (said, False)


def test_every_witness_is_explained():
    """Whoever testifies in this version has a sentence in the report."""
    package = Path(verification.__file__).parent
    paths = package.rglob("*.py")
    testifying = {path.stem for path in paths if "\ndef witness(" in path.read_text("utf-8")}
    assert testifying == {*tables.WITNESSES}
