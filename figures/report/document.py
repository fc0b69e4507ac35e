"""The PDF report: data gathered in Python, typeset by typst from the one template beside it."""

import json
import os
import shutil
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import typst

from figures.drawing.drawing import Drawing, styled
from figures.drawing.formula_image import write_formula
from figures.drawing.portrait import portrait
from figures.examples.registry import EXAMPLES
from figures.findings.finding import Finding
from figures.measuring.demonstrated import Activation, Catalogue, six
from figures.measuring.measurements import SEED
from figures.measuring.wording import listing, signed, typographic
from reference import __date__, __version__
from verification.errors import UsageError
from verification.formula.latex import latex
from verification.witnesses.certificate import Certificate

from .tables import verification

TITLE = "Activation Functions"
SUBTITLE = "Comprehensive Demo and Visualization Report"
LINE = f"Seed: {SEED} | NumPy from-scratch implementation"
FORMULA_WIDTH = 262.0  # points: what the portrait beside the formulas leaves
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

    The same arguments give the same bytes: the document has no fonts but typst's own, and the date
    on its first page is that of the sources, see `date_of_sources`, not that of its making.
    """
    examples = [_example(folder, number, drawing) for number, drawing in drawings.items()]
    data = {
        "title": TITLE,
        "subtitle": SUBTITLE,
        "activations": " | ".join(a.title for a in six(catalogue).values()),
        "line": LINE,
        "version": f"halfulp {__version__}, {date_of_sources()}",
        "findings": [{"topic": f.topic, "sentence": typographic(f.sentence)} for f in findings],
        "examples": examples,
        "verification": verification(certificate, catalogue),
        "appendix": _appendix(folder, catalogue),
    }
    (folder / "data.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
    with as_file(files("figures.report") / "report.typ") as template:
        shutil.copyfile(template, folder / "report.typ")
    return typst.compile(folder / "report.typ", root=folder, format="pdf", ignore_system_fonts=True)


def date_of_sources() -> str:
    """Return the day of this version's release; that of SOURCE_DATE_EPOCH where it is set.

    The variable is the convention of https://reproducible-builds.org: seconds since 1970, of the
    last change of what is built.
    """
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    if not seconds:
        return __date__
    try:
        return datetime.fromtimestamp(int(seconds), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            f"expected SOURCE_DATE_EPOCH in whole seconds since 1970, but got {seconds!r}"
        ) from None


def _example(folder: Path, number: str, drawing: Drawing) -> dict[str, str]:
    example = EXAMPLES[number]
    with drawing.untitled():
        drawing.save(folder, example.stem, ("svg",))
    return {
        "heading": example.heading,
        "image": f"{example.stem}.svg",
        "caption": typographic(drawing.caption),
    }


def _appendix(folder: Path, catalogue: Catalogue) -> dict[str, Any]:
    return {
        "introduction": (
            "For each activation its value and its first and second derivative, drawn and as "
            "formulas, with their limits at −∞ and +∞, greatest lower and least upper bound (to "
            "six digits), zeros with a change of sign (the nearest double) and symmetry. Where a "
            "curve jumps, the filled dot is the value there, an open one a limit."
        ),
        "activations": [_entry(folder, activation) for activation in catalogue.values()],
    }


def _entry(folder: Path, activation: Activation) -> dict[str, Any]:
    parameters = listing(f"{name} = {value}" for name, value in activation.parameters.items())
    with_parameters = f" ({parameters})" if activation.parameters else ""
    stem = f"activation_{activation.name}"
    with styled():
        drawing = portrait(activation)
    drawing.save(folder, stem, ("svg",))
    return {
        "title": f"{activation.title}{with_parameters}",
        "portrait": f"{stem}.svg",
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
    formula = latex(function.formula, ("x", *activation.parameters))
    try:
        extent = write_formula(f"f{primes}(x) = {formula}", folder / name)
    except ValueError:
        return {"plain": plain, "image": None}
    return {"plain": plain, "image": name, "width": min(extent.width, FORMULA_WIDTH)}


def _facts(activation: Activation, order: int) -> list[str]:
    function = activation.orders[order]
    return [
        f"f{PRIMES[order]}",
        *(signed(limit) for limit in function.limits),
        *(signed(bound, 6) for bound in function.bounds),
        ", ".join(signed(root) for root in function.roots) or "none",
        SYMMETRIES[function.symmetry],
    ]
