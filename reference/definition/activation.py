"""What an activation is: a value, its derivatives, and the facts about them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from math import isfinite
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from reference.arithmetic.formats import FORMATS
from reference.arithmetic.types import Array

from .evaluation import evaluate, evaluate_together
from .facts import Choice, Kink, entry, facts_of, guides_of, kinks_of
from .function import Function

CONDITIONS: dict[str, Callable[[float], bool]] = {
    "other than 0": lambda number: number != 0,
    "positive": lambda number: number > 0,
    "at least 0": lambda number: number >= 0,
}


@cache
def _is_a_format(dtype: np.dtype[Any]) -> bool:
    return dtype.name in FORMATS


def _is_masked(x: ArrayLike) -> bool:
    """Whether it is a masked array, or a list that has one in it; `np.asarray` drops the mask."""
    if type(x) is np.ndarray:
        return False
    if isinstance(x, list | tuple):
        return not set(map(type, x)) <= {float, int} and any(map(_is_masked, x))
    return isinstance(x, np.ma.MaskedArray)


@dataclass(frozen=True, eq=False, repr=False)
class Activation:
    """An activation function with its first and second derivative, correctly rounded.

    Call it for the value. All methods take anything `numpy.asarray` takes, of any shape, stride
    and byte order. float16, bfloat16 (of ml_dtypes), float32 and float64 keep their dtype;
    integers and bools become float64. The result is a new array (a NumPy scalar for a scalar) and
    the real number rounded once: at most 0.5 ulp off, the same bits on every machine. NaN gives
    NaN, an infinity gives the limit, and zeros carry the sign of the limit. A parameter is the
    real number that its Python float is. HALFULP_THREADS=2, ... in the environment spreads large
    arrays over threads.

    name, title: what it is called in code and in text.
    orders: value, first and second derivative, with formula, limits, bounds, roots and symmetry
        for the default parameters.
    source: where it is defined, with the equation number.
    kinks: where a derivative jumps for the default parameters, and what is chosen there.
    parameters: their default values; ``conditions`` are what they have to fulfil.
    parameter_derivatives: the derivatives of the value with respect to them.
    monotone: whether the value never falls, or never rises.
    choices: the side that is taken at each kink, by the formula of its place, and the reason.

    Raises:
        TypeError: a dtype that is not supported, a masked array, or an unknown parameter.
        ValueError: a parameter that is not finite or breaks its condition, or an order other than
            0, 1, 2.

    """

    name: str
    title: str
    orders: tuple[Function, Function, Function]
    source: str
    kinks: tuple[Kink, ...] = ()
    parameters: Mapping[str, float] = field(default_factory=dict)
    parameter_derivatives: Mapping[str, Function] = field(default_factory=dict)
    monotone: bool = True
    choices: Mapping[str, Choice] = field(default_factory=dict)
    conditions: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        parameters = ", ".join(f"{name}={value!r}" for name, value in self.parameters.items())
        return f"<{self.name}{f'({parameters})' if parameters else ''}: {self.formula}>"

    def __call__(self, x: ArrayLike, **parameters: float) -> Any:
        """f(x), of the dtype and shape of ``x``."""
        return self._evaluate(self.orders[0], x, None, parameters)

    def derivative(self, x: ArrayLike, order: int = 1, **parameters: float) -> Any:
        """The derivative with respect to x, of the dtype and shape of ``x``.

        ``order`` is 1 or 2, or 0 for the value; ValueError for anything else. At a kink it is what
        `kinks` states.
        """
        if not isinstance(order, Real) or order not in range(len(self.orders)):
            raise ValueError(f"{self.name}: order is 0, 1 or 2, not {order!r}")
        return self._evaluate(self.orders[int(order)], x, None, parameters)

    def value_and_derivative(self, x: ArrayLike, **parameters: float) -> tuple[Any, Any]:
        """f(x) and f'(x), of the dtype and shape of ``x``: the bits of the two calls in less time.

        What the formulas share, such as an exponential, is computed once.
        """
        chosen, by_default = self._chosen(parameters)
        array = self._floating(x, "x")
        value, first = evaluate_together(self.orders[:2], array, chosen, by_default=by_default)
        return value[()], first[()]

    def backward(self, x: ArrayLike, upstream: ArrayLike, **parameters: float) -> Any:
        """f'(x) upstream, the vector-Jacobian product: exact, then rounded once to x's dtype.

        ``x`` and ``upstream`` broadcast together (ValueError if they do not), and may be of
        different dtypes. An infinite upstream multiplies the derivative that x has, not the 0 that
        it may round to.
        """
        return self._evaluate(self.orders[1], x, self._floating(upstream, "upstream"), parameters)

    def derivative_wrt(self, parameter: str, x: ArrayLike, **parameters: float) -> Any:
        """The derivative of f(x) with respect to a parameter, such as ``"negative_slope"``.

        Of the dtype and shape of ``x``. TypeError for a parameter that the activation lacks.
        """
        self._known(parameter)
        return self._evaluate(self.parameter_derivatives[parameter], x, None, parameters)

    @property
    def formula(self) -> str:
        """The formula of the value."""
        return self.orders[0].formula

    @property
    def limits(self) -> tuple[float, float]:
        """The limits of the value at -inf and +inf."""
        return self.orders[0].limits

    def _evaluate(
        self,
        function: Function,
        x: ArrayLike,
        upstream: Array | None,
        parameters: Mapping[str, float],
    ) -> Any:
        chosen, by_default = self._chosen(parameters)
        x = self._floating(x, "x")
        if upstream is not None:
            try:
                x, upstream = np.broadcast_arrays(x, upstream)
            except ValueError:
                raise ValueError(
                    f"{self.name}: x and upstream have to broadcast together, "
                    f"but their shapes are {x.shape} and {upstream.shape}"
                ) from None
        return evaluate(function, x, upstream, chosen, by_default=by_default)[()]

    def _chosen(self, parameters: Mapping[str, float]) -> tuple[Mapping[str, float], bool]:
        """All parameters, and whether they are the default ones."""
        if not parameters:
            return self.parameters, True
        chosen = {**self.parameters, **self._checked(parameters)}
        return chosen, chosen == self.parameters

    def _floating(self, x: ArrayLike, role: str) -> Array:
        if _is_masked(x):
            raise TypeError(
                f"{self.name}: {role} is a masked array, and an element that is masked has no "
                f"value: give one to each, as {role}.filled(...) does"
            )
        array = np.asarray(x)
        if array.dtype.kind in "biu":
            return array.astype(np.float64)
        if not _is_a_format(array.dtype):
            raise TypeError(
                f"{self.name}: {role} has dtype {array.dtype}; supported are {', '.join(FORMATS)}, "
                "and integers and bools, which become float64"
            )
        if array.dtype.isnative:
            return array
        return array.astype(array.dtype.newbyteorder("="))

    def _known(self, parameter: str) -> None:
        if parameter not in self.parameters:
            known = ", ".join(self.parameters) or "none"
            raise TypeError(f"{self.name} has no parameter {parameter!r}; its parameters: {known}")

    def _checked(self, parameters: Mapping[str, float]) -> dict[str, float]:
        checked: dict[str, float] = {}
        for name, value in parameters.items():
            self._known(name)
            if not isinstance(value, Real):
                raise TypeError(f"{self.name}: {name} has to be a real number, not {value!r}")
            try:
                checked[name] = float(value)
            except OverflowError:
                raise ValueError(f"{self.name}: {name} has to be within float64's range") from None
            if not isfinite(checked[name]):
                raise ValueError(f"{self.name}: {name} has to be finite, not {value}")
            condition = self.conditions.get(name)
            if condition is not None and not CONDITIONS[condition](checked[name]):
                raise ValueError(f"{self.name}: {name} has to be {condition}, not {value}")
        return checked


def define(  # noqa: PLR0913  all that an author says
    name: str,
    title: str,
    formulas: tuple[str, str, str],
    functions: tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]],
    source: str,
    *,
    parameters: Mapping[str, float] | None = None,
    parameter_derivatives: Mapping[str, tuple[str, Callable[..., Any]]] | None = None,
    conditions: Mapping[str, str] | None = None,
    choices: Mapping[str, Choice] | None = None,
) -> Activation:
    """An activation from what its author says: formula texts, functions, source and choices.

    ``formulas`` are those of value, first and second derivative in the language of
    `verification.formula`, ``functions`` the same by hand. ``choices`` say what is taken at each
    kink, by the formula of its place. The facts are those of ``facts.json``.
    """
    known = entry(name)
    orders = known["orders"] if known else [None] * len(functions)
    wrt = known["parameter_derivatives"] if known else {}
    value, first, second = (
        _function(*parts) for parts in zip(functions, formulas, orders, strict=True)
    )
    return Activation(
        name,
        title,
        (value, first, second),
        source,
        kinks=kinks_of(known, dict(choices or {})) if known else (),
        parameters=dict(parameters or {}),
        parameter_derivatives={
            parameter: _function(function, formula, wrt.get(parameter))
            for parameter, (formula, function) in (parameter_derivatives or {}).items()
        },
        monotone=known["monotone"] if known else True,
        choices=dict(choices or {}),
        conditions=dict(conditions or {}),
    )


def _function(
    evaluate_by_hand: Callable[..., Any], formula: str, known: dict[str, Any] | None
) -> Function:
    if known is None:
        return Function(evaluate_by_hand, formula)
    return Function(
        evaluate_by_hand, formula, facts_of(known), guides_of(known), exact=known["exact"]
    )
