"""What the artists of a figure hold is what its title says, computed here once more with SciPy."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import StepPatch

from figures.drawing.palette import style_of
from figures.examples.registry import EXAMPLES
from figures.measuring.demonstrated import ACTIVATIONS, SIX, label

CLASSIC, MODERN = ("sigmoid", "tanh"), ("relu", "leaky_relu", "gelu", "silu")
NAMES = {label(ACTIVATIONS[name]): name for name in SIX}
COLOURS = {to_hex(style_of(name)["color"]): name for name in SIX}
SAMPLE = np.random.default_rng(42).standard_normal(100_000)
CURVE = 10  # a line of more points is a curve, of fewer the dots at a jump


def panel(drawing, name):
    """Return the axes of a panel."""
    (axes,) = (axes for axes in drawing.figure.axes if axes.get_gid() == name)
    return axes


def curves(axes):
    """Return x and y of each curve by the activation that its colour stands for."""
    lines = [line for line in axes.lines if len(line.get_xdata()) > CURVE]
    found = {COLOURS[to_hex(line.get_color())]: line.get_data() for line in lines}
    assert len(found) == len(lines)
    return found


def assert_drawn(axes, names, function, ends):
    """Each of the names has a curve, over the whole interval, and it is the function's."""
    found = curves(axes)
    assert {*found} == {*names}
    for name, (x, y) in found.items():
        kink = (x == 0) & (name in {"relu", "leaky_relu"})
        assert (x[0], x[-1]) == pytest.approx(ends, abs=1e-12)
        assert np.all(np.diff(x) >= 0)
        np.testing.assert_allclose(y[~kink], function(name)(x[~kink]), rtol=1e-6, atol=1e-14)


def assert_named(axes, names):
    """The legend's lines have the names that their colours stand for."""
    handles, labels = axes.get_legend_handles_labels()
    assert [NAMES[text] for text in labels] == [COLOURS[to_hex(h.get_color())] for h in handles]
    assert sorted(NAMES[text] for text in labels) == sorted(names)


@pytest.mark.parametrize("number", sorted(set(EXAMPLES) - {"3", "8b"}))
def test_every_line_drawn_is_the_recorded_series(drawings, number):
    """One by one, in the same panel, in the same order."""
    recorded = drawings[number].series
    drawn = [(axes.get_gid(), line) for axes in drawings[number].figure.axes for line in axes.lines]
    for gid in dict.fromkeys(gid for gid, _ in drawn):
        series = [s for s in recorded if s.panel == gid]
        lines = [line for place, line in drawn if place == gid]
        for one, line in zip(series, lines, strict=True):
            np.testing.assert_array_equal(line.get_xdata(), one.x)
            np.testing.assert_array_equal(line.get_ydata(), one.y)
    assert len(drawn) == len(recorded)
    assert not [patch for axes in drawings[number].figure.axes for patch in axes.patches]


@pytest.mark.parametrize(("number", "order"), [("1", 0), ("2", 1)])
def test_individual_panels_are_the_functions(drawings, textbook, number, order):
    """A panel for each of the six, with its name above it."""
    assert [axes.get_gid() for axes in drawings[number].figure.axes] == [*SIX]
    for name in SIX:
        axes = panel(drawings[number], name)
        assert NAMES[axes.get_title().removesuffix(" derivative")] == name
        assert ("derivative" in axes.get_title()) == bool(order)
        assert_drawn(axes, [name], lambda name: textbook[name][order], (-5, 5))


@pytest.mark.parametrize(("number", "order"), [("1b", 0), ("2b", 1)])
def test_overlays_are_the_functions(drawings, textbook, number, order):
    """All six, with a legend."""
    axes = panel(drawings[number], "all")
    assert_drawn(axes, SIX, lambda name: textbook[name][order], (-5, 5))
    assert_named(axes, SIX)


@pytest.mark.parametrize("name", MODERN)
def test_bars_are_the_fractions_of_the_sample(drawings, textbook, name):
    """Each bar of a histogram stands on 0, has the height of its bin, and all bars add up to 1."""
    axes = panel(drawings["3"], name)
    (bars,) = axes.patches
    assert isinstance(bars, StepPatch)
    heights, edges, baseline = bars.get_data()
    counts, _ = np.histogram(textbook[name][1](SAMPLE), edges)
    assert np.all(baseline == 0)
    np.testing.assert_allclose(np.diff(edges), 0.04, rtol=1e-9)
    np.testing.assert_allclose(heights, counts / SAMPLE.size, atol=2 / SAMPLE.size)
    assert heights.sum() == pytest.approx(1, abs=1e-12)
    assert COLOURS[to_hex(bars.get_facecolor())] == NAMES[axes.get_title()] == name
    (recorded,) = (s for s in drawings["3"].series if s.panel == name)
    np.testing.assert_array_equal(recorded.y, heights)
    np.testing.assert_allclose(recorded.x, (edges[:-1] + edges[1:]) / 2, atol=1e-15)


def test_negative_region_is_the_gradient_and_its_magnitude(drawings, textbook):
    """f' left of 0, and |f'| on a logarithmic axis."""
    gradient, magnitude = (panel(drawings["3b"], gid) for gid in ("gradient", "magnitude"))
    assert_drawn(gradient, MODERN, lambda name: textbook[name][1], (-5, 0))
    alive = [name for name in MODERN if name != "relu"]
    assert_drawn(magnitude, alive, lambda name: lambda x: abs(textbook[name][1](x)), (-5, 0))
    assert (gradient.get_yscale(), magnitude.get_yscale()) == ("linear", "log")
    assert_named(gradient, MODERN)


def test_gelu_forms_and_their_errors_are_drawn(drawings, textbook):
    """Both forms, their difference, its largest value, and its share of the exact form."""
    values, errors, relative = (
        panel(drawings["4"], gid) for gid in ("values", "error", "relative error")
    )
    exact, form = textbook["gelu"][0], textbook["gelu_tanh"][0]
    for line, function in zip(values.lines, (exact, form), strict=True):
        np.testing.assert_allclose(line.get_ydata(), function(line.get_xdata()), rtol=1e-9)
    assert [line.get_label() for line in values.lines] == ["exact (erf)", "tanh form"]
    error, dots = errors.lines
    x = error.get_xdata()
    np.testing.assert_allclose(error.get_ydata(), form(x) - exact(x), atol=1e-14)
    assert np.max(abs(form(x) - exact(x))) <= dots.get_ydata()[0] * (1 + 1e-9)
    np.testing.assert_allclose(dots.get_ydata(), form(dots.get_xdata()) - exact(dots.get_xdata()))
    (share,) = relative.lines
    x, y = share.get_data()
    seen = y > 1e-8
    np.testing.assert_allclose(y[seen], abs(form(x) / exact(x) - 1)[seen], atol=1e-13)
    assert np.count_nonzero(seen) > x.size / 2
    assert [axes.get_yscale() for axes in (values, errors, relative)] == ["linear", "linear", "log"]


def test_classic_and_modern_gradients_are_drawn(drawings, textbook):
    """f' of the two that saturate, above that of the four that do not."""
    for gid, names in (("classic", CLASSIC), ("modern", MODERN)):
        axes = panel(drawings["5"], gid)
        assert gid in axes.get_title().lower()
        assert_drawn(axes, names, lambda name: textbook[name][1], (-10, 10))
        assert_named(axes, names)


@pytest.mark.parametrize("name", SIX)
def test_layers_are_the_means_and_the_spreads_of_the_sample(drawings, textbook, name):
    """The mean of |gradient| by the chain rule, and the standard deviation, after each layer."""
    f, slope = textbook[name]
    x, gradient = SAMPLE, np.ones_like(SAMPLE)
    means, spreads = [1.0], [np.std(x)]
    for _ in range(10):
        gradient = gradient * slope(x)
        x = f(x)
        means.append(np.mean(abs(gradient)))
        spreads.append(np.std(x))
    for gid, expected in (("gradient", means), ("spread", spreads)):
        axes = panel(drawings["6"], gid)
        layers, drawn = curves(axes)[name]
        np.testing.assert_array_equal(layers, range(11))
        np.testing.assert_allclose(drawn, expected, rtol=1e-9)
        assert axes.get_yscale() == "log"
        assert_named(axes, SIX)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "gelu", "silu"])
def test_temperature_is_the_k_of_the_legend(drawings, textbook, name):
    """f(kx), or f(kx)/k where the title says so, and the limit that it nears."""
    axes = panel(drawings["7"], name)
    divided = "k$" in axes.get_title().replace(r"\,", "").replace("(kx)", "")
    assert NAMES[axes.get_title().partition(":")[0]] == name
    assert divided == (name in MODERN)
    lines = {line.get_label(): line.get_data() for line in axes.lines}
    for k in (1, 2, 5, 20):
        x, y = lines[f"$k = {k}$"]
        assert (x[0], x[-1]) == (-3, 3)
        expected = textbook[name][0](k * x) / (k if divided else 1)
        np.testing.assert_allclose(y, expected, rtol=1e-9, atol=1e-14)
    x, y = lines["$k \\to \\infty$"]
    steep = textbook[name][0](1e6 * x) / (1e6 if divided else 1)
    np.testing.assert_allclose(y[x != 0], steep[x != 0], atol=1e-6)
    assert sum(label.startswith("$k") for label in lines) == 5


def test_extended_range_is_value_and_gradient(drawings, textbook):
    """Over [-20, 20], as the titles of the panels say."""
    for order, (gid, word) in enumerate((("values", "Forward"), ("gradients", "Gradient"))):
        axes = panel(drawings["8"], gid)
        assert axes.get_title() == f"{word} Values Over Extended Range [-20, 20]"
        assert_drawn(axes, SIX, lambda name, order=order: textbook[name][order], (-20, 20))
    assert_named(panel(drawings["8"], "values"), SIX)


def signed_log(y):
    """Return sign(y) (log10|y| + 324), as the ticks of Example 8b have it."""
    y = np.asarray(y, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(y == 0, 0, np.sign(y) * (np.log10(abs(y)) + 324))


@pytest.mark.parametrize("name", SIX)
def test_whole_range_is_value_and_gradient_on_signed_logarithms(drawings, textbook, name):
    """Both lines are what was recorded, and between -20 and 20 what SciPy says."""
    axes = panel(drawings["8b"], name)
    assert NAMES[axes.get_title()] == name
    series = {s.name: s for s in drawings["8b"].series if s.panel == name}
    value, gradient = axes.lines
    assert to_hex(gradient.get_color()) == "#000000"
    for order, (line, one) in enumerate(((value, series["value"]), (gradient, series["gradient"]))):
        np.testing.assert_allclose(line.get_xdata(), signed_log(one.x), atol=1e-9)
        np.testing.assert_allclose(line.get_ydata(), signed_log(one.y), atol=1e-9)
        near = (abs(one.x) <= 20) & (one.x != 0)
        expected = textbook[name][order](one.x[near])
        np.testing.assert_allclose(one.y[near], expected, rtol=1e-6, atol=1e-14)
    ticks = [tick.get_text() for tick in axes.get_xticklabels()]
    assert ticks in ([], ["$-10^{300}$", "$-1$", "0", "1", "$10^{300}$"])
    np.testing.assert_allclose(axes.get_xticks(), signed_log([-1e300, -1, 0, 1, 1e300]))
