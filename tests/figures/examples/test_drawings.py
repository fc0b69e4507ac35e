"""What is plotted is what the reference returns, and is saved as it was plotted."""

import csv
from importlib.resources import files

import numpy as np
import pytest

from figures.drawing.drawing import FORMATS, styled
from figures.examples.registry import EXAMPLES
from figures.measuring.demonstrated import ACTIVATIONS, DEMONSTRATED, demonstrated, six

TITLES = {
    "1": "Activation Functions — Forward Pass",
    "1b": "All Activation Functions Overlaid",
    "2": "Activation Derivatives — Backward Pass",
    "2b": "All Activation Derivatives Overlaid",
    "3": "Dying ReLU Problem — Gradient Distributions",
    "3b": "Gradient in the Negative Region — ReLU Dies, Others Survive",
    "4": "GELU: Exact (erf) vs Tanh Approximation",
    "5": "Vanishing Gradient: Classic vs Modern Activations",
    "6": "Gradient Flow: Chaining 10 Activation Layers (no weight matrices)",
    "7": "Temperature/Scaling Effects on Activations",
    "8": "Numerical Stability — Extended Range Behavior",
}
CURVES = [("1", 0), ("1b", 0), ("2", 1), ("2b", 1), ("5", 1)]


def lines(drawing):
    """Return the data of every line on every panel."""
    return [line.get_xydata() for axes in drawing.figure.axes for line in axes.lines]


@pytest.mark.parametrize("number", EXAMPLES)
def test_numbers_read_back_to_the_same_doubles(drawings, number, tmp_path):
    """The CSV file holds each plotted number in full."""
    drawings[number].write_numbers(tmp_path / "numbers.csv")
    with (tmp_path / "numbers.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    expected = [
        (series.panel, series.name, x, y)
        for series in drawings[number].series
        for x, y in zip(series.x, series.y, strict=True)
    ]
    assert rows
    for row, (panel, name, x, y) in zip(rows, expected, strict=True):
        assert (row["panel"], row["series"]) == (panel, name)
        np.testing.assert_array_equal([float(row["x"]), float(row["y"])], [x, y])


@pytest.mark.parametrize("number", sorted(set(EXAMPLES) - {"3", "8b"}))
def test_saved_numbers_are_those_on_the_axes(drawings, number):
    """Each line of a figure is a recorded series; bars and signed axes are drawn otherwise."""
    saved = [np.column_stack([series.x, series.y]) for series in drawings[number].series]
    drawn = lines(drawings[number])
    assert len(saved) == len(drawn)
    for series in saved:
        assert any(np.array_equal(series, line, equal_nan=True) for line in drawn)


@pytest.mark.parametrize(("number", "order"), CURVES)
def test_curves_are_the_reference(drawings, number, order):
    """Away from kinks a plotted curve is the reference's value or derivative to the last bit."""
    curves = [series for series in drawings[number].series if series.name in ACTIVATIONS]
    assert curves
    for series in curves:
        activation = ACTIVATIONS[series.name]
        smooth = ~np.isin(series.x, [kink.at for kink in activation.kinks])
        expected = activation.derivative(series.x[smooth], order)
        np.testing.assert_array_equal(series.y[smooth], expected)


@pytest.mark.parametrize("number", ["2", "2b", "5", "8"])
def test_no_line_bridges_a_jump(drawings, number):
    """Between neighbouring points of a derivative's line it rises no more than |f''| lets it."""
    for series in drawings[number].series:
        if series.name not in ACTIVATIONS or series.panel == "values":
            continue
        steepest = np.nanmax(np.abs(ACTIVATIONS[series.name].derivative(series.x, 2)))
        rise = np.abs(np.diff(series.y))
        allowed = 1.01 * steepest * np.diff(series.x) + 1e-15
        broken = np.isnan(rise)
        assert np.all(rise[~broken] <= allowed[~broken])
        kinks = ACTIVATIONS[series.name].kinks
        assert np.count_nonzero(np.isnan(series.y)) == len(kinks)


@pytest.mark.parametrize("number", ["2", "2b", "5", "8"])
def test_markers_show_the_value_chosen_at_a_kink(drawings, number):
    """The filled dot is the reference's derivative at the kink, the open one the other limit."""
    dots = {
        series.name: series for series in drawings[number].series if series.name.endswith("chosen")
    }
    kinked = {name: a for name, a in six(ACTIVATIONS).items() if a.kinks}
    assert len(dots) == 2 * len(kinked)
    for name, activation in kinked.items():
        assert len(activation.kinks) == 1
        kink = activation.kinks[0]
        chosen, other = dots[f"{name} chosen"], dots[f"{name} not chosen"]
        assert (*chosen.x, *chosen.y) == (kink.at, activation.derivative(kink.at))
        assert (*other.x, *other.y) == (kink.at, activation.derivative(np.nextafter(kink.at, 1)))


def test_whole_range_is_broken_at_the_jump(drawings):
    """On the signed logarithmic axis too no line leads across the jump of ReLU's derivative."""
    (series,) = (s for s in drawings["8b"].series if (s.panel, s.name) == ("relu", "gradient"))
    (gap,) = np.flatnonzero(np.isnan(series.y))
    assert (series.y[gap - 1], series.y[gap + 1]) == (0, 1)
    drawn = drawings["8b"].figure.axes[0].lines[1].get_ydata()
    assert np.flatnonzero(np.isnan(drawn)) == gap


def test_whole_range_reaches_the_ends_of_float64(drawings):
    """The inputs go from -max to max, over the smallest subnormals and 0, and nothing is lost."""
    largest, smallest = np.finfo(float).max, np.finfo(float).smallest_subnormal
    for series in drawings["8b"].series:
        if series.name == "value":
            assert {-largest, -smallest, 0.0, smallest, largest} <= set(series.x)
            assert np.all(np.isfinite(series.y))


@pytest.mark.parametrize("number", ["3b", "4", "6"])
def test_zero_is_never_drawn_on_a_logarithmic_axis(drawings, number):
    """What is exactly 0 is a gap on a logarithmic axis."""
    panels = [a.get_gid() for a in drawings[number].figure.axes if a.get_yscale() == "log"]
    shown = [series.y for series in drawings[number].series if series.panel in panels]
    assert shown
    assert all(np.all((y > 0) | np.isnan(y)) for y in shown)


@pytest.mark.parametrize("number", ["3b", "6"])
def test_what_a_logarithmic_axis_hides_is_said(drawings, number):
    """A note in the figure names ReLU, whose gradients of exactly 0 the axis cannot show."""
    notes = [t.get_text() for axes in drawings[number].figure.axes for t in axes.texts]
    assert any("ReLU" in note and "exactly 0" in note for note in notes)


def test_distributions_hold_every_input(drawings):
    """The bins of each histogram hold all of the sample."""
    for series in drawings["3"].series:
        assert series.y.sum() == pytest.approx(1, abs=1e-12)


def test_chain_is_the_chain_rule(drawings):
    """The gradient through ten layers is the product of ten derivatives."""
    x = np.random.default_rng(42).standard_normal(100_000)
    sigmoid, product = ACTIVATIONS["sigmoid"], np.ones_like(x)
    for _ in range(10):
        product *= sigmoid.derivative(x)
        x = sigmoid(x)
    drawn = {(s.panel, s.name): s.y for s in drawings["6"].series}
    assert drawn["gradient", "sigmoid"][-1] == pytest.approx(np.mean(abs(product)), rel=1e-12)
    assert drawn["spread", "sigmoid"][-1] == pytest.approx(np.std(x), rel=1e-12)


@pytest.mark.parametrize("number", TITLES)
def test_titles_are_those_of_the_printed_report(drawings, number):
    """Each figure bears the title it has always had."""
    assert drawings[number].figure.get_suptitle() == TITLES[number]


@pytest.mark.parametrize("number", EXAMPLES)
def test_captions_are_two_to_four_sentences(drawings, number):
    """A caption says in a few sentences what the figure shows."""
    caption = drawings[number].caption
    assert 1 <= caption.count(". ") <= 3
    assert caption.endswith(".")
    assert "nan" not in caption


def test_every_activation_is_drawn(drawings):
    """None of the seven is missing from the examples."""
    drawn = {s.name for drawing in drawings.values() for s in drawing.series}
    assert set(DEMONSTRATED) <= drawn


def test_newcomer_changes_no_example(drawings, altered):
    """The examples show the same seven, whatever else the catalogue has."""
    newcomer = altered(ACTIVATIONS["silu"], lambda _order, _x, y: -y, name="mish", title="Mish")
    with styled():
        for number, example in EXAMPLES.items():
            drawing = example.draw({"mish": newcomer, **ACTIVATIONS})
            assert drawing.caption == drawings[number].caption
            assert len(drawing.series) == len(drawings[number].series)
            for found, expected in zip(drawing.series, drawings[number].series, strict=True):
                assert (found.panel, found.name) == (expected.panel, expected.name)
                np.testing.assert_array_equal(found.y, expected.y)


def test_demonstrated_are_seven():
    """The six of the first page, and the tanh form of GELU."""
    assert [*six(ACTIVATIONS)] == ["relu", "leaky_relu", "sigmoid", "tanh", "gelu", "silu"]
    assert [*demonstrated(ACTIVATIONS)] == [*six(ACTIVATIONS), "gelu_tanh"]


def test_style_sheet_is_found_as_a_resource():
    """The style sheet travels with the package."""
    assert (files("figures.drawing") / "style.mplstyle").is_file()


@pytest.mark.parametrize("suffix", FORMATS)
def test_figures_hold_no_date(drawings, suffix, tmp_path):
    """A saved figure names no time of its making."""
    path, _ = drawings["1b"].save(tmp_path, "figure", [suffix])
    content = path.read_bytes()
    assert content
    assert not any(mark in content for mark in (b"CreationDate", b"ModDate", b"dc:date"))
