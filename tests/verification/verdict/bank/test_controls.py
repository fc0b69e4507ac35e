"""What the bank has wrong, done right: stable forms in every format raise no alarm."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, ndtr

from reference import ACTIVATIONS
from verification.verdict.check import check

from .exponential import CELU, left
from .gaussian import GAUSSIAN_GATE
from .helpers import flush, wide
from .rectifiers import HARD_SWISH, RELU_6, hard_swish_slope
from .saturating import LECUN_TANH, SOFTCAP
from .selu_and_bell import ELU_PLUS_1, SELU, selu
from .softplus_kin import LOG_SIGMOID, SQUAREPLUS, squareplus, squareplus_slope
from .softplus_like import SCALED, soft
from .swishes import QUICK_GELU, SNAKE
from .thresholds import HARD_MISH

INF = np.inf

# Formats with fewer bits than what a double is rounded to once.
NARROW = ("float16", "bfloat16", "float32")


@dataclass(frozen=True)
class Control:
    """A formula, its value and slope over doubles, and their limits at -∞ and ∞ where need be."""

    formula: str
    value: Callable[[Any], Any]
    slope: Callable[[Any], Any]
    ends: tuple[float, float] | None = None
    slopes: tuple[float, float] | None = None
    parameters: dict[str, float] = field(default_factory=dict)


def limited(function, ends):
    """Over doubles, rounded once, with its limits."""

    def rounded(x):
        with np.errstate(all="ignore"):
            limits = np.where(x > 0, *ends[::-1])
            return np.where(np.isinf(x), limits, function(x))

    return wide(function if ends is None else rounded)


CONTROLS = [
    Control(
        SCALED, lambda x: soft(1.7 * x) / 1.7, lambda x: expit(1.7 * x), parameters={"beta": 1.7}
    ),
    Control(LOG_SIGMOID, lambda x: -soft(-x), lambda x: expit(-x)),
    Control(SQUAREPLUS, lambda x: squareplus(x, 4), squareplus_slope, parameters={"b": 4.0}),
    Control(
        SELU,
        selu,
        lambda x: 1.0507009873554805 * np.where(x > 0, 1, 1.6732632423543772 * np.exp(left(x))),
    ),
    Control(
        CELU,
        lambda x: np.where(x > 0, x, 1.5 * np.expm1(left(x) / 1.5)),
        lambda x: np.where(x > 0, 1, np.exp(left(x) / 1.5)),
        parameters={"alpha": 1.5},
    ),
    Control(
        ELU_PLUS_1,
        lambda x: np.where(x > 0, x + 1, np.exp(left(x))),
        lambda x: np.where(x > 0, 1, np.exp(left(x))),
    ),
    Control(
        SOFTCAP,
        lambda x: 30 * np.tanh(x / 30),
        lambda x: 1 / np.cosh(np.clip(x, -9e3, 9e3) / 30) ** 2,
    ),
    Control(
        LECUN_TANH,
        lambda x: 1.7159 * np.tanh(0.6666666666666666 * x),
        lambda x: 1.1439333333333333 / np.cosh(np.clip(x, -450, 450) * 0.6666666666666666) ** 2,
    ),
    Control(
        QUICK_GELU,
        lambda x: x * expit(1.702 * x),
        lambda x: expit(1.702 * x) * (1 + 1.702 * x * expit(-1.702 * x)),
        (-0.0, INF),
        (0, 1),
    ),
    Control(
        GAUSSIAN_GATE,
        lambda x: x * ndtr(x),
        lambda x: ndtr(x) + x * np.exp(-x * x / 2) / np.sqrt(2 * np.pi),
        (-0.0, INF),
        (0, 1),
    ),
    Control(
        HARD_SWISH, lambda x: np.where(x < -3, 0, x) * np.clip(x + 3, 0, 6) / 6, hard_swish_slope
    ),
    Control(
        HARD_MISH,
        lambda x: np.where(x < -2, 0, x) * np.clip(x + 2, 0, 2) / 2,
        lambda x: np.where(x < -2, 0, np.where(x < 0, x + 1, 1)),
    ),
    Control(RELU_6, lambda x: np.clip(x, 0, 6), lambda x: np.where((x > 0) & (x < 6), 1, 0)),
    Control(
        SNAKE,
        lambda x: x + np.sin(x) ** 2,
        lambda x: (np.sin(x) + np.cos(x)) ** 2,
        (-INF, INF),
        (np.nan, np.nan),
        {"a": 1.0},
    ),
]


@pytest.mark.parametrize("dtype", NARROW)
@pytest.mark.parametrize("control", CONTROLS, ids=[control.formula for control in CONTROLS])
def test_a_stable_form_passes(control, dtype):
    """Value and derivative."""
    verdict = check(
        limited(control.value, control.ends),
        formula=control.formula,
        derivative=limited(control.slope, control.slopes),
        parameters=control.parameters,
        dtype=dtype,
    )
    assert verdict.symptoms == (), str(verdict)


@pytest.mark.parametrize("control", CONTROLS, ids=[control.formula for control in CONTROLS])
def test_a_stable_form_is_close_in_float64(control):
    """There every step of it is rounded."""
    verdict = check(
        limited(control.value, control.ends),
        formula=control.formula,
        derivative=limited(control.slope, control.slopes),
        parameters=control.parameters,
        dtype="float64",
        require="close",
        domain=(-20, 20),
    )
    assert verdict.symptoms == (), str(verdict)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_number_beside_the_right_one_passes(name, dtype):
    """On the side away from 0, past extrema, but not past a limit that is a number."""

    def beside(x):
        y = ACTIVATIONS[name](x)
        with np.errstate(over="ignore"):
            away = np.nextafter(y, np.copysign(y.dtype.type(np.inf), y))
        return np.where(np.isin(np.abs(y), [0, 1, np.inf]) | ~np.isfinite(away), y, away)

    verdict = check(beside, name, dtype=dtype)
    assert verdict, str(verdict)
    assert verdict.grades["value"] == "accurate"


@pytest.mark.parametrize("dtype", NARROW)
def test_a_flushing_form_passes_where_that_is_allowed(dtype):
    """As processors do that are told to."""
    function = limited(lambda x: -soft(-x), None)
    verdict = check(
        lambda x: flush(function(flush(x))),
        formula=LOG_SIGMOID,
        allow="flush-to-zero",
        dtype=dtype,
    )
    assert verdict.symptoms == (), str(verdict)
