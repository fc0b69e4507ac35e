"""The derivation of the first level's bounds where terms cancel, with figures.

Each term has a relative error of at most (e |w| + 28) u, u = 2^-53: e |w| is what the argument w of
its exponential carries over, 8 u NumPy's exponential, 20 u all other roundings; and for gelu' there
are 32 u of the tail. The sum has that times its growth, Σ |terms| / |Σ terms|.
"""

import numpy as np
import pytest
from scipy.special import expit, ndtr

from reference import ACTIVATIONS
from reference.definition import evaluation

UNIT = 2.0**-53
ROUNDINGS, TAIL = 28, 32
SCALE, KAPPA = np.sqrt(8 / np.pi), 0.044715


def gelu(x):
    """Return w, e, and the terms of the two derivatives."""
    density = np.exp(-x * x / 2) / np.sqrt(2 * np.pi)
    return x * x / 2, 1.0, ([ndtr(x), x * density], [2 * density, -x * x * density])


def gelu_tanh(x):
    """Return the same; w has seven roundings, its constants' included."""
    w, dw, ddw = (
        SCALE * (x + KAPPA * x**3),
        SCALE * (1 + 3 * KAPPA * x * x),
        SCALE * 6 * KAPPA * x,
    )
    s, c = expit(w), expit(-w)
    first = [s, x * s * c * dw]
    return (
        w,
        7.0,
        (first, [s * c * t for t in (2 * dw, x * ddw, x * dw * dw * c, -x * dw * dw * s)]),
    )


def silu(x):
    """Return the same; w is x itself."""
    s, c = expit(x), expit(-x)
    return x, 0.0, ([s, s * x * c], [2 * s * c, s * c * x * c, -s * c * x * s])


def shares(formulas, order, x):
    """The error of the sum, as a share of the bound."""
    w, of_w, terms = formulas(x)
    growth = sum(map(np.abs, terms[order - 1])) / np.abs(sum(terms[order - 1]))
    tail = TAIL if formulas is gelu and order == 1 else 0
    error = growth * (of_w * np.abs(w) + ROUNDINGS + tail) * UNIT
    function = ACTIVATIONS[formulas.__name__].orders[order]
    distance = evaluation._distance(function, x)  # noqa: SLF001 part of the bound
    return error / evaluation._error_of_sums(x, distance)  # noqa: SLF001 likewise


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("formulas", [gelu, gelu_tanh, silu])
def test_the_sum_s_error_is_within_the_bound(formulas, order):
    """Over all of |x| <= 3, but for the last 2^-30 before a root, and in the tails."""
    end = ACTIVATIONS[formulas.__name__].orders[order].saturation[0]
    near = [
        root + sign * np.logspace(-9, 0, 2000)
        for root in ACTIVATIONS[formulas.__name__].orders[order].roots
        for sign in (-1, 1)
    ]
    x = np.concatenate([*near, np.linspace(-3, 3, 100_000), np.linspace(-end, end, 100_000)])
    with np.errstate(all="ignore"):
        found = shares(formulas, order, x[np.abs(x) <= end])
    found = found[np.isfinite(found)]
    assert found.size > 150_000
    assert found.max() <= 1


def test_the_bound_is_of_use():
    """The worst function needs more than half of it."""
    x = np.linspace(-3, 3, 100_001)
    with np.errstate(all="ignore"):
        worst = [
            np.nanmax(shares(f, order, x)) for f in (gelu, gelu_tanh, silu) for order in (1, 2)
        ]
    assert max(worst) > 1 / 2
