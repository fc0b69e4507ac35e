"""JAX as a witness: the error bounds by which its domain is cut are true, and not loose."""

import jax
import numpy as np
import pytest
from flint import arb, ctx

from reference import ACTIVATIONS
from verification.errors import UsageError
from verification.witnesses import autodiff, balls, running_error
from verification.witnesses.running_error import (
    ERFC_UNITS,
    ERFC_UNITS_PER_SQUARE,
    EXP_UNITS,
    LOGISTIC_UNITS,
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
    x = np.concatenate([rng.uniform(low, high, 8000), rng.uniform(-2, 2, 4000)])
    with jax.enable_x64(True):  # noqa: FBT003 it takes no keyword that is documented
        computed = np.asarray(primitive(jax.numpy.asarray(x)))
    share = relative_errors(computed, true, x) / units(x)
    assert 1 / 8 < share.max() <= 1


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("order", [0, 1, 2])
def test_running_error_bounds_jax_everywhere(name, order):
    """Also where JAX cancels: in the tails and at the roots."""
    x = np.random.default_rng(7).uniform(-40, 40, 400)
    x = np.concatenate([x, x / 10, -np.logspace(-290, 2, 100)])
    parameters = list(ACTIVATIONS[name].parameters.values())
    form = autodiff.TEXTBOOK[name]
    for _ in range(order):
        form = autodiff.differentiate(form)
    values, errors = running_error.evaluate(form, x, *map(np.float64, parameters))
    for point, value, error in zip(x.tolist(), values.tolist(), errors.tolist(), strict=True):
        ball = balls.enclose(lambda s: balls.TEXTBOOK[name](s, *parameters), point, 1024)[order]
        assert abs(ball - arb(value)) <= arb(error)


def test_a_step_without_a_rule_is_named():
    """A JAX program of other primitives is refused, not waved through."""
    with pytest.raises(UsageError, match="came upon 'cos'"):
        running_error.evaluate(jax.numpy.cos, np.ones(2))


def test_x64_stays_where_it_is_needed():
    """Nobody else's JAX changes its mind about float64."""
    running_error.evaluate(jax.numpy.tanh, np.ones(2))
    assert jax.numpy.ones(2).dtype == np.float32
