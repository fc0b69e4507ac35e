"""The report holds all it should, and the same arguments give the same bytes."""

import json
from dataclasses import replace
from importlib.resources import files

import pytest

from figures.drawing.formula_image import write_formula
from figures.examples.registry import EXAMPLES
from figures.findings.finding import Finding
from figures.measuring.demonstrated import ACTIVATIONS
from figures.report.document import typeset

FORMULAS = [
    pytest.param(function, id=f"{name}-{order}")
    for name, activation in ACTIVATIONS.items()
    for order, function in enumerate(activation.orders)
]


def test_report_holds_findings_examples_rows_and_formulas(drawings, certificate, tmp_path):
    """The data given to the template are complete, and the PDF has no date."""
    findings = [Finding("Topic", "It's so.", {"measured": 1.0}, holds=True)]
    pdf = typeset(tmp_path, drawings, findings, certificate, ACTIVATIONS)
    data = json.loads((tmp_path / "data.json").read_text(encoding="utf-8"))
    assert pdf.startswith(b"%PDF")
    assert b"CreationDate" not in pdf
    assert data["line"] == "Seed: 42 | NumPy from-scratch implementation"
    assert data["activations"] == "ReLU | LeakyReLU | Sigmoid | Tanh | GELU | SiLU/Swish"
    assert data["findings"] == [{"topic": "Topic", "sentence": "It’s so."}]
    assert [e["heading"] for e in data["examples"]] == [e.heading for e in EXAMPLES.values()]
    titles = [entry["title"].partition(" (neg")[0] for entry in data["appendix"]["activations"]]
    assert titles == [activation.title for activation in ACTIVATIONS.values()]
    kinks = [len(entry["kinks"]) for entry in data["appendix"]["activations"]]
    assert kinks == [len(activation.kinks) for activation in ACTIVATIONS.values()]


def test_every_row_of_the_certificate_is_in_a_table(certificate):
    """Each row gets its verdict in a table of errors or of laws."""
    tables = certificate_tables(certificate, ACTIVATIONS)["tables"]
    details = [
        table for table in tables if "errors" in table["heading"] or "laws" in table["heading"]
    ]
    verdicts = sum("✓" in cell for table in details for row in table["rows"] for cell in row)
    assert verdicts == len(certificate.rows)


def test_failed_row_is_marked(certificate):
    """A row that failed bears a cross, in its table and in the digest."""
    first, *rest = certificate.rows
    failed = replace(certificate, rows=(replace(first, passed=False), *rest))
    digest, _, errors, *_ = certificate_tables(failed, ACTIVATIONS)["tables"]
    assert "✗" in digest["rows"][0][1]
    assert errors["rows"][0][-1] == "✗"


@pytest.mark.parametrize("function", FORMULAS)
def test_formula_can_be_set(function, tmp_path):
    """The LaTeX of every function is within what is set without TeX."""
    assert function.latex
    extent = write_formula(function.latex, tmp_path / "formula.svg")
    assert extent.width > 0
    assert 0 <= extent.depth < extent.height


def test_formula_beyond_the_typesetter_is_printed_plain(certificate, tmp_path, altered):
    """A newcomer whose LaTeX cannot be set appears by its plain formula."""
    silu = ACTIVATIONS["silu"]
    orders = tuple(replace(f, latex=r"\begin{cases}x\end{cases}") for f in silu.orders)
    mish = altered(silu, lambda _order, _x, y: y, name="mish", title="Mish", orders=orders)
    catalogue = {**ACTIVATIONS, "mish": mish}
    assert typeset(tmp_path, {}, [], certificate, catalogue).startswith(b"%PDF")
    data = json.loads((tmp_path / "data.json").read_text(encoding="utf-8"))
    formulas = data["appendix"]["activations"][-1]["formulas"]
    assert [formula["image"] for formula in formulas] == [None] * 3
    assert silu.orders[0].formula in formulas[0]["plain"]


def test_template_is_found_as_a_resource():
    """The template travels with the package."""
    assert (files("figures.report") / "report.typ").is_file()
