"""Finite differences of the reference's own values, by ``scipy.differentiate.derivative``.

The first derivative is held against differences of the value, the second against differences
of the first. SciPy combines differences with the steps h, h/2, h/4 and h/8 into a formula of
order 8, then halves h until the result settles, and estimates its error by the last change.

The bound. Besides that estimate there is the rounding of what is differenced. Each f(x ± s) is
off by half an ulp, u |f| with u = 2^-53, and taken at an abscissa that was itself rounded, which
adds u |x f'|. A central difference with step s is so off by u (|f| + |x f'|) / s. Eliminating
h², h⁴ and h⁶ weighs the four differences by amounts whose magnitudes sum to

    (4 + 1)/(4 - 1) · (16 + 1)/(16 - 1) · (64 + 1)/(64 - 1) = 1.95,

the smallest step is h/8, and so the sum is off by at most 1.95 · 8 = 15.6 times u (|f| + |x f'|)
/ h. The weights come from a linear system solved in float64, which may be off by as much
again: ``ROUNDINGS`` = 32. On a kinked function all steps are to one side, and the weights for
eight differences with the steps h to h/128 sum to 8.2: 128 · 8.2 · 2 < ``ROUNDINGS_ONE_SIDED``.

The domain, cut by the same derivation: an input is judged where the rounding alone stays below
``RESOLUTION`` ulp, 2^-28 of the derivative, and where f is normal. That leaves out the regions
where f is a constant, or a straight line, but for a term below its last bits. An error estimate
above the same limit is not believed: differences that do not settle have failed.

At a kink the differences from the left and from the right are held against the two slopes that
the activation states, and the derivative chosen there against both: it has to lie between them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.differentiate import derivative  # type: ignore[import-untyped]  # SciPy has no types

from reference import Activation
from reference.arithmetic.formats import FORMATS, Format
from reference.arithmetic.types import Array, Float64
from verification.numbers.ulp import unit_exponents

from .row import Claim, Row

UNIT = 2.0**-53
SMALLEST_NORMAL = 2.0**-1022
ROUNDINGS = 32
ROUNDINGS_ONE_SIDED = 2200
RESOLUTION = 2.0**24
STEP = 0.25
HALVINGS = 6
SETTLED = 1e-12
# The Gaussian tails end before 40 and the exponential ones before 750: beyond, all is linear.
GAUSSIAN_TAIL, EXPONENTIAL_TAIL = 40.0, 750.0
FORMAT = FORMATS["float64"]


def steps(x: Float64) -> Float64:
    """Choose the first step h, small beside the scale on which a function changes near x.

    That is 1 in the active range and in exponential tails. In the tail of exp(-x²/2) it is
    1/|x|, and in that of exp(-0.0713 x⁴), GELU's tanh form, 3.5/|x|³; 1/4 · 8/x² is a quarter
    of the one at x = -8, and passes the other at x = -14, where order 8 and six halvings serve.
    """
    gaussian = np.abs(x) < GAUSSIAN_TAIL
    return STEP / np.where(gaussian, np.maximum(1.0, x * x / 8), 1.0)


@dataclass(frozen=True)
class Differences:
    """Derivatives by differences, with what rounding and the error estimate allow, absolutely."""

    derivative: Float64
    estimate: Float64
    rounding: Float64
    resolved: Array


def differentiate(
    function: Callable[[Float64], Float64], x: Float64, direction: Float64
) -> Differences:
    """Differentiate at ``x``; a ``direction`` of ±1 keeps all steps to that side."""
    first = steps(x)
    result = derivative(
        function,
        x,
        order=8,
        initial_step=first,
        maxiter=HALVINGS,
        step_direction=direction,
        tolerances={"atol": 0.0, "rtol": SETTLED},
    )
    size = np.abs([function(x - first), function(x), function(x + first)]).max(axis=0)
    last = first / 2.0**result.nit
    roundings = np.where(direction == 0, ROUNDINGS, ROUNDINGS_ONE_SIDED)
    rounding = roundings * UNIT * (size + np.abs(x * result.df)) / last
    # Above this every rounding is relative to the value, even in the terms of a formula. Zeros
    # are underflow, but on a kinked function, where they are a straight line.
    resolved = (size > SMALLEST_NORMAL / UNIT) | ((size == 0) & (direction != 0))
    return Differences(result.df, result.error, rounding, resolved)


def _away_from_kinks(activation: Activation, x: Float64) -> Float64:
    """+1 right of the nearest kink, -1 left of it, 0 for a function without kinks."""
    if not activation.kinks:
        return np.zeros_like(x)
    kinks = np.array([kink.at for kink in activation.kinks])
    nearest = kinks[np.abs(x[:, None] - kinks).argmin(axis=1)]
    direction: Float64 = np.sign(x - nearest)
    return direction


def _judge(claim: Claim, x: Float64, computed: Float64, found: Differences) -> Row:
    unit = np.ldexp(1.0, unit_exponents(computed, FORMAT))
    judged = found.resolved & (found.rounding <= RESOLUTION * unit)
    unit, difference = unit[judged], np.abs(computed - found.derivative)[judged]
    estimate, rounding = found.estimate[judged], found.rounding[judged]
    bound = np.minimum(estimate / unit, RESOLUTION) + rounding / unit
    return claim.judge(x[judged], difference / unit, difference, bound)


def _smooth(activation: Activation, order: int, x: Float64) -> Row:
    """Hold the derivative of ``order`` against differences of the one below, away from kinks."""
    x = x[~np.isin(x, [kink.at for kink in activation.kinks])]
    below = partial(activation.derivative, order=order - 1)
    found = differentiate(below, x, _away_from_kinks(activation, x))
    claim = Claim(activation.name, order, "differences", FORMAT.name)
    return _judge(claim, x, activation.derivative(x, order=order), found)


def _slopes(activation: Activation) -> Row:
    """Hold the slopes stated either side of each kink against one-sided differences."""
    kinks = activation.kinks
    x = np.array([kink.at for kink in kinks for _ in "lr"])
    stated = np.array([slope for kink in kinks for slope in (kink.left, kink.right)])
    found = differentiate(activation, x, np.array([-1.0, 1.0] * len(kinks)))
    claim = Claim(activation.name, 1, "differences, either side of a kink", FORMAT.name)
    return _judge(claim, x, stated, found)


def _choices(activation: Activation, order: int) -> Row:
    """Hold a derivative at each kink against the stated choice, an element of the interval."""
    kinks = activation.kinks
    stated = [(kink.left, kink.right, kink.chosen) if order == 1 else kink.second for kink in kinks]
    kept = [
        activation.derivative(kink.at, order=order) == chosen
        and min(left, right) <= chosen <= max(left, right)
        for kink, (left, right, chosen) in zip(kinks, stated, strict=True)
    ]
    claim = Claim(activation.name, order, "differences, choice at a kink", FORMAT.name)
    return claim.law(np.array([kink.at for kink in kinks]), ~np.array(kept))


def witness(activation: Activation, format_: Format, x: Array) -> list[Row]:
    """Judge both derivatives at the inputs ``x``; in float64 alone, for others are too coarse.

    The second derivative of a function made of straight lines is an exact 0, of which no
    fraction of an ulp can be resolved: that is for ``balls``.
    """
    if format_ is not FORMAT:
        return []
    x = x[np.abs(x) <= EXPONENTIAL_TAIL]
    straight = activation.orders[2].bounds == (0.0, 0.0)
    rows = [_smooth(activation, order, x) for order in ((1,) if straight else (1, 2))]
    if activation.kinks:
        rows += [_slopes(activation), _choices(activation, 1), _choices(activation, 2)]
    return rows
