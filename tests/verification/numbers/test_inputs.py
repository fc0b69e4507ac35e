"""The inputs: deterministic, and where they are promised to be."""

import numpy as np
import pytest

from reference import ACTIVATIONS
from reference.arithmetic.formats import FORMATS
from verification.numbers.inputs import (
    every_cell,
    every_finite,
    from_ordinals,
    neighbours,
    ordinals,
    stratified,
    upstreams_of_every_binade,
)

wide_formats = [FORMATS["float32"], FORMATS["float64"]]


@pytest.mark.parametrize("format_", FORMATS.values(), ids=list(FORMATS))
def test_ordinals_count_the_numbers_of_a_format(format_):
    """Neighbouring positions are neighbouring numbers, and the way back is exact."""
    positions = np.array([-300, -1, 0, 1, 2, 300])
    numbers = from_ordinals(positions, format_)
    assert (ordinals(numbers, format_) == positions).all()
    assert float(from_ordinals(np.array([1]), format_)[0]) == format_.smallest


@pytest.mark.parametrize("name", ["float16", "bfloat16"])
def test_16_bit_formats_are_tried_in_full(name):
    """Every finite pattern once, both zeros among them."""
    format_ = FORMATS[name]
    finite = every_finite(format_)
    patterns = np.unique(finite.view(format_.bits))
    assert patterns.size == finite.size
    everything = np.arange(1 << 16, dtype=np.uint32).astype(np.uint16).view(format_.dtype)
    with np.errstate(invalid="ignore"):
        assert finite.size == np.isfinite(everything.astype(np.float64)).sum()


@pytest.mark.parametrize("format_", wide_formats, ids=lambda f: f.name)
@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=list(ACTIVATIONS))
def test_every_binade_of_both_signs_is_tried(activation, format_):
    """Subnormal ones included."""
    x = stratified(activation, format_).astype(np.float64)
    for side in (x[x > 0], -x[x < 0]):
        _, exponents = np.frexp(side)
        expected = np.arange(format_.emin - format_.precision + 2, format_.emax + 2)
        assert np.isin(expected, exponents).all()


@pytest.mark.parametrize("format_", wide_formats, ids=lambda f: f.name)
@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=list(ACTIVATIONS))
def test_the_twelve_neighbours_of_roots_and_kinks_are_tried(activation, format_):
    """On either side, at every order."""
    x = stratified(activation, format_)
    points = [root for function in activation.orders for root in function.roots]
    points += [kink.at for kink in activation.kinks]
    assert np.isin(neighbours(np.array(points), format_, 12), x).all()


@pytest.mark.parametrize("format_", wide_formats, ids=lambda f: f.name)
def test_every_cell_of_a_table_is_tried_twice(format_):
    """Of 1/1024, on [-16, 16)."""
    cells = np.floor(every_cell(format_).astype(np.float64) * 1024).astype(int)
    numbers, counts = np.unique(cells, return_counts=True)
    assert np.array_equal(numbers, np.arange(-16384, 16384))
    assert (counts == 2).all()


@pytest.mark.parametrize("format_", FORMATS.values(), ids=list(FORMATS))
def test_upstreams_are_of_every_binade(format_):
    """Subnormal ones of both signs and the largest number among them, and no infinity."""
    upstream = upstreams_of_every_binade(16000, format_).astype(np.float64)
    for side in (upstream[upstream > 0], -upstream[upstream < 0]):
        _, exponents = np.frexp(side)
        expected = np.arange(format_.emin - format_.precision + 2, format_.emax + 2)
        assert np.array_equal(np.unique(exponents), expected)
        assert side.max() == format_.largest


def test_inputs_are_the_same_every_time():
    """No randomness that is not fixed."""
    for format_ in wide_formats:
        first, second = (stratified(ACTIVATIONS["gelu"], format_) for _ in range(2))
        assert np.array_equal(first, second)
