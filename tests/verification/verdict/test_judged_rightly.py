"""What hides in a narrow band, in a row, or in a convention: each kind of case, judged rightly."""

import warnings

import numpy as np
import pytest

from reference import gelu, relu, sigmoid, silu, tanh
from verification.errors import UsageError
from verification.observation import grid
from verification.verdict.check import check

F = np.float32


def where(condition, wrong, right):
    """Right, but where a condition holds."""

    def forward(x):
        with np.errstate(all="ignore"):
            return np.where(condition(x), wrong(x), np.asarray(right(x))).astype(x.dtype)

    return forward


def constant(number):
    """The same for each x."""
    return lambda x: np.full(x.shape, number, x.dtype)


BANDS = {
    "zeros below ln of the largest": (
        "sigmoid",
        where(lambda x: (x > -88.72) & (x < -88), constant(0), sigmoid),
    ),
    "NaN before ln of the largest": (
        "sigmoid",
        where(lambda x: (x > 88.7) & (x < 88.7228), constant(np.nan), sigmoid),
    ),
    "256 neighbours": (
        "tanh",
        where(lambda x: (x >= 0.3) & (x < F(0.3) + 256 * np.spacing(F(0.3))), constant(0.5), tanh),
    ),
    "a number that people type": (
        "tanh",
        where(lambda x: x == F(np.sqrt(0.5)), constant(0.61), tanh),
    ),
    "another one": ("silu", where(lambda x: x == F(1.702), constant(1.4), silu)),
}


@pytest.mark.whole_promise
@pytest.mark.parametrize("name", BANDS)
def test_a_narrow_band_does_not_hide(name):
    """Of 256 neighbouring numbers one is tried, and thresholds and constants besides."""
    activation, forward = BANDS[name]
    assert not check(forward, activation)


@pytest.mark.whole_promise
def test_a_verdict_promises_what_was_tried():
    """By format, and after a domain."""
    assert check(np.tanh, "tanh").promise == {"value": 256}
    assert "no wrong band of 256 neighbouring numbers or more can hide" in str(
        check(np.tanh, "tanh")
    )
    assert check(np.tanh, "tanh", dtype="float16").promise == {"value": 1}
    assert check(np.tanh, "tanh", dtype="float64").promise["value"] > 1 << 40
    assert check(np.tanh, "tanh", domain=(-1, 1)).promise == {"value": 256}


def test_a_slow_candidate_is_tried_at_fewer_numbers(monkeypatch):
    """And the promise says so."""
    monkeypatch.setattr(grid, "FINEST", 1 << 8)
    monkeypatch.setattr(grid, "MOST", 0.0)
    verdict = check(np.tanh, "tanh")
    assert verdict.passed
    assert verdict.promise["value"] > 1 << 16


@pytest.mark.parametrize("width", [768, 1000, 4096])
def test_columns_that_are_not_written_are_found(width):
    """In rows of the usual widths alone."""

    def forward(x):
        y = np.asarray(silu(x)).copy()
        if x.ndim == 2 and x.shape[-1] == width:
            y[..., width // 3 :] = -7
        return y

    [finding] = check(forward, "silu").findings
    assert finding.kind == "layout"
    assert f"{width})" in finding.detail


def test_elements_beyond_a_length_are_found():
    """By what a longer array shows."""

    def forward(x):
        y = np.asarray(silu(x)).copy()
        if x.ndim == 1 and x.size > 1000:
            y[1000:] = -7
        return y

    assert not check(forward, "silu")


@pytest.mark.parametrize("orders", ["CF", "FC"])
def test_x_and_upstream_may_have_different_layouts(orders):
    """One in Fortran order and the other not."""

    def backward(x, upstream):
        mixed = x.ndim == 2 and min(x.shape) > 1
        mixed &= x.flags["F_CONTIGUOUS"] == (orders[0] == "F")
        mixed &= upstream.flags["F_CONTIGUOUS"] == (orders[1] == "F")
        mixed &= x.flags.forc and upstream.flags.forc
        return relu.backward(x, upstream[::-1] if mixed else upstream)

    verdict = check(relu, "relu", backward=backward)
    assert [finding.kind for finding in verdict.findings] == ["layout"]


def test_numbers_of_another_shape_are_judged_all_the_same():
    """Beside the finding about the shape."""
    verdict = check(lambda x: np.asarray(gelu(x) * F(1.01)).reshape(1, -1), "gelu")
    assert {"shape", "inaccurate"} <= {symptom.kind for symptom in verdict.symptoms}


ZEROS = {
    "underflowed": where(lambda x: x < -110, constant(0), silu),
    "at an infinity": where(lambda x: x == -np.inf, constant(0), silu),
}


@pytest.mark.parametrize("name", ZEROS)
def test_the_sign_of_a_zero_that_underflowed_is_a_convention(name):
    """Told, and held against nobody but by a strict check."""
    verdict = check(ZEROS[name], "silu")
    assert verdict.passed, str(verdict)
    assert any("zeros have another sign" in convention.text for convention in verdict.conventions)
    assert not check(ZEROS[name], "silu", strict=True)


def test_the_sign_of_a_zero_at_zero_counts():
    """tanh(-0) is -0."""
    found = check(lambda x: np.asarray(tanh(x)) + F(0), "tanh").symptoms
    assert [symptom.kind for symptom in found] == ["sign of zero"]


def test_a_warning_is_a_convention():
    """Unless the check is strict."""

    def forward(x):
        warnings.warn("here", RuntimeWarning, stacklevel=2)
        return tanh(x)

    verdict = check(forward, "tanh")
    assert verdict.passed
    assert verdict.grades == {"value": "correct"}
    assert any("here" in convention.text for convention in verdict.conventions)
    assert not check(forward, "tanh", strict=True)


def test_both_zeros_at_a_kink_are_told():
    """The derivative may be one thing at +0 and another at -0."""

    def slope(x):
        return np.where(np.isnan(x), x, (x > 0) | ((x == 0) & np.signbit(x))).astype(x.dtype)

    verdict = check(relu, "relu", derivative=slope)
    assert verdict.passed, str(verdict)
    [told] = [convention.text for convention in verdict.conventions if "kink" in convention.text]
    assert "0.0 at +0" in told
    assert "1.0 at -0" in told


def test_a_domain_leaves_the_rest_alone():
    """Inputs outside of it, infinities, NaN, and extreme upstreams."""

    def forward(x):
        assert not x.size or (np.abs(x) <= 20).all()
        return tanh(x)

    verdict = check(forward, "tanh", domain=(-20, 20), derivative=tanh.derivative)
    assert verdict.passed, str(verdict)
    assert "domain [-20, 20]" in str(verdict)
    assert check(where(np.isinf, constant(0), tanh), "tanh", domain="finite").passed
    in_parts = check(
        where(lambda x: np.abs(x) < 1, constant(0), tanh), "tanh", domain=[(-9, -1), (1, 9)]
    )
    assert in_parts.passed


@pytest.mark.parametrize("domain", [5, "all", (2, 1), (0, np.inf), [], [(1, 2, 3)], (np.nan, 1)])
def test_what_is_no_domain_is_refused(domain):
    """In one sentence."""
    with pytest.raises(UsageError, match="expected a domain"):
        check(tanh, "tanh", domain=domain)
