"""JAX as a witness: the error bounds by which its domain is cut are true, and not loose."""

import dataclasses

import jax
import numpy as np
import pytest
from flint import arb, ctx

from reference import ACTIVATIONS
from reference.arithmetic.formats import FORMATS
from verification.errors import UsageError
from verification.witnesses import autodiff, balls, running_error
from verification.witnesses.running_error import (
    ATAN_UNITS,
    ERF_UNITS,
    ERFC_UNITS,
    ERFC_UNITS_PER_SQUARE,
    EXP_UNITS,
    EXPM1_UNITS,
    LOG1P_UNITS,
    LOG_UNITS,
    LOGISTIC_UNITS,
    SINE_UNITS,
    TANH_UNITS,
    UNIT,
)

PRIMITIVES = [
    pytest.param(jax.lax.exp, arb.exp, -700, 700, lambda _: EXP_UNITS, id="exp"),
    pytest.param(
        jax.lax.logistic,
        lambda x: 1 / (1 + (-x).exp()),
        -700,
        40,
        lambda _: LOGISTIC_UNITS,
        id="logistic",
    ),
    pytest.param(jax.lax.expm1, arb.expm1, -40, 40, lambda _: EXPM1_UNITS, id="expm1"),
    pytest.param(jax.lax.log, arb.log, 1e-3, 50, lambda _: LOG_UNITS, id="log"),
    pytest.param(jax.lax.log1p, arb.log1p, -0.9, 10, lambda _: LOG1P_UNITS, id="log1p"),
    pytest.param(jax.lax.sqrt, arb.sqrt, 1e-3, 9, lambda _: 1, id="sqrt"),
    pytest.param(jax.lax.erf, arb.erf, -6, 6, lambda _: ERF_UNITS, id="erf"),
    pytest.param(jax.lax.atan, arb.atan, -20, 20, lambda _: ATAN_UNITS, id="atan"),
    pytest.param(jax.lax.sin, arb.sin, -9, 9, lambda x: SINE_UNITS / abs(np.sin(x)), id="sin"),
    pytest.param(jax.lax.cos, arb.cos, -9, 9, lambda x: SINE_UNITS / abs(np.cos(x)), id="cos"),
    pytest.param(jax.lax.tanh, arb.tanh, -25, 25, lambda _: TANH_UNITS, id="tanh"),
    pytest.param(
        jax.lax.erfc,
        arb.erfc,
        -6,
        26,
        lambda x: ERFC_UNITS + ERFC_UNITS_PER_SQUARE * x * x,
        id="erfc",
    ),
]


def relative_errors(computed, true, x):
    """Return |computed / true - 1| in units of u, with the true values from balls."""
    with ctx.workprec(256):
        return np.array(
            [
                float(abs(arb(y) / true(arb(point)) - 1)) / UNIT
                for y, point in zip(computed.tolist(), x.tolist(), strict=True)
            ]
        )


@pytest.mark.parametrize(("primitive", "true", "low", "high", "units"), PRIMITIVES)
def test_stated_accuracy_of_xla_holds_and_is_of_use(primitive, true, low, high, units):
    """Never past the stated multiple of u; and that is at most eight times the worst seen."""
    rng = np.random.default_rng(42)
    x = np.concatenate([rng.uniform(low, high, 8000), rng.uniform(max(low, -2), 2, 4000)])
    with jax.enable_x64(True):  # noqa: FBT003 it takes no keyword that is documented
        computed = np.asarray(primitive(jax.numpy.asarray(x)))
    share = relative_errors(computed, true, x) / units(x)
    assert 1 / 8 < share.max() <= 1


FORMS = {"formula": autodiff.form, "the field": autodiff.form_of_the_field}


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("whose", FORMS)
def test_running_error_bounds_jax_everywhere(name, order, whose):
    """Also where JAX cancels: in the tails and at the roots."""
    activation = ACTIVATIONS[name]
    x = np.random.default_rng(7).uniform(-40, 40, 400)
    x = np.concatenate([x, x / 10, -np.logspace(-290, 2, 100)])
    form, true = FORMS[whose](activation), balls.truth(activation)
    for _ in range(order):
        form = autodiff.differentiate(form)
    parameters = map(np.float64, activation.parameters.values())
    values, errors = running_error.evaluate(form, x, *parameters)
    with ctx.workprec(1024):
        for point, value, error in zip(x.tolist(), values.tolist(), errors.tolist(), strict=True):
            if np.isfinite(error):
                assert abs(arb(value) - _ball(true(point, 1024)[order])) <= arb(error)
    assert np.count_nonzero(np.isfinite(errors)) >= 0.6 * x.size


def _ball(number):
    """A fraction as a ball; a ball as it is."""
    return number if isinstance(number, arb) else arb(number.numerator) / number.denominator


def test_a_function_of_the_field_that_is_another_is_caught(monkeypatch):
    """JAX's own function is a witness of its own: quick-GELU in the place of GELU fails."""
    another = lambda _: lambda x, *_: x * jax.nn.sigmoid(1.702 * x)  # noqa: E731  one line
    monkeypatch.setattr(autodiff, "form_of_the_field", another)
    rows = autodiff.witness(ACTIVATIONS["gelu"], FORMATS["float64"], np.linspace(-3, 3, 21))
    failed = {row.witness for row in rows if not row.passed}
    assert failed == {"autodiff, JAX's own"}


def test_a_parameter_derivative_that_is_another_is_caught():
    """JAX differentiates along the parameter."""
    leaky = ACTIVATIONS["leaky_relu"]
    wrong = dataclasses.replace(leaky, parameter_derivatives={"negative_slope": leaky.orders[0]})
    rows = autodiff.witness(wrong, FORMATS["float64"], np.linspace(-3, 3, 21))
    assert {row.witness for row in rows if not row.passed} == {"autodiff, by negative_slope"}


def test_a_step_without_a_rule_is_named():
    """A JAX program of other primitives is refused, not waved through."""
    with pytest.raises(UsageError, match="came upon 'tan'"):
        running_error.evaluate(jax.numpy.tan, np.ones(2))


def test_x64_stays_where_it_is_needed():
    """Nobody else's JAX changes its mind about float64."""
    running_error.evaluate(jax.numpy.tanh, np.ones(2))
    assert jax.numpy.ones(2).dtype == np.float32
