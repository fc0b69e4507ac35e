"""Formulas over fractions: the exact value and derivatives of a formula without irrational numbers.

Ties of a format are exact only in these: (x + 3) x / 6 lies midway between two numbers at many x.
Numbers are truncated power series (`flint.fmpq_series`), as in `balls`.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache, partial
from typing import Any

from flint import fmpq, fmpq_series

from .balls import ORDERS, terms
from .evaluate import evaluate
from .language import CONDITIONS, Expression

RATIONAL = {
    "number", "symbol", "named", "add", "sub", "mul", "div", "neg", "pow", "where",
    "min", "max", "abs", *CONDITIONS,
}  # fmt: skip


@cache
def is_rational(expression: Expression) -> bool:
    """Whether a formula gives fractions for fractions."""
    if expression.operation not in RATIONAL or expression.content == "pi":
        return False
    return all(map(is_rational, expression.operands))


def jet(
    expression: Expression, parameters: Mapping[str, float], x: float | Fraction
) -> tuple[Fraction, Fraction, Fraction]:
    """f(x), f'(x) and f''(x); at a kink, of the branch that the formula takes.

    Raises ZeroDivisionError where the formula divides by 0.
    """
    value, first, second = coefficients(expression, parameters, Fraction(x), ORDERS)
    return value, first, 2 * second


def coefficients(
    expression: Expression, parameters: Mapping[str, float], x: Fraction, count: int
) -> list[Fraction]:
    """The first coefficients of the power series at x.

    At 0 that may succeed with functions as well: e^x = 1 + x + x²/2 + ... Raises ValueError where a
    coefficient is irrational, or may be.
    """
    symbols = {name: _exact(Fraction(value)) for name, value in parameters.items()}
    with terms(count):
        variable = fmpq_series([_exact(x), 1])
        try:
            result = evaluate(expression, OPERATIONS, {**symbols, "x": variable})
        except KeyError as error:  # an operation or a constant that is not here
            raise ValueError(f"{error} is irrational") from None
        series = result if isinstance(result, fmpq_series) else fmpq_series([result])
        return [_fraction(series[n]) for n in range(count)]


def _exact(number: Fraction) -> fmpq:
    return fmpq(number.numerator, number.denominator)


def _fraction(number: fmpq) -> Fraction:
    return Fraction(int(number.p), int(number.q))


def _power(u: Any, exponent: int) -> Any:
    result = fmpq(1)
    for _ in range(abs(exponent)):
        result = result * u
    return result if exponent >= 0 else _quotient(1, result)


def _quotient(a: Any, b: Any) -> Any:
    try:
        return a / b
    except ValueError:  # of a series
        raise ZeroDivisionError("a formula divides by 0") from None


def _sign(difference: Any) -> int:
    value = difference[0] if isinstance(difference, fmpq_series) else difference
    return (value > 0) - (value < 0)


def _comparison(decide: Callable[[int], bool], a: Any, b: Any) -> bool:
    return decide(_sign(a - b))


def _of_series(function: Callable[[fmpq_series], fmpq_series]) -> Callable[[Any], fmpq_series]:
    """A function of a number or a series; flint raises ValueError unless its constant term is 0."""
    return lambda u: function(u if isinstance(u, fmpq_series) else fmpq_series([u]))


OPERATIONS: dict[str, Callable[..., Any]] = {
    "number": _exact,
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
    "both": lambda a, b: a and b,
    "where": lambda condition, chosen, otherwise: chosen() if condition else otherwise(),
    "min": lambda a, b: a if _sign(a - b) <= 0 else b,
    "max": lambda a, b: a if _sign(a - b) >= 0 else b,
    "abs": lambda u: u if _sign(u) >= 0 else -u,
    **{
        name: _of_series(function)
        for name, function in {
            "exp": lambda u: u.exp(),
            "expm1": lambda u: u.exp() - 1,
            "log1p": lambda u: (1 + u).log(),
            "tanh": lambda u: u.tanh(),
            "sin": lambda u: u.sin(),
            "cos": lambda u: u.cos(),
            "atan": lambda u: u.atan(),
            "sigmoid": lambda u: 1 / (1 + (-u).exp()),
        }.items()
    },
}
