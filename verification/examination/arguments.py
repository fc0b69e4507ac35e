"""What a function gets: x alone, x and upstream, or the two inputs of a gate and upstream.

A check thinks of one input and one factor. The gradient in the input of a gate has two factors,
``g'(x) y upstream``, so each factor is split into these: one of the two is ±1 or ±2, so their
product is exact. The gradient in the other input, ``g(x) upstream``, does not depend on that input.
"""

import numpy as np

from reference.arithmetic.types import Array
from verification.formula.activation import Gated
from verification.numbers.ulp import doubles

from .truth import Question

# 2^32 over the golden ratio: its products with neighbouring numbers have different leading bits.
SCRAMBLE = 2654435769
WAYS = 4


def given(question: Question, x: Array, factor: Array | None) -> tuple[Array, ...]:
    """The arguments of the function, in its order."""
    if factor is None:
        return (x,)
    activation = question.activation
    if not isinstance(activation, Gated):
        return x, factor
    if question.subject == "value":
        return _ordered(activation, x, factor)
    if question.order == 0:
        other = np.where(np.isfinite(doubles(factor)), -factor, factor.dtype.type(1))
        if question.domain is not None:
            other = question.domain.kept(other)
        return *_ordered(activation, x, other), factor
    other, upstream = _split(question, factor)
    return *_ordered(activation, x, other), upstream


def taken(question: Question, arguments: tuple[Array, ...]) -> tuple[Array, Array | None]:
    """The input and the factor that such arguments stand for."""
    activation = question.activation
    if not isinstance(activation, Gated):
        return arguments[0], arguments[1] if len(arguments) > 1 else None
    x, other = _ordered(activation, *arguments[:2])
    if question.subject == "value":
        return x, other
    [upstream] = arguments[2:]
    if question.order == 0:
        return x, upstream
    with np.errstate(all="ignore"):
        return x, other * upstream


def _ordered(gated: Gated, first: Array, second: Array) -> tuple[Array, Array]:
    return (first, second) if gated.gate == "x" else (second, first)


def _split(question: Question, factor: Array) -> tuple[Array, Array]:
    """The other input and an upstream whose product is the factor, in one of four ways."""
    bits = question.format_.bits
    scrambled = np.ascontiguousarray(factor).view(bits).astype(np.uint64) * np.uint64(SCRAMBLE)
    way = ((scrambled >> np.uint64(16)) % np.uint64(WAYS)).reshape(factor.shape)
    one, two = factor.dtype.type(1), factor.dtype.type(-2)
    with np.errstate(all="ignore"):
        half = factor / two
        way = np.where(half * two == factor, way, way % np.uint64(2))
    if question.domain is not None:
        # Only these two are a way to keep the other input within it.
        is_half = (way >= np.uint64(WAYS // 2)) & question.domain.covers(half)
        way = np.where(is_half, np.uint64(WAYS // 2), np.uint64(0))
    choose = [way == number for number in range(WAYS)]
    other = np.select(choose, [factor, np.full_like(factor, one), half, np.full_like(factor, two)])
    upstream = np.select(
        choose, [np.full_like(factor, one), factor, np.full_like(factor, two), half]
    )
    return other, upstream
