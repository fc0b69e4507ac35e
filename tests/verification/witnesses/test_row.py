"""Rows: the worst input is the one that is shown, and nothing untried passes."""

from math import inf, isnan, nan

import numpy as np

from verification.witnesses.row import Claim

CLAIM = Claim("gelu", 1, "balls", "float64")


def judge(ulp, bound):
    """Judge errors at the inputs 0, 1, 2, ..."""
    ulp = np.array(ulp, float)
    return CLAIM.judge(np.arange(float(ulp.size)), ulp, ulp / 8, np.array(bound, float))


def test_the_input_nearest_to_its_bound_is_shown():
    """With bounds that differ, that need not be the largest error."""
    row = judge([3.0, 0.4, 1.0], [10.0, 0.5, 10.0])
    assert (row.where, row.ulp, row.absolute, row.bound, row.passed) == (1, 0.4, 0.05, 0.5, True)


def test_one_error_past_its_bound_fails_the_row():
    """And it is the one that is shown."""
    row = judge([3.0, 0.6, 1.0], [10.0, 0.5, 10.0])
    assert (row.where, row.ulp, row.passed) == (1, 0.6, False)


def test_a_breach_of_a_law_outranks_all_else():
    """Also beside bounds that are not 0."""
    row = judge([9.0, 1.0, 0.0], [10.0, 0.0, 0.0])
    assert (row.where, row.passed) == (1, False)


def test_an_error_that_is_nan_fails():
    """It counts as infinite."""
    row = judge([nan, 0.1], 0.5)
    assert (row.where, row.ulp, row.passed) == (0, inf, False)


def test_a_claim_without_inputs_has_not_passed():
    """Nothing was tried."""
    row = judge([], 0.5)
    assert row.inputs == 0
    assert isnan(row.where)
    assert not row.passed


def test_a_law_holds_at_every_input_or_fails():
    """With the first input that breaks it."""
    x = np.array([5.0, 6.0, 7.0])
    assert CLAIM.law(x, np.array([False, False, False])).passed
    row = CLAIM.law(x, np.array([False, True, True]))
    assert (row.where, row.passed, row.inputs) == (6, False, 3)
