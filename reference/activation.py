"""What an activation is: a value, its derivatives, and the facts about them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .arithmetic.evaluation import evaluate
from .arithmetic.types import Array


@dataclass(frozen=True)
class Function:
    """One function of one real variable: the value or a derivative of an activation.

    ``evaluate`` is the formula, over any number type. ``limits`` are those at -inf and +inf,
    ``roots`` the doubles nearest to the zeros where the sign changes, in rising order, and
    ``bounds`` the infimum and the supremum over the real line.
    """

    evaluate: Callable[..., Any]
    formula: str
    latex: str
    limits: tuple[float, float]
    bounds: tuple[float, float]
    roots: tuple[float, ...] = ()
    symmetry: str = ""
    saturation: tuple[float, float] = (inf, inf)
    expansion: tuple[float, float, int] | None = None
    exact: bool = False


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
    """An activation function with its first and second derivative."""

    name: str
    title: str
    orders: tuple[Function, Function, Function]
    source: str
    kinks: tuple[Kink, ...] = ()
    parameters: Mapping[str, float] = field(default_factory=dict)
    monotone: bool = True

    def __call__(self, x: ArrayLike, **parameters: float) -> Any:
        return self.derivative(x, order=0, **parameters)

    def derivative(self, x: ArrayLike, order: int = 1, **parameters: float) -> Any:
        x = np.asarray(x)
        x = x.astype(x.dtype.newbyteorder("=")) if x.dtype.kind=="f" or x.dtype.name=="bfloat16" else x.astype(float)
        return evaluate(self.orders[order], x, None, {**self.parameters, **parameters})[()]

    def backward(self, x: ArrayLike, upstream: ArrayLike, **parameters: float) -> Any:
        x, upstream = np.broadcast_arrays(x, upstream)
        return evaluate(self.orders[1], x, upstream, {**self.parameters, **parameters})[()]
