"""Where a wrong result costs something in practice, and how much: what matters comes first."""

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

import numpy as np

from reference import Activation
from reference.arithmetic.types import Array, Float64
from verification.grade import Grade
from verification.numbers.ulp import doubles

from .truth import Answer, Question

PRACTICAL, FAR = 20.0, 1e4
POINTS = 1025
# Of products with less, the error counts as one of a product with this.
LEAST_FACTOR = 2.0**-10


class Zone(IntEnum):
    """Where results are wrong, what matters most first."""

    BEHAVIOUR = 0
    PRACTICAL = 1
    TAILS = 2
    EXTREMES = 3
    BESIDE = 4
    CLOSE = 5

    def __str__(self) -> str:
        return HEADINGS[self]


HEADINGS = {
    Zone.BEHAVIOUR: "behaviour",
    Zone.PRACTICAL: "in [-20, 20]",
    Zone.TAILS: "in the tails, for |x| from 20 to 10,000",
    Zone.EXTREMES: "at extremes: |x| beyond 10,000, subnormal numbers, infinities, NaN",
    Zone.BESIDE: "beside the results",
    Zone.CLOSE: "close: wrong by no more than assert_close lets pass",
}


@dataclass(frozen=True)
class Worst:
    """The costliest wrong result of a zone.

    ``cost`` is its absolute error by the function's scale, the largest magnitude in [-20, 20].
    """

    cost: float
    x: Array
    got: Array
    upstream: Array | None


def zones(question: Question, x: Array, upstream: Array | None, result: Answer) -> Array:
    """The zone of each result, if it is wrong."""
    found = zones_at(question, x, upstream)
    found[result.grade <= Grade.CLOSE] = Zone.CLOSE
    return found


def zones_at(question: Question, x: Array, upstream: Array | None) -> Array:
    """The zone of each input; that of an extreme factor is extreme."""
    found = _by_size(question, x)
    if upstream is not None:
        found[_by_size(question, upstream) == Zone.EXTREMES] = Zone.EXTREMES
    return found


def _by_size(question: Question, x: Array) -> Array:
    size = np.abs(doubles(x))
    is_normal = (size == 0) | (size >= 2.0**question.format_.emin)
    found = np.full(x.shape, Zone.EXTREMES, np.int8)
    found[is_normal & (size <= FAR)] = Zone.TAILS
    found[is_normal & (size <= PRACTICAL)] = Zone.PRACTICAL
    return found


def costs(question: Question, got: Array, result: Answer, upstream: Array | None) -> Float64:
    """The cost of each result; infinite where there is no number, or one where there is none."""
    error = np.abs(doubles(got) - result.true)
    scale: Float64 = np.full(error.shape, _scale(question))
    if upstream is not None:
        factor = np.abs(doubles(upstream))
        scale *= np.where(np.isfinite(factor), np.fmax(factor, LEAST_FACTOR), 1.0)
    cost: Float64 = np.nan_to_num(error / scale, nan=np.inf)
    return cost


def _scale(question: Question) -> float:
    return _scale_of(question.activation, question.order)


@lru_cache(maxsize=16)
def _scale_of(activation: Activation, order: int) -> float:
    x = np.linspace(-PRACTICAL, PRACTICAL, POINTS)
    sizes = np.abs(activation.derivative(x, order=order))
    return float(np.max(sizes[np.isfinite(sizes)], initial=0.0)) or 1.0
