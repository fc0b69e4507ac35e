"""Ball arithmetic, the judge of last resort: certified enclosures of the true values.

The true values come from the formula text of the value alone: over balls, whose chain rule gives
the derivatives (`verification.formula.balls`), or over fractions, where the formula is rational, so
that ties are decided exactly. No derivative is written down, and no formula of ``reference`` used.

What is judged is correct rounding: the result is the number of the format nearest to the true
value, the even one of two when a tie is exact; so at most half an ulp.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import copysign, inf, isinf, isnan, ldexp, nextafter
from typing import Any

import numpy as np
from flint import arb, ctx

from reference import Activation
from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array
from verification.formula import balls, fractions
from verification.formula.balls import PRECISIONS
from verification.formula.language import Expression, parse
from verification.formula.setting import setting
from verification.numbers.inputs import upstreams
from verification.numbers.ulp import CORRECTLY_ROUNDED, distance, doubles, unit_exponent

from .row import Claim, Row

Real = Any  # arb or Fraction
# The value and its derivatives at a point, to a number of bits.
Truth = Callable[[float, int], tuple[Real, ...]]
Miss = tuple[float, float]

ORDERS = range(3)
# The widest error ball, in ulp, that is reported as a number.
WIDTH = 2.0**-20
MORE_THAN_HALF = nextafter(0.5, 1)
# A second value for each parameter, so that a parameter cannot be ignored.
ANOTHER_PARAMETER = 0.3


def truth(activation: Activation) -> Truth:
    """Value and derivatives of an activation at its default parameters."""
    return _truth(_formula(activation, activation.orders[0].formula), activation.parameters)


def truth_by_parameter(activation: Activation, parameter: str) -> Truth:
    """Value and derivative with respect to a parameter, at the default ones."""
    expression = _formula(activation, activation.orders[0].formula)
    form = balls.by_parameter(expression, activation.parameters, parameter)
    return partial(balls.jet, form)


def _formula(activation: Activation, text: str) -> Expression:
    return parse(text, ("x", *activation.parameters))


def _truth(expression: Expression, parameters: Mapping[str, float]) -> Truth:
    if fractions.is_rational(expression):
        return lambda x, _: fractions.jet(expression, parameters, x)
    return partial(balls.jet, balls.form(expression, parameters))


def _has_the_wrong_sign(computed: float, true: Real) -> bool:
    """Whether a zero has the sign opposite to that of the true value that underflowed to it."""
    if computed != 0:
        return False
    return bool(true < 0 if copysign(1, computed) > 0 else true > 0)


def _is_even(computed: float, exponent: int) -> bool:
    """Whether the last bit of the significand is 0; ``exponent`` is that of the ulp."""
    return isinf(computed) or ldexp(computed, -exponent) % 2 == 0


def miss(computed: float, true: Real, format_: Format, *, signed: bool = True) -> Miss | None:
    """Return the error in ulp and absolutely, or None while the ball is too wide to say.

    The first is at most 1/2 exactly when the result is the correctly rounded one: a tie that
    went to the odd neighbour, or a zero of the wrong sign, counts as more. Unless it is ``signed``,
    a zero may have either sign while the ball has both.
    """
    if isnan(computed) or _has_the_wrong_sign(computed, true):
        return inf, inf
    if signed and computed == 0 and not (true > 0 or true < 0 or true == 0):
        return None
    exponent = unit_exponent(true, format_)
    error: Real = distance(computed, true, exponent, format_)
    if isinstance(error, arb) and not error.rad() < WIDTH:
        return None
    if error < CORRECTLY_ROUNDED:
        ulp = min(float(error), 0.5)
    elif error > CORRECTLY_ROUNDED:
        ulp = max(_double(error), MORE_THAN_HALF)
    elif isinstance(error, Fraction) or error.is_exact():
        ulp = 0.5 if _is_even(computed, exponent) else MORE_THAN_HALF
    else:
        return None
    return ulp, float(np.ldexp(ulp, exponent))


def _double(error: Real) -> float:
    """The nearest double, infinite for what is beyond them all."""
    try:
        return float(error)
    except OverflowError:
        return inf


@dataclass(frozen=True)
class Target:
    """Results to be judged: those of one derivative, or of backward, at every input.

    ``place`` is that of the true value among those of its `Truth`. The sign of a zero is left open
    unless it is ``signed``.
    """

    order: int
    witness: str
    computed: list[float]
    truth: Truth
    place: int
    upstream: list[float] | None = None
    signed: bool = True

    def miss(self, index: int, values: tuple[Real, ...], format_: Format) -> Miss | None:
        """Compare the result at one input with the true value there."""
        true = values[self.place]
        if self.upstream is not None:
            true *= type(true)(self.upstream[index])
        return miss(self.computed[index], true, format_, signed=self.signed)


def _targets(activation: Activation, x: Array, format_: Format) -> list[Target]:
    """Collect what ``reference`` says at ``x``.

    The terms of a derivative by a parameter cancel: those of softplus leave e^-x of x, of whose
    sign no precision tells when x is huge. There balls judge the magnitude alone.
    """
    upstream = upstreams(x.size, format_)
    by_x = truth(activation)
    targets = [
        Target(order, "balls", _listed(activation.derivative(x, order=order)), by_x, order)
        for order in ORDERS
    ]
    backward = _listed(activation.backward(x, upstream))
    targets.append(Target(1, "balls, backward", backward, by_x, 1, _listed(upstream)))
    for parameter in activation.parameters:
        computed = _listed(activation.derivative_wrt(parameter, x))
        by_it = truth_by_parameter(activation, parameter)
        targets.append(Target(0, f"balls, by {parameter}", computed, by_it, 1, signed=False))
    return targets


def _listed(results: Array) -> list[float]:
    wide: list[float] = doubles(results).tolist()
    return wide


def _misses(targets: list[Target], points: list[float], format_: Format) -> list[list[Miss]]:
    """The misses of all targets at all points; those of one truth are looked at together."""
    groups: dict[Truth, list[int]] = {}
    for place, target in enumerate(targets):
        groups.setdefault(target.truth, []).append(place)
    found: list[list[Miss]] = [[] for _ in targets]
    for true, places in groups.items():
        group = [targets[place] for place in places]
        for index, point in enumerate(points):
            misses = _judge_point(true, point, index, group, format_)
            for place, one in zip(places, misses, strict=True):
                found[place].append(one)
    return found


def _judge_point(
    true: Truth, x: float, index: int, targets: list[Target], format_: Format
) -> list[Miss]:
    """Return the misses of some targets at x, with as much precision as they take."""
    found: list[Miss | None] = [None] * len(targets)
    for bits in PRECISIONS:
        values = true(x, bits)
        with ctx.workprec(bits):
            found = [
                target.miss(index, values, format_) if earlier is None else earlier
                for target, earlier in zip(targets, found, strict=True)
            ]
        if None not in found:
            break
    return [(inf, inf) if value is None else value for value in found]


def _settings(activation: Activation) -> list[Activation]:
    """List the activation itself, and with each parameter at another value."""
    others = ({name: ANOTHER_PARAMETER} for name in activation.parameters)
    return [activation, *(setting(activation, other) for other in others)]


def witness(activation: Activation, format_: Format, x: Array) -> list[Row]:
    """Judge value, derivatives, backward and parameter derivatives at the inputs ``x``.

    At a kink the derivative is a choice; it is ``differences`` that judges it.
    """
    points = x.astype(np.float64).tolist()
    rows: dict[tuple[int, str], list[tuple[Array, Array]]] = {}
    for chosen in _settings(activation):
        targets = _targets(chosen, x, format_)
        smooth = ~np.isin(x, [kink.at for kink in chosen.kinks])
        for target, found in zip(targets, _misses(targets, points, format_), strict=True):
            kept = smooth | (target.order == 0)
            rows.setdefault((target.order, target.witness), []).append(
                (x[kept], np.array(found)[kept])
            )
    return [
        _row(Claim(activation.name, order, name, format_.name), parts)
        for (order, name), parts in rows.items()
    ]


def _row(claim: Claim, parts: list[tuple[Array, Array]]) -> Row:
    x = np.concatenate([part for part, _ in parts])
    ulp, absolute = np.concatenate([misses for _, misses in parts]).T
    return claim.judge(x, ulp, absolute, CORRECTLY_ROUNDED)
