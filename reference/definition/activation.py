"""What an activation is: a value, its derivatives, and the facts about them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from math import isfinite
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from reference.arithmetic.formats import FORMATS
from reference.arithmetic.types import Array

from .evaluation import evaluate
from .function import Function


@cache
def _is_a_format(dtype: np.dtype[Any]) -> bool:
    return dtype.name in FORMATS


@dataclass(frozen=True)
class Kink:
    """A point where the derivative jumps, and the element of the subdifferential chosen there."""

    at: float
    left: float
    right: float
    chosen: float
    reason: str


@dataclass(frozen=True)
class Activation:
    """An activation function with its first and second derivative, correctly rounded.

    Limits, bounds, roots and kinks are those for the default parameters.

    Call it for the value. All methods take anything `numpy.asarray` takes, of any shape, stride
    and byte order. float16, bfloat16 (of ml_dtypes), float32 and float64 keep their dtype;
    integers and bools become float64. The result is a new array (a NumPy scalar for a scalar) and
    the real number rounded once: at most 0.5 ulp off, the same bits on every machine. NaN gives
    NaN, an infinity gives the limit, and zeros carry the sign of the limit. A parameter is the
    real number that its Python float is. HALFULP_THREADS=2, ... in the environment spreads large
    arrays over threads.

    Raises:
        TypeError: a dtype that is not supported, or an unknown parameter.
        ValueError: a parameter that is not finite, or an order other than 0, 1, 2.

    """

    name: str
    title: str
    orders: tuple[Function, Function, Function]
    source: str
    kinks: tuple[Kink, ...] = ()
    parameters: Mapping[str, float] = field(default_factory=dict)
    parameter_derivatives: Mapping[str, Function] = field(default_factory=dict)
    monotone: bool = True

    def __call__(self, x: ArrayLike, **parameters: float) -> Any:
        """f(x)."""
        return self.derivative(x, order=0, **parameters)

    def derivative(self, x: ArrayLike, order: int = 1, **parameters: float) -> Any:
        """The derivative of the given order (0, the value; 1; or 2) with respect to x."""
        if not isinstance(order, Real) or order not in range(len(self.orders)):
            raise ValueError(f"{self.name}: order is 0, 1 or 2, not {order!r}")
        return self._evaluate(self.orders[int(order)], x, None, parameters)

    def backward(self, x: ArrayLike, upstream: ArrayLike, **parameters: float) -> Any:
        """f'(x) upstream, the vector-Jacobian product: exact, then rounded once to x's dtype.

        ``x`` and ``upstream`` broadcast together (ValueError if they do not). An infinite
        upstream multiplies the derivative that x has, not the 0 that it may round to.
        """
        return self._evaluate(self.orders[1], x, self._floating(upstream, "upstream"), parameters)

    def derivative_wrt(self, parameter: str, x: ArrayLike, **parameters: float) -> Any:
        """The derivative of f(x) with respect to a parameter, such as ``"negative_slope"``."""
        self._checked({parameter: 0.0})
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
        parameters = self._checked({**self.parameters, **parameters})
        x = self._floating(x, "x")
        if upstream is not None:
            try:
                x, upstream = np.broadcast_arrays(x, upstream)
            except ValueError:
                raise ValueError(
                    f"{self.name}: x and upstream have to broadcast together, "
                    f"but their shapes are {x.shape} and {upstream.shape}"
                ) from None
        return evaluate(function, x, upstream, parameters)[()]

    def _floating(self, x: ArrayLike, role: str) -> Array:
        array = np.asarray(x)
        if array.dtype.kind in "biu":
            return array.astype(np.float64)
        if not _is_a_format(array.dtype):
            raise TypeError(
                f"{self.name}: {role} has dtype {array.dtype}; supported are {', '.join(FORMATS)}, "
                "and integers and bools, which become float64"
            )
        return array.astype(array.dtype.newbyteorder("="), copy=False)

    def _checked(self, parameters: Mapping[str, float]) -> dict[str, float]:
        checked: dict[str, float] = {}
        for name, value in parameters.items():
            if name not in self.parameters:
                known = ", ".join(self.parameters) or "none"
                raise TypeError(f"{self.name} has no parameter {name!r}; its parameters: {known}")
            if not isinstance(value, Real):
                raise TypeError(f"{self.name}: {name} has to be a real number, not {value!r}")
            try:
                checked[name] = float(value)
            except OverflowError:
                raise ValueError(f"{self.name}: {name} has to be within float64's range") from None
            if not isfinite(checked[name]):
                raise ValueError(f"{self.name}: {name} has to be finite, not {value}")
        return checked
