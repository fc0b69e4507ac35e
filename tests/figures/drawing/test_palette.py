"""Styles of lines: no two activations alike, in colour or in grey."""

import pytest
from matplotlib.colors import to_rgb

from figures.drawing import palette
from figures.measuring.demonstrated import ACTIVATIONS, DEMONSTRATED

STYLES = [palette.style_of(name) for name in ACTIVATIONS]


@pytest.mark.parametrize("part", ["color", "linestyle"])
def test_no_two_demonstrated_share_a_part_of_their_style(part):
    """Colour alone tells the lines of the report's examples apart, and dashes alone do."""
    styles = {palette.style_of(name)[part] for name in DEMONSTRATED}
    assert len(styles) == len(DEMONSTRATED)


def test_colours_stand_out_from_paper():
    """No line is so light that it fades on white: its luminance is below 0.7."""
    luminances = [
        sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), to_rgb(style["color"]), strict=True))
        for style in STYLES
    ]
    assert max(luminances) < 0.7


def test_demonstrated_keep_their_styles_in_a_larger_catalogue(monkeypatch):
    """Whatever joins the catalogue, and wherever, the pictures of the report stay as they are."""
    before = {name: palette.style_of(name) for name in DEMONSTRATED}
    monkeypatch.setattr(palette, "ACTIVATIONS", dict.fromkeys(["elu", *ACTIVATIONS, "mish"]))
    assert {name: palette.style_of(name) for name in DEMONSTRATED} == before
    assert palette.style_of("elu") not in before.values()


def test_newcomer_has_a_style_of_its_own(monkeypatch):
    """Activations beyond the seventh reuse a colour, never a colour with the same dashes."""
    names = [f"f{i}" for i in range(20)]
    monkeypatch.setattr(palette, "ACTIVATIONS", dict.fromkeys(names))
    styles = [palette.style_of(name) for name in names]
    assert len({(style["color"], style["linestyle"]) for style in styles}) == len(names)
