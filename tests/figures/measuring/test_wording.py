"""Numbers and lists in sentences."""

import pytest

from figures.measuring import wording


@pytest.mark.parametrize(
    ("value", "written"),
    [
        pytest.param(0.25, "0.25", id="exact decimals are not padded"),
        pytest.param(2.7000123, "2.70", id="measured ones keep their digits"),
        pytest.param(-1.2784645, "−1.28", id="true minus"),
        pytest.param(4.7321e-4, "4.73 × 10⁻⁴", id="powers of ten below 0.001"),
        pytest.param(-9.9996e-4, "−1.00 × 10⁻³", id="rounding up across a power"),
        pytest.param(0.0, "0", id="zero"),
        pytest.param(1000.0, "1000", id="thousand"),
        pytest.param(float("inf"), "∞", id="infinity"),
        pytest.param(float("nan"), "NaN", id="NaN"),
    ],
)
def test_number_is_written_for_readers(value, written):
    """Three significant digits, and powers of ten where decimals would be long."""
    assert wording.number(value) == written


@pytest.mark.parametrize(
    ("fraction", "written"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.50376, "50.4 %"),
        (1e-6, "less than 0.1 %"),
        (1 - 1e-6, "more than 99.9 %"),
    ],
)
def test_only_all_is_all_and_only_none_is_none(fraction, written):
    """0 % and 100 % are written of exactly 0 and 1 alone."""
    assert wording.percent(fraction) == written


@pytest.mark.parametrize(
    ("items", "written"), [("", "none"), ("A", "A"), ("AB", "A and B"), ("ABC", "A, B and C")]
)
def test_listing_ends_in_and(items, written):
    """Commas between, "and" before the last."""
    assert wording.listing(items) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (-0.0, "−0"),
        (float("-inf"), "−∞"),
        (-0.7517915246935645, "−0.7517915246935645"),
        (0.25, "0.25"),
    ],
)
def test_facts_keep_every_digit_and_sign(value, written):
    """A root is written to the last digit and a negative zero with its sign."""
    assert wording.signed(value) == written


def test_relations_are_not_broken_over_lines():
    """Spaces inside relations, products, percentages and pairs do not break."""
    text = wording.typographic("GELU's at x = −5, 4 × 10⁻⁴ or 80 % of N(0, 1) in [−5, 5]")
    assert text.replace("\u00a0", "_") == (
        "GELU’s at x_=_−5, 4_×_10⁻⁴ or 80_% of N(0,_1) in [−5,_5]"
    )
