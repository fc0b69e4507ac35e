"""Any formula: functions that the catalogue lacks, sound and wrong, each judged by its text."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pytest
from scipy.special import erf, expit, log1p, ndtr

from verification.errors import UsageError
from verification.verdict.check import check
from verification.verdict.junit import laws, to_junit

PHI_0 = 1 / np.sqrt(2 * np.pi)
SELU = 1.0507009873554805, 1.6732632423543772


@dataclass(frozen=True)
class Row:
    """A formula, its value and slope over doubles with their limits, and a wrong function.

    ``wrong`` is one in the format of x, and a wrong ``subject``; a ``kind`` of finding is expected.
    """

    id: str
    formula: str
    value: Callable[[Any], Any]
    slope: Callable[[Any], Any]
    ends: tuple[float, float]
    slopes: tuple[float, float]
    wrong: Callable[[Any], Any]
    kind: str
    subject: str = "value"
    parameters: dict[str, float] = field(default_factory=dict)


def soft(x):
    """ln(1 + e^x) without overflow."""
    return np.maximum(x, 0) + log1p(np.exp(-np.abs(x)))


def sech2(x):
    """1 - tanh² without the difference."""
    t = np.exp(-2 * np.abs(x))
    return 4 * t / (1 + t) ** 2


def bell(x):
    """The normal density."""
    return PHI_0 * np.exp(-x * x / 2)


def swish_slope(beta, x):
    """The derivative of x σ(βx)."""
    return expit(beta * x) * (1 + beta * x * expit(-beta * x))


def shrunk(x):
    """The series of x - tanh x near 0."""
    y = x * x
    series = x * y * (1 / 3 + y * (-2 / 15 + y * (17 / 315 + y * (-62 / 2835))))
    return np.where(np.abs(x) < 0.02, series, x - np.tanh(x))


def arc_slope(x):
    """The derivative of x (atan x / π + 1/2), by its series far to the left."""
    y = 1 / np.minimum(x, -50)
    series = -(y**3) * (2 / 3 + y * y * (-4 / 5 + y * y * 6 / 7)) / np.pi
    near = np.arctan2(1, -x) / np.pi + x / (np.pi * (1 + x * x))
    return np.where(x < -50, series, near)


def phish_slope(x):
    """The derivative of x tanh(x Φ(x))."""
    inner = x * ndtr(x)
    return np.tanh(inner) + x * sech2(inner) * (ndtr(x) + x * bell(x))


def tanhexp_slope(x):
    """The derivative of x tanh(e^x); beyond e^x = 400 that of x."""
    e = np.minimum(np.exp(x), 400)
    return np.tanh(e) + x * sech2(e) * e


def gated_slope(gate, inner_slope, outer_slope, x):
    """The derivative of x g(x), by the chain rule."""
    return gate(x) + x * outer_slope(x) * inner_slope(x)


def log_gate(x):
    """ln(1 + σ(x))."""
    return log1p(expit(x))


def log_gate_slope(x):
    """Its derivative."""
    return expit(x) * expit(-x) / (1 + expit(x))


def step(x, number):
    """A constant in the format of x."""
    return x.dtype.type(number)


INF = np.inf
ROWS = [
    Row(
        "softsign",
        "x / (1 + abs(x))",
        lambda x: x / (1 + np.abs(x)),
        lambda x: 1 / (1 + np.abs(x)) ** 2,
        (-1, 1),
        (0, 0),
        lambda x: 1 / (1 + np.abs(x)),
        "inaccurate",
        "derivative",
    ),
    Row(
        "squareplus",
        "(x + sqrt(x**2 + b)) / 2",
        lambda x: np.where(x > 0, x + np.sqrt(x * x + 4), 4 / (np.sqrt(x * x + 4) + np.abs(x))) / 2,
        lambda x: (
            np.where(
                x > 0,
                1 + x / np.sqrt(x * x + 4),
                4 / (np.sqrt(x * x + 4) + np.abs(x)) / np.sqrt(x * x + 4),
            )
            / 2
        ),
        (0, INF),
        (0, 1),
        lambda x: (x + np.sqrt(x * x + 4)) / 2,
        "inaccurate",
        parameters={"b": 4.0},
    ),
    Row(
        "logsigmoid",
        "-log(1 + exp(-x))",
        lambda x: -soft(-x),
        lambda x: expit(-x),
        (-INF, -0.0),
        (1, 0),
        lambda x: np.log(1 / (1 + np.exp(-x))),
        "inaccurate",
    ),
    Row(
        "relu6",
        "min(max(x, 0), 6)",
        lambda x: np.clip(x, 0, 6),
        lambda x: np.where((x > 0) & (x < 6), 1.0, 0.0),
        (0, 6),
        (0, 0),
        lambda x: np.clip(x, 0, 6.5),
        "inaccurate",
    ),
    Row(
        "hard_swish",
        "x * min(max(x + 3, 0), 6) / 6",
        lambda x: x * np.clip(x + 3, 0, 6) / 6,
        lambda x: np.where(x < -3, 0, np.where(x < 3, (2 * x + 3) / 6, 1)),
        (0, INF),
        (0, 1),
        lambda x: np.where(x < 3, x * np.minimum(x + 3, 6) / 6, x),
        "inaccurate",
    ),
    Row(
        "selu",
        f"{SELU[0]} * where(x > 0, x, {SELU[1]} * (exp(x) - 1))",
        lambda x: SELU[0] * np.where(x > 0, x, SELU[1] * np.expm1(x)),
        lambda x: SELU[0] * np.where(x > 0, 1, SELU[1] * np.exp(x)),
        (-SELU[0] * SELU[1], INF),
        (0, SELU[0]),
        lambda x: step(x, 1.05) * np.where(x > 0, x, step(x, 1.673) * np.expm1(x)),
        "inaccurate",
    ),
    Row(
        "celu",
        "where(x > 0, x, alpha * (exp(x / alpha) - 1))",
        lambda x: np.where(x > 0, x, 1.5 * np.expm1(x / 1.5)),
        lambda x: np.where(x > 0, 1, np.exp(x / 1.5)),
        (-1.5, INF),
        (0, 1),
        lambda x: np.where(x > 0, x, step(x, 1.5) * np.expm1(x)),
        "inaccurate",
        parameters={"alpha": 1.5},
    ),
    Row(
        "tanhshrink",
        "x - tanh(x)",
        shrunk,
        lambda x: np.tanh(x) ** 2,
        (-INF, INF),
        (1, 1),
        lambda x: x - np.tanh(x),
        "flushed",
    ),
    Row(
        "hard_shrink",
        "where(abs(x) > lam, x, 0)",
        lambda x: np.where(np.abs(x) <= 0.5, 0, x),
        lambda x: np.where(np.abs(x) <= 0.5, 0.0, 1.0),
        (-INF, INF),
        (1, 1),
        lambda x: np.where(np.abs(x) < 0.5, 0, x),
        "inaccurate",
        parameters={"lam": 0.5},
    ),
    Row(
        "soft_shrink",
        "where(x > 0.5, x - 0.5, where(x < -0.5, x + 0.5, 0))",
        lambda x: np.where(np.abs(x) <= 0.5, 0, x - np.copysign(0.5, x)),
        lambda x: np.where(np.abs(x) <= 0.5, 0.0, 1.0),
        (-INF, INF),
        (1, 1),
        lambda x: np.where(np.abs(x) <= 0.5, 0, x - step(x, 0.5)),
        "inaccurate",
    ),
    Row(
        "relu squared",
        "max(x, 0)**2",
        lambda x: np.maximum(x, 0) ** 2,
        lambda x: 2 * np.maximum(x, 0),
        (0, INF),
        (0, INF),
        lambda x: np.maximum(x, 0),
        "inaccurate",
        "derivative",
    ),
    Row(
        "softcap",
        "cap * tanh(x / cap)",
        lambda x: 30 * np.tanh(x / 30),
        lambda x: sech2(x / 30),
        (-30, 30),
        (0, 0),
        lambda x: np.clip(x, -30, 30),
        "inaccurate",
        parameters={"cap": 30.0},
    ),
    Row(
        "laplace",
        "0.5 * (1 + erf((x - mu) / (sigma * sqrt(2))))",
        lambda x: ndtr((x - 0.707107) / 0.282095),
        lambda x: bell((x - 0.707107) / 0.282095) / 0.282095,
        (0, 1),
        (0, 0),
        lambda x: 0.5 * (1 + erf((x - step(x, 0.707107)) / step(x, 0.282095 * 2**0.5))),
        "flushed",
        parameters={"mu": 0.707107, "sigma": 0.282095},
    ),
    Row(
        "threshold",
        "where(x > 0.1, x, 20)",
        lambda x: np.where(x <= 0.1, 20.0, x),
        lambda x: np.where(x <= 0.1, 0.0, 1.0),
        (20, INF),
        (0, 1),
        lambda x: np.where(x <= step(x, 0.1), step(x, 0), x),
        "flushed",
    ),
    Row(
        "hard_tanh",
        "min(max(x, -1), 1)",
        lambda x: np.clip(x, -1, 1),
        lambda x: np.where(np.abs(x) < 1, 1.0, 0.0),
        (-1, 1),
        (0, 0),
        np.tanh,
        "inaccurate",
    ),
    Row(
        "isru",
        "x / sqrt(1 + alpha * x**2)",
        lambda x: x / np.sqrt(1 + 2 * x * x),
        lambda x: 1 / np.sqrt(1 + 2 * x * x) ** 3,
        (-(0.5**0.5), 0.5**0.5),
        (0, 0),
        lambda x: x / np.sqrt(1 + 2 * x * x),
        "flushed",
        parameters={"alpha": 2.0},
    ),
    Row(
        "gaussian",
        "exp(-x**2)",
        lambda x: np.exp(-x * x),
        lambda x: -2 * x * np.exp(-x * x),
        (0, 0),
        (0, 0),
        lambda x: np.exp(-x * x),
        "inaccurate",
    ),
    Row(
        "snake",
        "x + sin(x)**2",
        lambda x: x + np.sin(x) ** 2,
        lambda x: (np.sin(x) + np.cos(x)) ** 2,
        (-INF, INF),
        (np.nan, np.nan),
        lambda x: x + np.sin(x * x),
        "inaccurate",
    ),
    Row(
        "bent identity",
        "(sqrt(x**2 + 1) - 1) / 2 + x",
        lambda x: x * x / (np.sqrt(x * x + 1) + 1) / 2 + x,
        lambda x: x / np.sqrt(x * x + 1) / 2 + 1,
        (-INF, INF),
        (0.5, 1.5),
        lambda x: x / np.sqrt(x * x + 1) / 2,
        "inaccurate",
        "derivative",
    ),
    Row(
        "lisht",
        "x * tanh(x)",
        lambda x: x * np.tanh(x),
        lambda x: np.tanh(x) + x * sech2(x),
        (INF, INF),
        (-1, 1),
        lambda x: np.abs(x) * np.tanh(x),
        "wrong sign",
    ),
    Row(
        "logish",
        "x * log(1 + sigmoid(x))",
        lambda x: x * log_gate(x),
        partial(gated_slope, log_gate, log_gate_slope, np.ones_like),
        (-0.0, INF),
        (0, np.log(2)),
        lambda x: x * np.log(1 + 1 / (1 + np.exp(-x))),
        "flushed",
    ),
    Row(
        "smish",
        "x * tanh(log(1 + sigmoid(x)))",
        lambda x: x * np.tanh(log_gate(x)),
        partial(
            gated_slope,
            lambda x: np.tanh(log_gate(x)),
            log_gate_slope,
            lambda x: sech2(log_gate(x)),
        ),
        (-0.0, INF),
        (0, 0.6),
        lambda x: x * np.tanh(soft(x)),
        "inaccurate",
    ),
    Row(
        "serf",
        "x * erf(log(1 + exp(x)))",
        lambda x: x * erf(soft(x)),
        partial(
            gated_slope,
            lambda x: erf(soft(x)),
            expit,
            lambda x: 2 / np.sqrt(np.pi) * np.exp(-(soft(x) ** 2)),
        ),
        (-0.0, INF),
        (0, 1),
        lambda x: x * erf(np.log(1 + np.exp(x))),
        "flushed",
    ),
    Row(
        "tanhexp",
        "x * tanh(exp(x))",
        lambda x: x * np.tanh(np.exp(x)),
        tanhexp_slope,
        (-0.0, INF),
        (0, 1),
        lambda x: np.tanh(np.exp(x)) + x * np.exp(x) * (1 - np.tanh(np.exp(x)) ** 2),
        "nan",
        "derivative",
    ),
    Row(
        "phish",
        "x * tanh(x * Phi(x))",
        lambda x: x * np.tanh(x * ndtr(x)),
        phish_slope,
        (0, INF),
        (0, 1),
        lambda x: x * np.tanh(x * expit(step(x, 1.702) * x)),
        "inaccurate",
    ),
    Row(
        "arctangent unit",
        "x * (atan(x) / pi + 1 / 2)",
        lambda x: x * np.arctan2(1, -x) / np.pi,
        arc_slope,
        (-1 / np.pi, INF),
        (0, 1),
        lambda x: x * (np.arctan(x) / step(x, np.pi) + step(x, 0.5)),
        "inaccurate",
    ),
    Row(
        "quick_gelu",
        "x * sigmoid(1.702 * x)",
        lambda x: x * expit(1.702 * x),
        partial(swish_slope, 1.702),
        (-0.0, INF),
        (0, 1),
        lambda x: x * expit(step(x, 1.7) * x),
        "inaccurate",
    ),
    Row(
        "swish",
        "x * sigmoid(beta * x)",
        lambda x: x * expit(0.3 * x),
        partial(swish_slope, 0.3),
        (-0.0, INF),
        (0, 1),
        lambda x: expit(step(x, 0.3) * x),
        "inaccurate",
        "derivative",
        {"beta": 0.3},
    ),
]


def sound(function, ends):
    """A function over doubles, rounded once to the format of x, with its limits."""

    def rounded(x):
        with np.errstate(all="ignore"):
            wide = x.astype(np.float64)
            limits = np.where(wide > 0, ends[1], ends[0])
            return np.where(np.isinf(wide), limits, function(wide)).astype(x.dtype)

    return rounded


def silenced(function):
    """A function of one's own, without warnings."""

    def quiet(x):
        with np.errstate(all="ignore"):
            return np.asarray(function(x)).astype(x.dtype)

    return quiet


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_a_function_that_the_catalogue_lacks_is_judged(row):
    """What is computed over doubles passes, value and derivative; a mistake is found, as its kind.

    All that laws and facts hold against a sound one would be a false accusation.
    """
    value, slope = sound(row.value, row.ends), sound(row.slope, row.slopes)
    judge = partial(check, formula=row.formula, parameters=row.parameters)
    verdict = judge(value, derivative=slope)
    assert verdict.passed, str(verdict)
    functions = {"value": value, "derivative": slope, row.subject: silenced(row.wrong)}
    found = judge(functions["value"], derivative=functions["derivative"])
    kinds = {finding.kind for finding in found.symptoms if finding.subject == row.subject}
    assert row.kind in kinds, str(found)


def softsign(x):
    """x / (1 + |x|), with its limits."""
    return sound(lambda x: x / (1 + np.abs(x)), (-1, 1))(x)


def softsign_slope(x):
    """Its derivative."""
    return sound(lambda x: 1 / (1 + np.abs(x)) / (1 + np.abs(x)), (0, 0))(x)


def softsign_backward(x, upstream):
    """The product, rounded once."""
    with np.errstate(all="ignore"):
        slope = softsign_slope(x.astype(np.float64))
        return (slope * upstream.astype(np.float64)).astype(x.dtype)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_all_formats_and_subjects_are_judged(dtype):
    """Value, derivative and backward of a formula, in each format; the wrong backward is found."""
    judge = partial(
        check,
        softsign,
        formula="x / (1 + abs(x))",
        derivative=softsign_slope,
        dtype=dtype,
        exhaustive=dtype.endswith("16"),
    )
    verdict = judge(backward=softsign_backward)
    assert verdict.passed, str(verdict)
    assert set(verdict.inputs) == {"value", "derivative", "backward"}
    wrong = judge(backward=lambda x, upstream: softsign_slope(x) * np.abs(upstream))
    assert {finding.subject for finding in wrong.symptoms} == {"backward"}


def test_the_verdict_tells_the_formula_and_its_parameters():
    """So do its JSON, its JUnit, and the laws that are judged."""
    verdict = check(
        sound(lambda x: x * expit(1.7 * x), (-0.0, INF)),
        formula="x * sigmoid(beta * x)",
        parameters={"beta": 1.7},
        dtype="float16",
    )
    assert verdict.activation == "x * sigmoid(beta * x)"
    assert verdict.of == "x * sigmoid(beta * x)[beta=1.7]"
    assert '"beta": 1.7' in verdict.to_json()
    assert "x * sigmoid(beta * x)[beta=1.7]" in to_junit(verdict)
    assert "not symmetric" not in laws(verdict, "value")


def test_the_reason_may_be_a_function_of_the_catalogue():
    """Whoever computes a gelu for a formula is told that it is one."""
    gelu = sound(lambda x: x * ndtr(x), (-0.0, INF))
    verdict = check(gelu, formula="x * sigmoid(1.702 * x)", dtype="float16")
    assert any("this is GELU" in (finding.why or "") for finding in verdict.symptoms)


def test_next_to_a_threshold_that_is_no_number_both_sides_are_right():
    """0.1 is no float32: there x > 0.1 may be asked of the float32 next to it."""
    assert check(
        lambda x: np.where(x <= step(x, 0.1), step(x, 20), x), formula="where(x > 0.1, x, 20)"
    ).passed


@pytest.mark.parametrize(
    ("formula", "function", "passes"),
    [
        pytest.param("exp(x)", np.exp, True, id="overflows"),
        pytest.param("x**3", lambda x: x * x * x, True, id="grows"),
        pytest.param("sin(x)", np.sin, True, id="has no limit"),
        pytest.param("log(x)", np.log, True, id="has no value"),
        pytest.param("exp(-x)", lambda x: 1 / np.exp(x), False, id="overflows on its way"),
    ],
)
def test_a_warning_of_what_is_no_number_is_right(formula, function, passes):
    """NumPy warns where a result overflows or is none; one of an intermediate result is found.

    By a strict check: any warning is a convention for others.
    """
    warned = check(function, formula=formula, strict=True)
    assert passes == ("warning" not in {symptom.kind for symptom in warned.symptoms})
    verdict = check(function, formula=formula)
    assert verdict.passed == passes, str(verdict)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "expected an activation or a formula, but got none"),
        ({"activation": "relu", "formula": "x"}, "but got both"),
        ({"formula": "x * beta"}, "beta has none"),
        ({"formula": "x * tan(x)"}, "no function 'tan'"),
        ({"formula": "sin(x)", "exhaustive": True}, "try a 16-bit format"),
    ],
)
def test_misuse_is_one_sentence(arguments, said):
    """Neither an activation nor a formula, both, or one that cannot be judged."""
    with pytest.raises(UsageError, match=said):
        check(lambda x: x, **arguments)
