"""Ball arithmetic, the judge of last resort: certified enclosures of the true values.

Each activation is written here once more, as its textbook defines it, over python-flint's
``arb_series``: power series whose coefficients are balls, a midpoint with a proved radius. The
series of f at x is f(x) + f'(x) h + f''(x)/2 h² + ..., so the derivatives come from the
library's series arithmetic and no derivative is written down. The textbook forms cancel in
the tails; there the balls are wide, and the working precision is doubled until they are not.

What is judged is correct rounding: the result is the number of the format nearest to the true
value, the even one of two when a tie is exact; so at most half an ulp.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import copysign, inf, isinf, isnan, ldexp, nextafter

import numpy as np
from flint import arb, arb_series, ctx

from reference import Activation
from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array
from verification.errors import UsageError
from verification.numbers.inputs import upstreams
from verification.numbers.ulp import CORRECTLY_ROUNDED, distance, doubles, unit_exponent

from .row import Claim, Row

Form = Callable[..., arb_series]
Balls = tuple[arb, arb, arb]
Miss = tuple[float, float]

ORDERS = 3
# From 128 bits up to more than the 2 · 1074 that a term at the square of the smallest double,
# beside 1, calls for.
PRECISIONS = tuple(2**n for n in range(7, 14))
# The widest error ball, in ulp, that is reported as a number.
WIDTH = 2.0**-20
HALF = arb(0.5)
MORE_THAN_HALF = nextafter(0.5, 1)
# A second value for each parameter, so that a parameter cannot be ignored.
ANOTHER_PARAMETER = 0.3


def relu(x: arb_series) -> arb_series:
    """Return max(0, x)."""
    return x if x[0] > 0 else 0 * x


def leaky_relu(x: arb_series, negative_slope: float) -> arb_series:
    """Return x where x > 0, a x elsewhere; a is the real number that its double is."""
    return x if x[0] > 0 else arb(negative_slope) * x


def sigmoid(x: arb_series) -> arb_series:
    """Return 1 / (1 + e^-x), or e^x / (e^x + 1) for x < 0, where e^-x may be infinite."""
    if x[0] < 0:
        return x.exp() / (x.exp() + 1)
    return 1 / (1 + (-x).exp())


def tanh(x: arb_series) -> arb_series:
    """Return (e^2x - 1) / (e^2x + 1), or the same divided by e^2x for x > 0."""
    if x[0] < 0:
        e = (2 * x).exp()
        return (e - 1) / (e + 1)
    e = (-2 * x).exp()
    return (1 - e) / (1 + e)


def gelu(x: arb_series) -> arb_series:
    """Return x Φ(x) = x/2 erfc(-x/√2)."""
    return x / 2 * (-x / arb(2).sqrt()).erfc()


def gelu_tanh(x: arb_series) -> arb_series:
    """Return x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))), with the decimal 0.044715 itself."""
    kappa = arb(44715) / 10**6
    return x / 2 * (1 + tanh((2 / arb.pi()).sqrt() * (x + kappa * x * x * x)))


def silu(x: arb_series) -> arb_series:
    """Return x σ(x)."""
    return x * sigmoid(x)


TEXTBOOK: dict[str, Form] = {
    "relu": relu,
    "leaky_relu": leaky_relu,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "gelu": gelu,
    "gelu_tanh": gelu_tanh,
    "silu": silu,
}


def textbook(activation: Activation) -> Form:
    """Look up the textbook form; raise UsageError for an activation that has none here."""
    if activation.name not in TEXTBOOK:
        raise UsageError(
            f"expected a form in ball arithmetic for every activation, but {activation.name!r} "
            f"has none in verification.witnesses.balls.TEXTBOOK ({', '.join(TEXTBOOK)})"
        )
    return TEXTBOOK[activation.name]


def enclose(form: Form, x: float, bits: int) -> Balls:
    """Balls around f(x), f'(x) and f''(x), computed with a precision of ``bits``."""
    with ctx.workprec(bits):
        series = form(arb_series([arb(x), 1], prec=ORDERS))
        return series[0], series[1], 2 * series[2]


def _has_the_wrong_sign(computed: float, true: arb) -> bool:
    """Whether a zero has the sign opposite to that of the true value that underflowed to it."""
    if computed != 0:
        return False
    return bool(true < 0 if copysign(1, computed) > 0 else true > 0)


def _is_even(computed: float, exponent: int) -> bool:
    """Whether the last bit of the significand is 0; ``exponent`` is that of the ulp."""
    return isinf(computed) or ldexp(computed, -exponent) % 2 == 0


def miss(computed: float, true: arb, format_: Format) -> Miss | None:
    """Return the error in ulp and absolutely, or None while the ball is too wide to say.

    The first is at most 1/2 exactly when the result is the correctly rounded one: a tie that
    went to the odd neighbour, or a zero of the wrong sign, counts as more.
    """
    if isnan(computed) or _has_the_wrong_sign(computed, true):
        return inf, inf
    exponent = unit_exponent(true, format_)
    error = distance(computed, true, exponent, format_)
    if not error.rad() < WIDTH:
        return None
    if error < HALF:
        ulp = min(float(error), 0.5)
    elif error > HALF:
        ulp = max(float(error), MORE_THAN_HALF)
    elif error.is_exact():
        ulp = 0.5 if _is_even(computed, exponent) else MORE_THAN_HALF
    else:
        return None
    return ulp, ldexp(ulp, exponent)


@dataclass(frozen=True)
class Target:
    """Results to be judged: those of one derivative, or of backward, at every input."""

    order: int
    witness: str
    computed: list[float]
    upstream: list[float] | None = None

    def miss(self, index: int, balls: Balls, format_: Format) -> Miss | None:
        """Compare the result at one input with the ball around the true value there."""
        true = balls[self.order]
        if self.upstream is not None:
            true *= arb(self.upstream[index])
        return miss(self.computed[index], true, format_)


def _targets(
    activation: Activation, x: Array, parameters: Mapping[str, float], format_: Format
) -> list[Target]:
    """Collect what ``reference`` says at ``x``."""
    upstream = upstreams(x.size, format_)
    targets = [
        Target(order, "balls", _listed(activation.derivative(x, order=order, **parameters)))
        for order in range(ORDERS)
    ]
    backward = _listed(activation.backward(x, upstream, **parameters))
    return [*targets, Target(1, "balls, backward", backward, _listed(upstream))]


def _listed(results: Array) -> list[float]:
    wide: list[float] = doubles(results).tolist()
    return wide


def _judge_point(
    form: Form, x: float, index: int, targets: list[Target], format_: Format
) -> list[Miss]:
    """Return the misses of all targets at x, with as much precision as they take."""
    found: list[Miss | None] = [None] * len(targets)
    for bits in PRECISIONS:
        balls = enclose(form, x, bits)
        with ctx.workprec(bits):
            found = [
                target.miss(index, balls, format_) if earlier is None else earlier
                for target, earlier in zip(targets, found, strict=True)
            ]
        if None not in found:
            break
    return [(inf, inf) if value is None else value for value in found]


def _settings(activation: Activation) -> list[dict[str, float]]:
    """List the default parameters, and each parameter at another value."""
    return [{}, *({name: ANOTHER_PARAMETER} for name in activation.parameters)]


def witness(activation: Activation, format_: Format, x: Array) -> list[Row]:
    """Judge value, derivatives and backward at the inputs ``x``.

    At a kink the derivative is a choice; it is ``differences`` that judges it.
    """
    points = x.astype(np.float64).tolist()
    misses, targets = [], []
    for parameters in _settings(activation):
        form = partial(textbook(activation), **{**activation.parameters, **parameters})
        targets = _targets(activation, x, parameters, format_)
        misses += [
            _judge_point(form, point, index, targets, format_) for index, point in enumerate(points)
        ]
    tried = np.tile(x, len(misses) // x.size)
    smooth = ~np.isin(tried, [kink.at for kink in activation.kinks])
    rows = []
    for target, found in zip(targets, np.array(misses).transpose(1, 2, 0), strict=True):
        chosen = smooth | (target.order == 0)
        claim = Claim(activation.name, target.order, target.witness, format_.name)
        rows.append(
            claim.judge(tried[chosen], found[0, chosen], found[1, chosen], CORRECTLY_ROUNDED)
        )
    return rows
