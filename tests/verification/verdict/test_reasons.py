"""Small candidates from public reports, each of a kind: what is told of them, and what is not."""

from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from reference import ACTIVATIONS, gelu, gelu_tanh, relu, sigmoid, silu, tanh
from verification.verdict.check import check

F, H, B = np.float32, np.float16, ml_dtypes.bfloat16


@dataclass(frozen=True)
class Case:
    """What is computed, and the reason that is told of the first finding."""

    activation: str
    dtype: Any
    why: str
    function: Any
    subject: str = "value"


def quiet(function):
    """In the dtype of x, without warnings."""

    def wrapped(x):
        with np.errstate(all="ignore"):
            return np.asarray(function(x)).astype(x.dtype)

    return wrapped


def unwritten(width, first):
    """SiLU with columns that are not written, in rows of at least a width."""

    def forward(x):
        y = np.asarray(silu(x)).copy()
        if x.ndim >= 2 and x.shape[-1] >= width:
            y[..., first:] = -7
        return y

    return forward


def transposed(x):
    """SiLU that takes Fortran order for C order."""
    if x.ndim == 2 and x.flags.f_contiguous and not x.flags.c_contiguous:
        return np.asarray(silu(x.ravel(order="K"))).reshape(x.shape)
    return np.asarray(silu(x))


CASES = {
    "zeros in a band": Case(
        "sigmoid",
        F,
        "0 for x from -88.7 to -88 alone",
        quiet(lambda x: np.where((x > F(-88.72)) & (x < F(-88)), F(0), sigmoid(x))),
    ),
    "NaN in a band": Case(
        "sigmoid",
        F,
        "NaN for x from 88.7188 to 88.7228 alone",
        quiet(lambda x: np.where((x > F(88.7)) & (x < F(88.7228)), F(np.nan), sigmoid(x))),
    ),
    "one number": Case(
        "tanh",
        F,
        "wrong for x = 0.707106769 alone",
        quiet(lambda x: np.where(x == F(0.70710677), F(0.61), tanh(x))),
    ),
    "columns": Case("silu", F, "columns from 512 on are not written: they", unwritten(767, 512)),
    "Fortran order": Case("silu", F, "elements are mixed up", transposed),
    "a term in the tail": Case(
        "silu",
        F,
        "for x from -10",
        quiet(lambda x: np.where(x < -44, sigmoid(x), silu.derivative(x))),
        "derivative",
    ),
    "infinity from 3e38 on": Case(
        "relu",
        F,
        "it overflows from |x| = 3",
        quiet(lambda x: np.where(x > F(3e38), np.inf, relu(x))),
    ),
    "infinity in a band": Case(
        "silu",
        F,
        "inf for x from 3 to 3.5 alone",
        quiet(lambda x: np.where((x > 3) & (x < 3.5), np.inf, silu(x))),
    ),
    "a sigmoid stored in bfloat16": Case(
        "silu",
        F,
        "sigmoid(x) is rounded to bfloat16",
        quiet(lambda x: np.where(x < -80, silu(x), x * sigmoid(x).astype(B).astype(F))),
    ),
    "upstream in bfloat16": Case(
        "gelu",
        F,
        "upstream is rounded to bfloat16",
        lambda x, u: gelu.derivative(x) * u.astype(B).astype(F),
        "backward",
    ),
    "a tail cut off in bfloat16": Case(
        "gelu",
        B,
        "the tail is cut off at 5.5",
        quiet(lambda x: np.where(x <= B(-5.5), B(-0.0), gelu(x))),
    ),
    "a tail cut off in float16": Case(
        "gelu",
        H,
        "the tail is cut off at 5.1",
        quiet(lambda x: np.where(x <= H(-5.1), H(-0.0), gelu(x))),
    ),
    "1 - σ(-x) in bfloat16": Case(
        "sigmoid",
        B,
        "1 - sigmoid(-x) cancels",
        quiet(lambda x: np.where(x < 0, B(1) - sigmoid(-x), sigmoid(x))),
    ),
    "1 - σ(-x)": Case(
        "sigmoid",
        F,
        "1 - sigmoid(-x) cancels",
        quiet(lambda x: np.where(x < 0, F(1) - sigmoid(-x), sigmoid(x))),
    ),
    "x (1 - σ(-x))": Case(
        "silu",
        F,
        "1 - sigmoid(-x) cancels",
        quiet(
            lambda x: np.where(
                x == -np.inf, F(0), x * np.where(x < 0, F(1) - sigmoid(-x), sigmoid(x))
            )
        ),
    ),
    "0/0": Case(
        "silu",
        F,
        "0/0, or likewise: NaN at x = 0 alone",
        quiet(lambda x: np.where(x == 0, F(np.nan), silu.derivative(x))),
        "derivative",
    ),
    "an approximation": Case(
        "tanh",
        F,
        "an approximation: a smooth relative error of up to 0.0001",
        quiet(lambda x: tanh(x) * (1 + 1e-4 * np.sin(3 * np.clip(x, -20, 20).astype(float)))),
    ),
    "saturation": Case(
        "tanh",
        H,
        "it saturates at ±1.03, not at the limit",
        quiet(lambda x: np.where(np.abs(x) > 4, np.sign(x) * H(1.031), tanh(x))),
    ),
    "float16 in the middle": Case(
        "gelu_tanh",
        F,
        "computed in float16",
        quiet(lambda x: np.where(x <= F(-11), 0, np.where(x >= 10, x, gelu_tanh(x.astype(H))))),
    ),
}


def judged(case):
    """The verdict on a case, the value right beside another subject."""
    others = {} if case.subject == "value" else {case.subject: case.function}
    value = case.function if case.subject == "value" else ACTIVATIONS[case.activation]
    return check(value, case.activation, dtype=case.dtype, **others)


@pytest.mark.parametrize("name", CASES)
def test_the_first_finding_has_its_reason(name):
    """In the words that tell a maintainer what to do."""
    verdict = judged(CASES[name])
    assert CASES[name].why in (verdict.findings[0].why or ""), str(verdict)


def test_a_tail_is_cut_off_where_close_results_are_enough():
    """Further out zeros are close, and none of them a number."""

    def forward(x):
        return np.where(x < -5, F(-0.0), gelu(x))

    [finding] = check(forward, "gelu", require="close").findings
    assert finding.why.startswith("the tail is cut off at 5")
    assert finding.region.low > -6


def test_a_broken_law_has_the_reason_of_the_results_that_break_it():
    """What is wrong in the tail is none of a range that is left elsewhere."""

    def forward(x):
        y = quiet(lambda x: x * (1 / (1 + np.exp(-x))))(x)
        return np.where((x > -1.3) & (x < -1.25), y * F(1 + 2.0**-20), y)

    found = check(forward, "silu").symptoms
    [tail] = [one for one in found if one.kind == "flushed"]
    [law] = [one for one in found if one.kind == "out of bounds"]
    assert "overflows" in tail.why
    assert law.why != tail.why


def test_distant_regions_have_reasons_of_their_own():
    """Zeros from -3.1 to -3.5, and 0.01 beyond; nothing is cut off."""
    forward = quiet(lambda x: np.where(x < -3.5, F(0.01), np.where(x < -3.1, F(-0.0), gelu(x))))
    whys = [finding.why for finding in check(forward, "gelu").findings]
    assert "0 for x from -3.5 to -3.1 alone" in whys
    assert "all of these results are 0.01, as if they were not written" in whys


def test_a_constant_is_found_from_the_results():
    """And told with the digits that it was typed with."""
    root = np.sqrt(2 / np.pi)
    forward = quiet(
        lambda x: (
            0.5 * x * (1 + np.tanh(root * (x.astype(float) + 0.044175 * x.astype(float) ** 3)))
        )
    )
    verdict = check(forward, "gelu_tanh", domain=(-20, 20))
    assert verdict.findings[0].why == "the constant 0.044715 is 0.044175, not 0.044715"


def test_several_roundings_are_no_mistake_by_name():
    """Of a stable form whose roundings add up to a little more than the tolerance."""

    def inline(x):
        with np.errstate(all="ignore"):
            e = np.exp(-np.abs(x))
            s = F(1) / (F(1) + e)
            return e * s * s

    [finding] = check(sigmoid, "sigmoid", derivative=inline).findings
    assert finding.why.startswith("several roundings add up")
