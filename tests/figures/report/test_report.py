"""The report holds all it should, and the same arguments give the same bytes."""

import json
import re
from importlib.resources import files

import pytest

import reference
from figures.drawing.formula_image import write_formula
from figures.examples.registry import EXAMPLES
from figures.findings.finding import Finding
from figures.measuring.demonstrated import ACTIVATIONS
from figures.report import document
from figures.report.document import date_of_sources, typeset
from verification.errors import UsageError
from verification.formula.latex import latex

FORMULAS = [
    pytest.param(latex(function.formula, ("x", *activation.parameters)), id=f"{name}-{order}")
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
    assert data["version"] == f"halfulp {reference.__version__}, {reference.__date__}"
    assert data["line"] == "Seed: 42 | NumPy from-scratch implementation"
    assert data["activations"] == "ReLU | LeakyReLU | Sigmoid | Tanh | GELU | SiLU/Swish"
    assert data["findings"] == [{"topic": "Topic", "sentence": "It’s so."}]
    assert [e["heading"] for e in data["examples"]] == [e.heading for e in EXAMPLES.values()]
    titles = [
        re.sub(r" \(\w+ = .*", "", entry["title"]) for entry in data["appendix"]["activations"]
    ]
    assert titles == [activation.title for activation in ACTIVATIONS.values()]
    kinks = [len(entry["kinks"]) for entry in data["appendix"]["activations"]]
    assert kinks == [len(activation.kinks) for activation in ACTIVATIONS.values()]


def test_report_is_dated_by_its_sources(monkeypatch):
    """The day of the release, or that of SOURCE_DATE_EPOCH, but never today."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert date_of_sources() == reference.__date__
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "951782400")
    assert date_of_sources() == "2000-02-29"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(UsageError, match=r"SOURCE_DATE_EPOCH .* got 'yesterday'"):
        date_of_sources()


@pytest.mark.parametrize("formula", FORMULAS)
def test_formula_can_be_set(formula, tmp_path):
    """The LaTeX of every function is within what is set without TeX."""
    extent = write_formula(formula, tmp_path / "formula.svg")
    assert extent.width > 0
    assert 0 <= extent.depth < extent.height


def test_formula_beyond_the_typesetter_is_printed_plain(certificate, tmp_path, monkeypatch):
    """An activation whose LaTeX cannot be set appears by its plain formula."""
    monkeypatch.setattr(document, "latex", lambda *_: r"\begin{cases}x\end{cases}")
    assert typeset(tmp_path, {}, [], certificate, ACTIVATIONS).startswith(b"%PDF")
    data = json.loads((tmp_path / "data.json").read_text(encoding="utf-8"))
    *_, last = ACTIVATIONS.values()
    formulas = data["appendix"]["activations"][-1]["formulas"]
    assert [formula["image"] for formula in formulas] == [None] * 3
    assert last.orders[0].formula in formulas[0]["plain"]


def test_template_is_found_as_a_resource():
    """The template travels with the package."""
    assert (files("figures.report") / "report.typ").is_file()
