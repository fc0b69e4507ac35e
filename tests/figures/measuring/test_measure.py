"""Measurements on functions whose answers are known."""

import math

import numpy as np
import pytest

from figures.measuring import measurements as measure


def test_maximum_is_found_between_grid_points():
    """The maximum of a parabola is found to a small part of the grid's step."""
    where, value = measure.maximum(lambda x: 2 - (x - math.pi) ** 2, 0, 10)
    assert where == pytest.approx(math.pi, abs=1e-7)
    assert value == pytest.approx(2, abs=1e-14)


def test_maximum_of_a_plateau_is_its_middle():
    """Where rounding makes a maximum flat, its middle is reported."""
    assert measure.maximum(lambda x: np.minimum(1.0, 2 - abs(x)), -4, 4) == (0.0, 1.0)


def test_minimum_is_the_maximum_of_the_negative():
    """The minimum comes with its own sign."""
    assert measure.minimum(np.cos, 0, 6) == pytest.approx((math.pi, -1), abs=1e-7)


def test_sign_changes_are_bracketed_to_neighbouring_doubles():
    """The point reported has the old sign, the next double the new one."""
    (before,) = measure.sign_changes(lambda x: np.asarray(x) - 1 / 3, np.linspace(0, 1, 11))
    assert before < 1 / 3 <= math.nextafter(before, 1)


def test_every_scale_covers_each_binade():
    """The inputs hold both signs of every power of two, subnormal ones too."""
    x = measure.every_scale()
    assert np.all(np.diff(x) > 0)
    assert {sign * 2.0**e for e in range(-1074, 1024) for sign in (-1, 1)} <= set(x)


def test_pre_activations_are_those_of_seed_42():
    """The sample is the one the report names."""
    expected = np.random.default_rng(42).standard_normal(100_000)
    np.testing.assert_array_equal(measure.pre_activations(), expected)
