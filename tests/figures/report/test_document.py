"""Every image and every number of the typeset report is what stands beside it."""

import json

import numpy as np
import pytest
import typst

from figures.drawing.drawing import styled
from figures.drawing.formula_image import write_formula
from figures.drawing.portrait import portrait
from figures.examples.registry import EXAMPLES
from figures.measuring.demonstrated import ACTIVATIONS, demonstrated
from figures.measuring.wording import typographic
from figures.report.document import typeset
from verification.formula.latex import latex
from verification.witnesses.certificate import Certificate


def typst_query(folder, selector):
    """Return what the typeset report has of a kind of element, in order."""
    found = typst.query(folder / "report.typ", selector, root=folder, ignore_system_fonts=True)
    return json.loads(found)


def drawn_anew(number):
    """Return an example that was never saved: the layout of one that was may differ by a hair."""
    with styled():
        return EXAMPLES[number].draw(demonstrated(ACTIVATIONS))


@pytest.fixture(scope="module")
def typeset_folder(tmp_path_factory):
    """The folder of a whole report, as it was given to typst."""
    folder = tmp_path_factory.mktemp("report")
    drawings = {number: drawn_anew(number) for number in EXAMPLES}
    certificate = Certificate((), {}, {"gelu": "0" * 64}, {})
    typeset(folder, drawings, [], certificate, ACTIVATIONS)
    return folder


def test_each_example_shows_its_own_image(typeset_folder, tmp_path):
    """The image under a heading is what its drawing is saved as, without the title."""
    data = json.loads((typeset_folder / "data.json").read_text(encoding="utf-8"))
    shown = typst_query(typeset_folder, "image")
    entries = data["examples"]
    for example, entry, image in zip(
        EXAMPLES.values(), entries, shown[: len(EXAMPLES)], strict=True
    ):
        drawing = drawn_anew(example.number)
        with drawing.untitled():
            drawing.save(tmp_path, "own", ("svg",))
        assert entry["heading"] == example.heading
        assert entry["caption"] == image["alt"] == typographic(drawing.caption)
        content = (typeset_folder / image["source"]).read_bytes()
        assert content == (tmp_path / "own.svg").read_bytes()


def test_each_entry_shows_its_own_formulas_and_portrait(typeset_folder, tmp_path):
    """The images of the appendix are three formulas and the portrait, activation by activation."""
    images = iter(typst_query(typeset_folder, "image")[len(EXAMPLES) :])
    for activation in ACTIVATIONS.values():
        symbols = ("x", *activation.parameters)
        for order, (function, image) in enumerate(zip(activation.orders, images, strict=False)):
            formula = latex(function.formula, symbols)
            write_formula(f"f{chr(39) * order}(x) = {formula}", tmp_path / "own.svg")
            content = (typeset_folder / image["source"]).read_bytes()
            assert content == (tmp_path / "own.svg").read_bytes()
            if order == 2:
                break
        with styled():
            drawing = portrait(activation)
        drawing.save(tmp_path, "own", ("svg",))
        content = (typeset_folder / next(images)["source"]).read_bytes()
        assert content == (tmp_path / "own.svg").read_bytes()
    assert next(images, None) is None


def measured(activation, order):
    """Return limits, infimum and supremum as the reference's results have them."""
    limits = activation.derivative(np.array([-np.inf, np.inf]), order).tolist()
    results = activation.derivative(np.linspace(-12, 12, 240_001), order)
    return limits, [min(*limits, np.min(results)), max(*limits, np.max(results))]


def symmetries(activation, order):
    """Return which symmetry the results have: 0 has both."""
    x = np.linspace(0.1, 9, 90)
    right, left = activation.derivative(x, order), activation.derivative(-x, order)
    found = {"even": np.array_equal(left, right), "odd": np.array_equal(left, -right)}
    return [name for name, holds in found.items() if holds] or ["none"]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_facts_are_in_the_columns_of_their_names(typeset_folder, name):
    """What stands under a heading of the table is what the reference computes."""
    data = json.loads((typeset_folder / "data.json").read_text(encoding="utf-8"))
    entries = zip(ACTIVATIONS, data["appendix"]["activations"], strict=True)
    (facts,) = (entry["facts"] for key, entry in entries if key == name)
    activation = ACTIVATIONS[name]
    for order, row in enumerate(facts["rows"]):
        told = dict(zip(facts["head"], row, strict=True))
        numbers = {
            head: float(told[head].replace("−", "-").replace("∞", "inf"))
            for head in ("at −∞", "at +∞", "infimum", "supremum")
        }
        limits, bounds = measured(activation, order)
        assert told[""] == ("f", "f′", "f″")[order]
        assert [numbers["at −∞"], numbers["at +∞"]] == limits
        assert [numbers["infimum"], numbers["supremum"]] == pytest.approx(
            bounds, rel=1e-5, abs=1e-6
        )
        zeros = [] if told["zeros"] == "none" else told["zeros"].replace("−", "-").split(", ")
        for zero in map(float, zeros):
            beside = activation.derivative(np.array([zero - 1e-9, zero + 1e-9]), order)
            assert beside[0] * beside[1] < 0
        x = np.linspace(0.1, 9, 90)
        mirrored = activation.derivative(-x, order)
        parity = {"even": 1.0, "odd": -1.0}.get(told["symmetry"])
        same = [
            sign
            for sign in (1.0, -1.0)
            if np.array_equal(mirrored, sign * activation.derivative(x, order))
        ]
        assert (parity in same) if parity else not same
