"""Formulas over balls: certified enclosures of the value and of all derivatives.

A number is a power series whose coefficients are balls (python-flint's ``arb_series``), a midpoint
with a proved radius. The series of f at x is f(x) + f'(x) h + f''(x)/2 h² + ..., so derivatives
come from the chain rule and none is written down. Each function has relative accuracy of its own:
its constant term is that of the ball function, and its derivatives are formed without the
cancellation that a difference such as 1 - tanh² would bring.

A comparison is decided if it holds for all numbers of the balls or for none. Undecided, ``where``,
``min``, ``max`` and ``abs`` give a ball around the values of both branches, and no derivatives: all
further coefficients are infinite balls.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import inf
from typing import Any

from flint import arb, arb_series, ctx, fmpq

from .evaluate import evaluate
from .language import Expression
from .rewriting import rewritten

Series = Callable[[arb_series], arb_series]
Branch = Callable[[], arb_series]
# The number of coefficients for value, first and second derivative.
ORDERS = 3
# From 64 bits up to more than the 2 · 1074 that a term at the square of the smallest double,
# beside 1, calls for.
PRECISIONS = tuple(2**n for n in range(6, 14))
UNKNOWN = arb(0, inf)
# e^(-FAR²) is far below every format, and there flint's own erfc ends.
FAR = 4096


@dataclass(frozen=True)
class Form:
    """A formula as a function of the series of x; parameters are the numbers that they are."""

    expression: Expression
    parameters: Mapping[str, float]

    def __call__(self, x: arb_series) -> arb_series:
        """The series of the formula."""
        symbols = {name: exact(value) for name, value in self.parameters.items()}
        return _series(evaluate(self.expression, OPERATIONS, {**symbols, "x": x, "pi": arb.pi()}))


def form(expression: Expression, parameters: Mapping[str, float]) -> Form:
    """The formula in the form that its enclosures are tightest in."""
    return Form(rewritten(expression), dict(parameters))


def by_parameter(expression: Expression, parameters: Mapping[str, float], name: str) -> Series:
    """The formula as a function of the series of a parameter, at the x of its constant term."""
    inner = rewritten(expression)

    def series(x: arb_series) -> arb_series:
        symbols: dict[str, Any] = {key: exact(value) for key, value in parameters.items()}
        symbols[name] = arb_series([symbols[name], 1])
        return _series(evaluate(inner, OPERATIONS, {**symbols, "x": x[0], "pi": arb.pi()}))

    return series


def jet(function: Series, x: float | Fraction, bits: int) -> tuple[arb, arb, arb]:
    """Balls around f(x), f'(x) and f''(x), computed with a precision of ``bits``."""
    with ctx.workprec(bits), terms(ORDERS):
        series = function(arb_series([exact(x), 1]))
        return series[0], series[1], 2 * series[2]


def exact(x: float | Fraction) -> arb:
    """A number as a ball: a double exactly, a fraction to the present precision."""
    return arb(fmpq(x.numerator, x.denominator)) if isinstance(x, Fraction) else arb(x)


class terms:  # noqa: N801  a context manager, as those of python-flint are
    """The context in which series have so many coefficients."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __enter__(self) -> None:
        self._before, ctx.cap = ctx.cap, self.count

    def __exit__(self, *_: object) -> None:
        ctx.cap = self._before


def _series(number: Any) -> arb_series:
    return number if isinstance(number, arb_series) else arb_series([number])


def _constant(number: Any) -> arb:
    return number[0] if isinstance(number, arb_series) else number


def _undetermined(value: arb) -> arb_series:
    """A value without derivatives."""
    return arb_series([value, *[UNKNOWN] * (ctx.cap - 1)])


def _with_constant(series: arb_series, value: arb) -> arb_series:
    return arb_series([value, *series.coeffs()[1:]])


def _composed(value: arb, slope: arb_series, u: arb_series) -> arb_series:
    """g(u) from its value at u's constant term and g'(u)."""
    return _with_constant((slope * u.derivative()).integral(), value)


def _guarded(function: Callable[[arb_series], arb_series]) -> Callable[[Any], arb_series]:
    """The function of a number or a series; where flint gives up, nothing is known."""

    def call(u: Any) -> arb_series:
        try:
            return function(_series(u))
        except (ValueError, ZeroDivisionError):
            return _undetermined(UNKNOWN)

    return call


def _exp(u: arb_series) -> arb_series:
    return u.exp()


def _expm1(u: arb_series) -> arb_series:
    return _with_constant(u.exp(), u[0].expm1())


def _log(u: arb_series) -> arb_series:
    return _composed(u[0].log(), 1 / u, u)


def _log1p(u: arb_series) -> arb_series:
    return _composed(u[0].log1p(), 1 / (1 + u), u)


def _sqrt(u: arb_series) -> arb_series:
    return u.sqrt()


def _sigmoid(u: arb_series) -> arb_series:
    """1 / (1 + e^-u), or e^u / (1 + e^u) for u < 0, where the exponential is small."""
    if u[0] < 0:
        e = u.exp()
        return e / (1 + e)
    return 1 / (1 + (-u).exp())


def _tanh(u: arb_series) -> arb_series:
    """By its derivative 4 σ(2u) σ(-2u), which is 1 - tanh² without the difference."""
    return _composed(u[0].tanh(), 4 * _sigmoid(2 * u) * _sigmoid(-2 * u), u)


def _softplus(u: arb_series) -> arb_series:
    """ln(1 + e^u), or u + ln(1 + e^-u) for u > 0."""
    value = u[0] + (-u[0]).exp().log1p() if u[0] > 0 else u[0].exp().log1p()
    return _composed(value, _sigmoid(u), u)


def _erfc(u: arb_series) -> arb_series:
    """Far to the right e^(-u²) / (u √π) (1 - θ/(2u²)) with 0 < θ < 1 (NIST DLMF 7.12.1)."""
    if not u[0] > FAR:
        return u.erfc()
    square = u[0] * u[0]
    value = (-square).exp() / (u[0] * arb.pi().sqrt()) * (1 - arb(0.5, 0.5) / (2 * square))
    return _composed(value, -2 / arb.pi().sqrt() * (-u * u).exp(), u)


def _normal_distribution(u: arb_series) -> arb_series:
    return _erfc(-u / arb(2).sqrt()) / 2


def _normal_density(u: arb_series) -> arb_series:
    return (-u * u / 2).exp() / (2 * arb.pi()).sqrt()


def _power(u: Any, exponent: int) -> Any:
    """By repeated products, so that an exact base stays exact."""
    if exponent < 0:
        return _quotient(1, _power(u, -exponent))
    if exponent == 0:
        return arb(1)
    half = _power(u, exponent // 2)
    return half * half * u if exponent % 2 else half * half if exponent > 1 else u


def _quotient(a: Any, b: Any) -> Any:
    try:
        return a / b
    except (ValueError, ZeroDivisionError):
        return _undetermined(UNKNOWN)


def _sign(difference: Any) -> int | None:
    """The sign of a number; None if its ball contains 0 and more."""
    value = _constant(difference)
    if value > 0 or value < 0:
        return 1 if value > 0 else -1
    return 0 if value == 0 else None


def _comparison(decide: Callable[[int], bool], a: Any, b: Any) -> bool | None:
    sign = _sign(a - b)
    return None if sign is None else decide(sign)


def _both(a: bool | None, b: bool | None) -> bool | None:  # noqa: FBT001  conditions
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def _where(condition: bool | None, chosen: Branch, otherwise: Branch) -> Any:  # noqa: FBT001
    if condition is None:
        return _undetermined(_constant(chosen()).union(_constant(otherwise())))
    return chosen() if condition else otherwise()


def _extreme(pick: Callable[[arb, arb], arb], wanted: int, a: Any, b: Any) -> Any:
    """The larger of two numbers, if the ``wanted`` sign of a - b is 1; the smaller if it is -1."""
    sign = _sign(a - b)
    if not sign:
        return _undetermined(pick(_constant(a), _constant(b)))
    return a if sign == wanted else b


def _magnitude(u: Any) -> Any:
    sign = _sign(u)
    return _undetermined(abs(_constant(u))) if not sign else u if sign > 0 else -u


FUNCTIONS: dict[str, Callable[[Any], arb_series]] = {
    name: _guarded(function)
    for name, function in {
        "exp": _exp,
        "expm1": _expm1,
        "log": _log,
        "log1p": _log1p,
        "sqrt": _sqrt,
        "erf": lambda u: u.erf(),
        "erfc": _erfc,
        "sin": lambda u: u.sin(),
        "cos": lambda u: u.cos(),
        "atan": lambda u: u.atan(),
        "tanh": _tanh,
        "sigmoid": _sigmoid,
        "softplus": _softplus,
        "Phi": _normal_distribution,
        "phi": _normal_density,
    }.items()
}

OPERATIONS: dict[str, Callable[..., Any]] = {
    "number": exact,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": _quotient,
    "neg": lambda u: -u,
    "pow": _power,
    "lt": partial(_comparison, lambda sign: sign < 0),
    "le": partial(_comparison, lambda sign: sign <= 0),
    "gt": partial(_comparison, lambda sign: sign > 0),
    "ge": partial(_comparison, lambda sign: sign >= 0),
    "both": _both,
    "where": _where,
    "min": partial(_extreme, arb.min, -1),
    "max": partial(_extreme, arb.max, 1),
    "abs": _magnitude,
    **FUNCTIONS,
}
