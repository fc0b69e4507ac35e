"""What is shown of a mistake: the simplest input at which it happens, in the domain asked for."""

import numpy as np
import pytest

from reference import sigmoid, silu
from verification.examination.domain import Domain
from verification.verdict.check import check


def raising(happens):
    """A SiLU that refuses arrays in which it happens."""

    def forward(x):
        if happens(x).any():
            raise ValueError("refused")
        return silu(x)

    return forward


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize(
    ("happens", "at"),
    [
        (lambda x: np.ones(x.shape, bool), 0.0),
        (lambda x: np.abs(x) > 100, 128.0),
        (lambda x: x < -0.75, -1.0),
    ],
    ids=["always", "beyond 100", "left of -0.75"],
)
def test_an_exception_is_shown_at_a_simple_input(happens, at, dtype):
    """Not at the first one that is tried."""
    [finding] = check(raising(happens), "silu", dtype=dtype).findings
    assert (finding.kind, finding.at) == ("exception", at)
    assert "within" not in finding.snippet


def test_in_a_domain_an_exception_is_shown_within_it():
    """0 and 1 are not asked about."""
    [finding] = check(raising(lambda x: np.ones(x.shape, bool)), "silu", domain=(3, 20)).findings
    assert finding.at == 16.0


def nowhere_beyond(limit):
    """A gate that has no number where its other input is larger."""

    def forward(x, y):
        right = (silu(x.astype(np.float64)) * y).astype(x.dtype)
        return np.where(np.abs(y) > limit, x.dtype.type(np.nan), right)

    return forward


def test_a_domain_is_that_of_both_inputs_of_a_gate():
    """And what happens in it is found."""
    options = {"formula": "x * sigmoid(x) * y", "domain": (-20, 20)}
    with np.errstate(all="ignore"):
        assert check(nowhere_beyond(20), **options)
        assert not check(nowhere_beyond(15), **options)


@pytest.mark.parametrize(
    "intervals", [((-20.0, 20.0),), ((3.0, 20.0),), ((-5.0, -2.0), (2.0, 2.5))]
)
def test_numbers_outside_a_domain_are_replaced_by_others_within(intervals):
    """The others stay what they are."""
    domain = Domain(intervals)
    numbers = np.linspace(-1000, 1000, 4001).astype(np.float32)
    kept = domain.kept(numbers)
    assert domain.covers(kept).all()
    inside = domain.covers(numbers)
    assert np.array_equal(kept[inside], numbers[inside])
    assert np.unique(kept[~inside]).size > 1000
    assert domain.kept(np.float32(1000).reshape(())).shape == ()
    assert np.array_equal(domain.kept(numbers.reshape(-1, 1)), kept.reshape(-1, 1))


def test_no_number_is_rounded_out_of_a_narrow_domain():
    """The float32 number next to 0.7 is below it, and half of these are next to an end."""
    domain = Domain(((0.7, 0.7000001),))
    numbers = np.linspace(-1, 1, 101).astype(np.float32)
    assert float(np.float32(0.7)) < 0.7
    assert domain.covers(domain.kept(numbers)).all()


def test_a_gate_in_a_domain_is_called_with_arrays_of_all_shapes():
    """Both gradients, and without dimensions too."""

    def gradients(x, y, upstream):
        s = np.asarray(sigmoid(x.astype(np.float64)))
        slope = s * (1 + x * np.asarray(sigmoid(-x.astype(np.float64))))
        both = slope * y * upstream, x * s * upstream
        return tuple(gradient.astype(x.dtype) for gradient in both)

    options = {"formula": "x * sigmoid(x) * y", "domain": (-20, 20), "require": "close"}
    verdict = check(nowhere_beyond(20), backward=gradients, **options)
    assert verdict, str(verdict)
    assert set(verdict.grades) == {"value", "backward_x", "backward_y"}
