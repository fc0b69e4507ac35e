"""The PDF report: data gathered in Python, typeset by typst from the one template beside it."""

import json
import shutil
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import typst

from verification.witnesses.certificate import Certificate

from .catalogue import Activation, Catalogue, distinct
from .drawing import Drawing
from .findings import Finding
from .formula import write_formula
from .measure import SEED
from .registry import EXAMPLES
from .verification_tables import certificate_tables
from .wording import listing, signed, typographic

TITLE = "Activation Functions"
SUBTITLE = "Comprehensive Demo and Visualization Report"
LINE = f"Seed: {SEED} | NumPy from-scratch implementation"
TEXT_WIDTH = 436.0
PRIMES = ("", "\u2032", "\u2033")
SYMMETRIES = {"even": "even", "odd": "odd", "": "none"}


def typeset(
    folder: Path,
    drawings: dict[str, Drawing],
    findings: list[Finding],
    certificate: Certificate,
    catalogue: Catalogue,
) -> bytes:
    """Return the report as PDF; ``folder`` gets the template, the data and the images.

    The same arguments give the same bytes: the document has no date and no fonts but typst's own.
    """
    examples = [_example(folder, number, drawing) for number, drawing in drawings.items()]
    data = {
        "title": TITLE,
        "subtitle": SUBTITLE,
        "activations": " | ".join(a.title for a in distinct(catalogue).values()),
        "line": LINE,
        "findings": [{"topic": f.topic, "sentence": typographic(f.sentence)} for f in findings],
        "examples": examples,
        "verification": certificate_tables(certificate, catalogue),
        "appendix": _appendix(folder, catalogue),
    }
    (folder / "data.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
    with as_file(files("figures") / "report.typ") as template:
        shutil.copyfile(template, folder / "report.typ")
    return typst.compile(folder / "report.typ", root=folder, format="pdf", ignore_system_fonts=True)


def _example(folder: Path, number: str, drawing: Drawing) -> dict[str, str]:
    example = EXAMPLES[number]
    drawing.save(folder, example.stem, ("svg",))
    return {
        "heading": example.heading,
        "image": f"{example.stem}.svg",
        "caption": typographic(drawing.caption),
    }


def _appendix(folder: Path, catalogue: Catalogue) -> dict[str, Any]:
    return {
        "introduction": (
            "For each activation its value and its first and second derivative, with their limits "
            "at −∞ and +∞, greatest lower and least upper bound (to six digits), zeros with a "
            "change of sign (the nearest double) and symmetry."
        ),
        "activations": [_entry(folder, activation) for activation in catalogue.values()],
    }


def _entry(folder: Path, activation: Activation) -> dict[str, Any]:
    parameters = listing(f"{name} = {value}" for name, value in activation.parameters.items())
    with_parameters = f" ({parameters})" if activation.parameters else ""
    return {
        "title": f"{activation.title}{with_parameters}",
        "source": activation.source,
        "formulas": [_formula(folder, activation, order) for order in range(len(PRIMES))],
        "facts": {
            "head": ["", "at −∞", "at +∞", "infimum", "supremum", "zeros", "symmetry"],
            "rows": [_facts(activation, order) for order in range(len(PRIMES))],
        },
        "kinks": [
            typographic(
                f"Kink at x = {signed(kink.at)}: the slope is {signed(kink.left)} on the left "
                f"and {signed(kink.right)} on the right; {signed(kink.chosen)} is chosen: "
                f"{kink.reason}."
            )
            for kink in activation.kinks
        ],
    }


def _formula(folder: Path, activation: Activation, order: int) -> dict[str, Any]:
    """Return the formula as an image, or in plain text where its LaTeX cannot be set."""
    function = activation.orders[order]
    plain = f"f{PRIMES[order]}(x) = {function.formula}"
    primes = "'" * order
    name = f"formula_{activation.name}_{order}.svg"
    if not function.latex:
        return {"plain": plain, "image": None}
    try:
        extent = write_formula(f"f{primes}(x) = {function.latex}", folder / name)
    except ValueError:
        return {"plain": plain, "image": None}
    return {"plain": plain, "image": name, "width": min(extent.width, TEXT_WIDTH)}


def _facts(activation: Activation, order: int) -> list[str]:
    function = activation.orders[order]
    return [
        f"f{PRIMES[order]}",
        *(signed(limit) for limit in function.limits),
        *(signed(bound, 6) for bound in function.bounds),
        ", ".join(signed(root) for root in function.roots) or "none",
        SYMMETRIES[function.symmetry],
    ]
