"""One function of one real variable, as data: its formula and the facts about it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any


@dataclass(frozen=True)
class Function:
    """One function of one real variable: the value or a derivative of an activation.

    Facts:
        formula, latex: the textbook form.
        limits: at -inf and at +inf, with the sign that a zero has there.
        bounds: infimum and supremum over the reals, as the nearest doubles.
        roots: the doubles nearest to the points where the sign changes, rising.
        symmetry: "even", "odd" or "".

    For the arithmetic (see `reference.arithmetic.evaluation`):
        evaluate: the formula over float64 arrays, double-double arrays and Decimals.
        saturation: beyond these |x| even the product with the largest upstream has rounded to
            that with the limit: in formats up to float32, and in float64.
        expansion: (slope, coefficient, power) where f(0) = 0: f(x) = slope x + coefficient
            x^power + ..., slope a power of two; only the sign of coefficient counts.
        exact: the formula needs no more than one rounding.
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

    @cached_property
    def cancelling_roots(self) -> tuple[float, ...]:
        """The roots where terms cancel; the one at 0 of an odd function is a product, not a sum."""
        return tuple(root for root in self.roots if root != 0)
