"""An activation that is nothing but its formula: `of_formula("x * sigmoid(beta * x)", ...)`.

Its numbers come from ball arithmetic, so that a candidate can be judged against any formula of the
language; that takes some 20 µs for each new x. What else is known of it, `seen` finds.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from math import isfinite
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from reference import ACTIVATIONS, Activation, Function
from reference.arithmetic.formats import FORMATS
from reference.arithmetic.rounding import narrow
from reference.arithmetic.types import Array, Float64
from verification.errors import UsageError

from .gated import gate_of
from .language import FUNCTIONS, Expression, parse
from .setting import setting

if TYPE_CHECKING:
    from .enclosed import Enclosed

FLOAT64 = np.dtype(np.float64)
NAME = re.compile(r"\b[A-Za-z_]\w*")
KNOWN = {"x", "pi", *FUNCTIONS, *ACTIVATIONS}
# Formulas whose numbers are kept.
CACHED = 4


@dataclass(frozen=True, eq=False, repr=False)
class OfFormula(Activation):
    """A formula with its numbers; its parameters are set once and for all.

    expression: the formula of the value.
    vanishes: whether the value is zero on an interval.
    keeps_the_sign_of_zero: whether the formula, evaluated step by step at -0 and at +0, gives a
        zero the sign that f has beside it.
    """

    expression: Expression = field(kw_only=True)
    enclosed: "Enclosed" = field(kw_only=True)
    vanishes: bool = field(kw_only=True)
    keeps_the_sign_of_zero: bool = field(kw_only=True)

    def __reduce__(self) -> tuple[Callable[..., Activation], tuple[str, dict[str, float]]]:
        """Another process makes it anew, from its text."""
        return of_formula, (self.name, dict(self.parameters))

    def value_and_derivative(self, x: ArrayLike, **parameters: float) -> tuple[Any, Any]:
        """The two calls; each has an enclosure of its own."""
        return self(x, **parameters), self.derivative(x, 1, **parameters)

    def product(self, x: Array, factor: Array, order: int) -> Any:
        """The value or a derivative, times a factor, rounded once."""
        return self._evaluate(self.orders[order], x, factor, {})

    def _evaluate(
        self,
        function: Function,
        x: ArrayLike,
        upstream: Array | None,
        parameters: Mapping[str, float],
    ) -> Any:
        if parameters:
            raise TypeError(f"{self.name}: its parameters are set, they are no arguments")
        x = self._floating(x, "x")
        if upstream is not None:
            x, upstream = np.broadcast_arrays(x, upstream)
        order = next(n for n, known in enumerate(self.orders) if known is function)
        with np.errstate(all="ignore"):
            factor = None if upstream is None else upstream.reshape(-1).astype(np.float64)
            return self._rounded(order, x.reshape(-1), factor).reshape(x.shape)[()]

    def _rounded(self, order: int, x: Array, factor: Float64 | None) -> Array:
        wide = x.astype(np.float64)
        result = np.array(x)
        ordinary = np.isfinite(wide)
        if factor is not None:
            ordinary &= np.isfinite(factor)
        one = None if factor is None else factor[ordinary]
        result[ordinary] = self.enclosed.product(wide[ordinary], order, one, x.dtype)
        rest = ~ordinary & ~np.isnan(wide)
        other = None if factor is None else factor[rest]
        result[rest] = narrow(self._at_the_limits(order, wide[rest], other), x.dtype)
        return result

    def _at_the_limits(self, order: int, x: Float64, factor: Float64 | None) -> Float64:
        """Where x or the factor is infinite, or the factor is NaN."""
        below, above = self.orders[order].limits
        numbers = np.where(x > 0, above, below)
        finite = np.isfinite(x)
        numbers[finite] = self.enclosed.product(
            x[finite], order, np.ones(int(finite.sum())), FLOAT64
        )
        zero = finite & (numbers == 0)
        numbers[zero] = self.enclosed.signs(x[zero], order)
        return numbers if factor is None else numbers * factor


@dataclass(frozen=True, eq=False, repr=False)
class Gated(OfFormula):
    """The gate g of a formula ``g(x) * y`` of two inputs; its facts are those of g.

    gate: the input of the formula that g is applied to, "x" or "y".
    """

    gate: str = field(kw_only=True)

    @property
    def other(self) -> str:
        """The input that is multiplied by g."""
        return "y" if self.gate == "x" else "x"


def of_formula(text: str, parameters: Mapping[str, float] | None = None) -> OfFormula:
    """The activation that a formula is, with the numbers that its parameters are.

    A ``y`` beside an ``x`` is a second input, unless it is given a number: the formula is `Gated`.

    Raises UsageError for what is not in the language, and for parameters that are missing, not in
    the formula, or no finite numbers.
    """
    found = dict(parameters or {})
    symbols = _parsed(text).symbols - {"x", "pi"}
    is_gated = has_two_inputs(text, found)
    if is_gated:
        symbols -= {"y"}
    missing, superfluous = sorted(symbols - found.keys()), sorted(found.keys() - symbols)
    if missing:
        raise UsageError(
            f"expected a number for each parameter of {text!r}, but {', '.join(missing)} has none"
        )
    if superfluous:
        known = ", ".join(sorted(symbols)) or "none"
        raise UsageError(
            f"{text!r} has no parameter {', '.join(superfluous)}; its parameters: {known}"
        )
    for name, value in found.items():
        if isinstance(value, bool) or not isinstance(value, Real) or not isfinite(value):
            raise UsageError(f"{text!r}: {name} has to be a finite number, not {value!r}")
    numbers = tuple((name, float(found[name])) for name in sorted(symbols))
    return _of_formula(text, numbers, is_gated=is_gated)


def has_two_inputs(text: str | None, parameters: Mapping[str, float]) -> bool:
    """Whether a formula has a second input ``y``, and no parameter of that name."""
    return text is not None and "y" not in parameters and _parsed(text).symbols >= {"x", "y"}


def asked_for(name: str, parameters: Mapping[str, float]) -> Activation:
    """The activation that a verdict names: one of the catalogue, or a formula."""
    if name in ACTIVATIONS:
        return setting(ACTIVATIONS[name], parameters)
    return of_formula(name, parameters)


def _parsed(text: str) -> Expression:
    """The formula, in which any name that is not defined stands for a parameter or an input."""
    names = NAME.findall(text) if isinstance(text, str) else []
    return parse(text, ("x", *dict.fromkeys(name for name in names if name not in KNOWN)))


@lru_cache(maxsize=CACHED)
def _of_formula(
    text: str, parameters: tuple[tuple[str, float], ...], *, is_gated: bool
) -> OfFormula:
    from .enclosed import Enclosed  # noqa: PLC0415  flint where it is needed
    from .naive import evaluated  # noqa: PLC0415  SciPy likewise
    from .seen import kinks_of, seen, vanishes  # noqa: PLC0415  likewise

    known = dict(parameters)
    parsed, gate = _parsed(text), ""
    if is_gated:
        parsed, gate = gate_of(parsed, text)
    enclosed = Enclosed(parsed, known)
    zeros = np.array([-0.0, 0.0])
    both = evaluated(parsed, known, FORMATS["float64"], zeros), enclosed.rounded(zeros, 0, FLOAT64)
    facts, monotone = seen(enclosed)
    value, first, second = (
        Function(
            partial(enclosed.rounded, order=order, dtype=FLOAT64), "" if order else text, known_of
        )
        for order, known_of in enumerate(facts)
    )
    make = partial(Gated, gate=gate) if is_gated else OfFormula
    return make(
        text,
        text,
        (value, first, second),
        "the formula itself",
        kinks=kinks_of(enclosed),
        parameters=known,
        monotone=monotone,
        expression=parsed,
        enclosed=enclosed,
        vanishes=vanishes(enclosed),
        keeps_the_sign_of_zero=np.array_equal(np.signbit(both[0]), np.signbit(both[1])),
    )
