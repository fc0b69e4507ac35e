"""Known wrong ways to compute an activation, as a table: formula and sentence.

A formula is evaluated in the candidate's own precision, step by step, so that it cancels, overflows
and flushes where the candidate does. Those made of `reference` are exact up to the last rounding:
there the mistake lies in what is computed, not in how.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import pi, sqrt
from typing import Any

import numpy as np
from scipy.special import erf as scipy_erf  # type: ignore[import-untyped]  # SciPy has no types
from scipy.special import erfc as scipy_erfc

from reference import ACTIVATIONS, sigmoid
from reference.arithmetic.types import Array, Float64, Mask

from .patterns import digits

VALUE, DERIVATIVE = "value", "derivative"
ROOT_2_OVER_PI = sqrt(2 / pi)
KAPPA = 0.044715
ROOT_HALF = sqrt(0.5)
DENSITY = 1 / sqrt(2 * pi)
HARD_SWISH_END, RELU6_END = 3, 6


def anything(results: Float64) -> Mask:
    """Whatever comes."""
    return np.ones(results.shape, bool)


def lost(results: Float64) -> Mask:
    """What comes of an overflow: 0, an infinity or NaN."""
    return ~digits(results)


@dataclass(frozen=True)
class Variant:
    """One known wrong way.

    ``why`` may name, in braces, the places where the format's ends show: ``{one}``, where 1 ± e^-x
    is 1; ``{overflow}``, where e^x overflows; and, with ``{flushes}``, from where on results are 0.
    ``noisy``: what it gives is rounding noise, which another exponential or erf makes differently.
    ``claims``: the results that the sentence is about, if the formula is wrong in others too.
    """

    activation: str
    subject: str
    why: str
    formula: Callable[[Array], Any]
    noisy: bool = False
    claims: Callable[[Float64], Mask] = anything


def _single(x: float) -> float:
    return float(np.float32(x))


def _erf(x: Array) -> Any:
    if x.dtype.itemsize == np.dtype(np.float16).itemsize:
        return scipy_erf(x.astype(np.float32)).astype(x.dtype)
    return scipy_erf(x)


def _erfc(x: Array) -> Any:
    if x.dtype.itemsize == np.dtype(np.float16).itemsize:
        return scipy_erfc(x.astype(np.float32)).astype(x.dtype)
    return scipy_erfc(x)


def _wide(formula: Callable[[Float64], Any]) -> Callable[[Array], Any]:
    """In double precision, rounded once."""
    return lambda x: np.asarray(formula(x.astype(np.float64)))


def _gated(scale: float, x: Float64) -> Any:
    return x * sigmoid(scale * x)


def _gated_slope(scale: float, x: Float64) -> Any:
    return sigmoid(scale * x) + scale * x * sigmoid.derivative(scale * x)


def _tanh_form(root: float, kappa: float, x: Float64) -> Any:
    return x * sigmoid(2 * root * (x + kappa * x**3))


def _tanh_form_slope(root: float, kappa: float, x: Float64) -> Any:
    w, dw = 2 * root * (x + kappa * x**3), 2 * root * (1 + 3 * kappa * x**2)
    return sigmoid(w) + x * sigmoid.derivative(w) * dw


def _normal_form(root_half: float, x: Float64) -> Any:
    return x / 2 * scipy_erfc(-x * root_half)


def _normal_form_slope(root_half: float, density: float, x: Float64) -> Any:
    return scipy_erfc(-x * root_half) / 2 + x * density * np.exp(-x * x / 2)


def _normal_form_autodiff(root_half: float, x: Float64) -> Any:
    z = x * root_half
    return scipy_erfc(-z) / 2 + x * root_half / sqrt(pi) * np.exp(-z * z)


def _slope(slope: float, x: Float64) -> Any:
    return np.where(x > 0, x, slope * x)


def _slope_slope(slope: float, x: Float64) -> Any:
    return np.where(x > 0, 1.0, slope)


def _logistic(x: Array) -> Any:
    return 1 / (1 + np.exp(-x))


def _hard_swish_slope(x: Float64) -> Any:
    return np.where(np.abs(x) < HARD_SWISH_END, x / 3 + 0.5, x > 0)


def _times(number: float, x: Array) -> Any:
    """number x in the format of x; bfloat16 would give way to a Python float."""
    return x.dtype.type(number) * x


def _tanh_argument(x: Array) -> Any:
    return _times(ROOT_2_OVER_PI, x + _times(KAPPA, x) * x * x)


def _silu_step_by_step(x: Array) -> Any:
    s = _logistic(x)
    return s * (1 + x * (1 - s))


def _gelu_step_by_step(x: Array) -> Any:
    return (1 + _erf(_times(ROOT_HALF, x))) / 2 + _times(DENSITY, x) * np.exp(-x * x / 2)


def _gelu_by_erfc_step_by_step(x: Array) -> Any:
    return _erfc(_times(-ROOT_HALF, x)) / 2 + _times(DENSITY, x) * np.exp(-x * x / 2)


def _gelu_tanh_step_by_step(x: Array) -> Any:
    t = np.tanh(_tanh_argument(x))
    dw = _times(ROOT_2_OVER_PI, 1 + _times(3 * KAPPA, x) * x)
    return (1 + t) / 2 + x / 2 * (1 - t * t) * dw


TANH_FORM = "this is the tanh form, not the exact one"
QUICK = "quick-GELU (x σ(1.702 x))"
SINGLE = "float32 constants in a float64 kernel"
EXP_OVERFLOWS = "exp(-x) overflows left of -{overflow}"
GATE_UNDERFLOWS = "σ(x) underflows before x multiplies it"
STEPS = "every step is rounded to the format"
ARGUMENT = "x/√2, or x², is rounded before erfc or exp: the error grows with x²"
SHORT = "a constant of the tanh form is short of digits"
ONE_MINUS_TANH = "1 - tanh² cancels{flushes}"
S_ONE_MINUS_S = "s(1 - s) flushes to 0 above {one}"

VARIANTS: tuple[Variant, ...] = (
    # gelu
    Variant("gelu", VALUE, TANH_FORM, ACTIVATIONS["gelu_tanh"]),
    Variant(
        "gelu",
        DERIVATIVE,
        "derivative of another variant: of the tanh form, not the exact one",
        ACTIVATIONS["gelu_tanh"].derivative,
    ),
    Variant(
        "gelu",
        VALUE,
        "1 + erf cancels left of -3",
        lambda x: x / 2 * (1 + _erf(_times(ROOT_HALF, x))),
        noisy=True,
    ),
    Variant(
        "gelu",
        VALUE,
        f"{TANH_FORM}; its 1 + tanh cancels left of -3",
        lambda x: x / 2 * (1 + np.tanh(_tanh_argument(x))),
        noisy=True,
    ),
    Variant(
        "gelu",
        VALUE,
        ARGUMENT,
        lambda x: x / 2 * _erfc(_times(-ROOT_HALF, x)),
        noisy=True,
        claims=digits,
    ),
    Variant("gelu", DERIVATIVE, ARGUMENT, _gelu_by_erfc_step_by_step, noisy=True, claims=digits),
    Variant("gelu", VALUE, "the √2 inside erf is missing", _wide(partial(_normal_form, 1.0))),
    Variant(
        "gelu",
        VALUE,
        "the factor x is missing: this is Φ(x)",
        _wide(lambda x: scipy_erfc(-x * ROOT_HALF) / 2),
    ),
    Variant(
        "gelu",
        DERIVATIVE,
        "the term x φ(x) is missing",
        _wide(lambda x: scipy_erfc(-x * ROOT_HALF) / 2),
    ),
    Variant(
        "gelu",
        DERIVATIVE,
        "Φ(x) lacks its factor 1/2",
        _wide(lambda x: scipy_erfc(-x * ROOT_HALF) + x * DENSITY * np.exp(-x * x / 2)),
    ),
    Variant("gelu", DERIVATIVE, "1 + erf cancels left of -3", _gelu_step_by_step, noisy=True),
    Variant(
        "gelu",
        DERIVATIVE,
        "φ lacks its 1/√(2π)",
        _wide(partial(_normal_form_slope, ROOT_HALF, 1.0)),
    ),
    Variant(
        "gelu",
        DERIVATIVE,
        "x φ(x) has the wrong sign",
        _wide(partial(_normal_form_slope, ROOT_HALF, -DENSITY)),
    ),
    *(
        Variant("gelu", VALUE, SINGLE, _wide(partial(_normal_form, root)))
        for root in (_single(ROOT_HALF), 1 / _single(sqrt(2)))
    ),
    *(
        Variant("gelu", DERIVATIVE, SINGLE, _wide(partial(_normal_form_autodiff, root)))
        for root in (_single(ROOT_HALF), 1 / _single(sqrt(2)))
    ),
    *(
        Variant("gelu", DERIVATIVE, SINGLE, _wide(partial(_normal_form_slope, root, density)))
        for root in (ROOT_HALF, _single(ROOT_HALF), 1 / _single(sqrt(2)))
        for density in (DENSITY, _single(DENSITY), 1 / _single(sqrt(2 * pi)))
        if (root, density) != (ROOT_HALF, DENSITY)
    ),
    # gelu and its tanh form
    *(
        Variant(name, subject, why, _wide(formula))
        for name in ("gelu", "gelu_tanh")
        for subject, why, formula in (
            (VALUE, QUICK, partial(_gated, 1.702)),
            (
                DERIVATIVE,
                f"derivative of another variant: of {QUICK}",
                partial(_gated_slope, 1.702),
            ),
            (VALUE, "x σ(1.7 x)", partial(_gated, 1.7)),
        )
    ),
    # gelu_tanh
    Variant("gelu_tanh", VALUE, "this is the exact form, not the tanh one", ACTIVATIONS["gelu"]),
    Variant(
        "gelu_tanh",
        DERIVATIVE,
        "derivative of another variant: of the exact form, not the tanh one",
        ACTIVATIONS["gelu"].derivative,
    ),
    Variant(
        "gelu_tanh",
        VALUE,
        "1 + tanh cancels left of -3",
        lambda x: x / 2 * (1 + np.tanh(_tanh_argument(x))),
        noisy=True,
    ),
    Variant(
        "gelu_tanh",
        DERIVATIVE,
        "1 + tanh and 1 - tanh² cancel left of -3",
        _gelu_tanh_step_by_step,
        noisy=True,
    ),
    *(
        Variant("gelu_tanh", subject, why, _wide(partial(form, root, kappa)))
        for subject, form in ((VALUE, _tanh_form), (DERIVATIVE, _tanh_form_slope))
        for why, root, kappa in (
            (SINGLE, _single(ROOT_2_OVER_PI), _single(KAPPA)),
            (SINGLE, ROOT_2_OVER_PI, _single(KAPPA)),
            (SINGLE, _single(ROOT_2_OVER_PI), KAPPA),
            ("κ is 0.44715, not 0.044715", ROOT_2_OVER_PI, 0.44715),
            ("κ is 0.0044715, not 0.044715", ROOT_2_OVER_PI, 0.0044715),
            ("κ is 0, the cubic term is missing", ROOT_2_OVER_PI, 0.0),
            ("√(2/π) is √(2π)", sqrt(2 * pi), KAPPA),
            ("√(2/π) is 2/π", 2 / pi, KAPPA),
            *((SHORT, ROOT_2_OVER_PI, kappa) for kappa in (0.0447, 0.04471, 0.045, 0.04)),
            *(
                (SHORT, root, KAPPA)
                for root in (
                    0.8,
                    0.798,
                    0.7979,
                    0.79788,
                    0.797885,
                    0.7978846,
                    0.79788456,
                    0.797884561,
                    0.7978845608,
                )
            ),
        )
    ),
    Variant(
        "gelu_tanh",
        DERIVATIVE,
        "the inner derivative lacks its factor 3: 1 + κx² for 1 + 3κx²",
        _wide(
            lambda x: (
                sigmoid(2 * _tanh_argument(x))
                + x
                * sigmoid.derivative(2 * _tanh_argument(x))
                * 2
                * ROOT_2_OVER_PI
                * (1 + KAPPA * x * x)
            )
        ),
    ),
    # silu
    Variant(
        "silu",
        VALUE,
        "x·exp overflows: NaN",
        lambda x: x * np.exp(x) / (1 + np.exp(x)),
        claims=lost,
    ),
    Variant("silu", VALUE, EXP_OVERFLOWS, lambda x: x / (1 + np.exp(-x)), claims=lost),
    Variant("silu", VALUE, EXP_OVERFLOWS, lambda x: x * _logistic(x), claims=lost),
    Variant("silu", VALUE, STEPS, lambda x: x * _logistic(x), noisy=True, claims=digits),
    Variant("silu", VALUE, STEPS, lambda x: x / (1 + np.exp(-x)), noisy=True, claims=digits),
    Variant("silu", VALUE, GATE_UNDERFLOWS, lambda x: x * np.asarray(sigmoid(x))),
    Variant("silu", VALUE, f"this is {QUICK}, not SiLU", _wide(partial(_gated, 1.702))),
    Variant(
        "silu", VALUE, "this is hard-swish, not SiLU", _wide(lambda x: x * np.clip(x + 3, 0, 6) / 6)
    ),
    Variant("silu", VALUE, "the factor x is missing: this is σ(x)", sigmoid),
    Variant("silu", DERIVATIVE, "the term x σ(x) (1 - σ(x)) is missing", sigmoid),
    Variant(
        "silu",
        DERIVATIVE,
        "the factor x is missing: σ(1 + (1 - σ))",
        _wide(lambda x: sigmoid(x) * (1 + sigmoid(-x))),
    ),
    Variant(
        "silu",
        DERIVATIVE,
        "derivative of another variant: of hard-swish",
        _wide(_hard_swish_slope),
    ),
    Variant(
        "silu",
        DERIVATIVE,
        f"derivative of another variant: of {QUICK}",
        _wide(partial(_gated_slope, 1.702)),
    ),
    Variant("silu", DERIVATIVE, GATE_UNDERFLOWS, lambda x: sigmoid(x) + x * sigmoid.derivative(x)),
    Variant("silu", DERIVATIVE, EXP_OVERFLOWS, _silu_step_by_step, claims=lost),
    Variant(
        "silu",
        DERIVATIVE,
        "1 - σ(x) is rounded, and x times its error is added",
        _silu_step_by_step,
        noisy=True,
        claims=digits,
    ),
    Variant(
        "silu",
        DERIVATIVE,
        "exp overflows: NaN",
        lambda x: np.exp(x) * (1 + np.exp(x) + x) / (1 + np.exp(x)) ** 2,
        claims=lost,
    ),
    # sigmoid
    Variant("sigmoid", VALUE, EXP_OVERFLOWS, _logistic, claims=lost),
    Variant("sigmoid", VALUE, STEPS, _logistic, noisy=True, claims=digits),
    Variant(
        "sigmoid",
        VALUE,
        "exp(x) / (1 + exp(x)) overflows: NaN",
        lambda x: np.exp(x) / (1 + np.exp(x)),
        claims=lost,
    ),
    Variant(
        "sigmoid",
        VALUE,
        "1 + tanh cancels in the left tail",
        lambda x: (1 + np.tanh(x / 2)) / 2,
        noisy=True,
    ),
    Variant(
        "sigmoid",
        VALUE,
        "this is hard-sigmoid (slope 1/6), not sigmoid",
        _wide(lambda x: np.clip(x / 6 + 0.5, 0, 1)),
    ),
    Variant(
        "sigmoid",
        VALUE,
        "this is hard-sigmoid (slope 0.2), not sigmoid",
        _wide(lambda x: np.clip(0.2 * x + 0.5, 0, 1)),
    ),
    Variant(
        "sigmoid",
        DERIVATIVE,
        S_ONE_MINUS_S,
        lambda x: _logistic(x) * (1 - _logistic(x)),
        noisy=True,
    ),
    Variant("sigmoid", DERIVATIVE, S_ONE_MINUS_S, _wide(lambda x: sigmoid(x) * (1 - sigmoid(x)))),
    Variant("sigmoid", DERIVATIVE, "x is taken for the output: x(1 - x)", lambda x: x * (1 - x)),
    Variant(
        "sigmoid",
        DERIVATIVE,
        "σ is applied twice: the derivative at σ(x)",
        lambda x: sigmoid.derivative(sigmoid(x)),
    ),
    Variant(
        "sigmoid",
        DERIVATIVE,
        "exp(-x) / (1 + exp(-x))² overflows: NaN",
        lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2,
        claims=lost,
    ),
    Variant(
        "sigmoid",
        DERIVATIVE,
        "exp(x) / (1 + exp(x))² overflows: NaN",
        lambda x: np.exp(x) / (1 + np.exp(x)) ** 2,
        claims=lost,
    ),
    Variant("sigmoid", DERIVATIVE, "the factor 1 - σ is missing", sigmoid),
    # tanh
    Variant(
        "tanh",
        VALUE,
        "exp overflows: NaN",
        lambda x: (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x)),
        claims=lost,
    ),
    Variant(
        "tanh",
        VALUE,
        "exp(2x) overflows: NaN",
        lambda x: (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1),
        claims=lost,
    ),
    Variant(
        "tanh", VALUE, "1 - exp cancels near 0", lambda x: 1 - 2 / (np.exp(2 * x) + 1), noisy=True
    ),
    Variant(
        "tanh", VALUE, "2σ(2x) - 1 cancels near 0", lambda x: 2 * _logistic(2 * x) - 1, noisy=True
    ),
    Variant("tanh", VALUE, "this is hard-tanh, not tanh", lambda x: np.clip(x, -1, 1)),
    Variant("tanh", VALUE, "this is softsign, not tanh", lambda x: x / (1 + np.abs(x))),
    Variant(
        "tanh",
        VALUE,
        "this is the fraction x(27 + x²)/(27 + 9x²), not tanh",
        _wide(lambda x: x * (27 + x * x) / (27 + 9 * x * x)),
    ),
    Variant("tanh", DERIVATIVE, ONE_MINUS_TANH, lambda x: 1 - np.tanh(x) * np.tanh(x), noisy=True),
    Variant(
        "tanh",
        DERIVATIVE,
        "1/cosh² overflows or flushes early",
        lambda x: 1 / np.cosh(x) ** 2,
        claims=lost,
    ),
    Variant("tanh", DERIVATIVE, "x is taken for the output: 1 - x²", lambda x: 1 - x * x),
    Variant("tanh", DERIVATIVE, "tanh is not squared: 1 - tanh x", _wide(lambda x: 1 - np.tanh(x))),
    # relu
    Variant("relu", VALUE, "x + |x| overflows", lambda x: (x + np.abs(x)) / 2, claims=lost),
    Variant("relu", VALUE, "this is ReLU6, not ReLU", lambda x: np.clip(x, 0, 6)),
    Variant("relu", VALUE, "this is |x|", np.abs),
    Variant("relu", VALUE, "this is softplus, not ReLU", _wide(lambda x: np.logaddexp(x, 0))),
    Variant(
        "relu",
        VALUE,
        "this is ELU, not ReLU",
        _wide(lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0)))),
    ),
    Variant(
        "relu",
        DERIVATIVE,
        "derivative of another variant: of ReLU6",
        _wide(lambda x: (x > 0) & (x < RELU6_END)),
    ),
    Variant("relu", DERIVATIVE, "1 everywhere", _wide(np.ones_like)),
    # leaky_relu
    *(
        Variant("leaky_relu", subject, why, _wide(partial(form, slope)))
        for subject, form in ((VALUE, _slope), (DERIVATIVE, _slope_slope))
        for why, slope in (
            (SINGLE, _single(0.01)),
            ("the slope is 0.2, TensorFlow's default, not 0.01", 0.2),
            ("the slope is 0.3, Keras's default, not 0.01", 0.3),
            ("the slope is 0.1, not 0.01", 0.1),
            ("the slope is 0.001, not 0.01", 0.001),
            ("the slope is 1/128, not 0.01", 1 / 128),
            ("the slope has the wrong sign", -0.01),
        )
    ),
    # all
    *(
        Variant(name, VALUE, f"this is {other.title}, not {activation.title}", other)
        for name, activation in ACTIVATIONS.items()
        for other in ACTIVATIONS.values()
        if other is not activation
    ),
    *(
        Variant(
            name, DERIVATIVE, f"derivative of another variant: of {other.title}", other.derivative
        )
        for name, activation in ACTIVATIONS.items()
        for other in ACTIVATIONS.values()
        if other is not activation
    ),
    *(
        Variant(name, DERIVATIVE, "this is the value, not the derivative", activation)
        for name, activation in ACTIVATIONS.items()
    ),
    *(
        Variant(
            name,
            DERIVATIVE,
            "this is the second derivative",
            partial(activation.derivative, order=2),
        )
        for name, activation in ACTIVATIONS.items()
        if not activation.kinks
    ),
)
