"""Elementary functions of a decimal as an end of an interval: strictly beyond the true value.

`decimal` rounds e^x and ln x correctly to nearest; the neighbour of that lies beyond.
"""

from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    getcontext,
    localcontext,
)

from .constants import inverse_sqrt_two_pi
from .ends import INFINITY, ZERO, End, UndecidedError, beside, context_of, rounded

BITS_PER_DIGIT = 3.3220
GUARD_DIGITS = 10
SERIES_LAST = 60
HALF = Decimal("0.5")


def exp(x: Decimal, rounding: str) -> End:
    """e^x, which `decimal` rounds correctly to nearest."""
    if x == 0:
        return End(Decimal(1), is_open=False)
    if x.is_infinite():
        return End(INFINITY if x > 0 else ZERO, is_open=True)
    power = context_of(ROUND_HALF_EVEN).exp(x)
    if power == 1 and (x < 0) == (rounding == ROUND_CEILING):
        return End(power, is_open=True)
    return End(max(beside(power, rounding).at, ZERO), is_open=True)


def _is_tiny(x: Decimal) -> bool:
    """Whether x² is below the last digit of x: its neighbours bound e^x - 1 and ln(1 + x)."""
    return x.adjusted() < -2 * getcontext().prec


def expm1(x: Decimal, rounding: str) -> End:
    """e^x - 1, with as many more digits as the difference cancels; it is above x."""
    if x == 0:
        return End(ZERO, is_open=False)
    if _is_tiny(x):
        return End(x, is_open=True) if rounding == ROUND_FLOOR else beside(x, rounding)
    with localcontext() as context:
        context.prec += max(0, -x.adjusted()) + GUARD_DIGITS
        power = exp(x, rounding)
        difference = context_of(rounding).subtract(power.at, Decimal(1))
    end = rounded(rounding, lambda context: context.plus(difference), is_open=True)
    return End(max(end.at, x), is_open=True) if rounding == ROUND_FLOOR else end


def log1p(x: Decimal, rounding: str) -> End:
    """ln(1 + x), with as many more digits as the sum hides; it is below x."""
    if x == 0:
        return End(ZERO, is_open=False)
    if _is_tiny(x):
        return End(x, is_open=True) if rounding == ROUND_CEILING else beside(x, rounding)
    with localcontext() as context:
        context.prec += max(0, -x.adjusted()) + GUARD_DIGITS
        total = context_of(rounding).add(Decimal(1), x)
        if total <= 0:
            raise UndecidedError("a logarithm of what may be 0 or less")
        logarithm = beside(context_of(ROUND_HALF_EVEN).ln(total), rounding)
    end = rounded(rounding, lambda context: context.plus(logarithm.at), is_open=True)
    return End(min(end.at, x), is_open=True) if rounding == ROUND_CEILING else end


def density_at_zero() -> tuple[End, End]:
    """Both ends of 1/√(2π)."""
    bits = int((getcontext().prec + GUARD_DIGITS) * BITS_PER_DIGIT)
    scaled = inverse_sqrt_two_pi(bits)

    def end(rounding: str, number: int) -> End:
        found = rounded(
            rounding, lambda context: context.divide(Decimal(number), Decimal(1 << bits))
        )
        return End(found.at, is_open=True)

    return end(ROUND_FLOOR, scaled - 2), end(ROUND_CEILING, scaled + 2)


def scaled_tail(a: Decimal, rounding: str) -> End:
    """R(a) = e^(a²/2)/2 - (1/√(2π)) Σ a^(2k+1)/(2k+1)!! for a >= 0 (NIST DLMF 7.6.2).

    The difference cancels to 1/(a √(2π)) or so: log10(a e^(a²/2)) digits and 20 more are added, of
    which the roundings of the few thousand terms spoil less than 10. Beyond 60, Mills' inequality
    a/(a² + 1) < √(2π) R(a) < 1/a is enough: there e^(-a²/2) has the last word.
    """
    if a == 0:
        return End(HALF, is_open=False)
    if a > SERIES_LAST:
        return _mills(a, rounding)
    digits = getcontext().prec
    with localcontext() as context:
        context.prec += int(a * a / 4) + 2 * GUARD_DIGITS
        bits = int((context.prec + GUARD_DIGITS) * BITS_PER_DIGIT)
        density = Decimal(inverse_sqrt_two_pi(bits)) / Decimal(2) ** bits
        square = a * a
        term = total = a
        odd = 1
        while term and term.adjusted() > total.adjusted() - context.prec:
            odd += 2
            term = term * square / odd
            total += term
        tail = (square / 2).exp() / 2 - density * total
        doubt = tail.scaleb(-digits - GUARD_DIGITS + 2)
        tail += doubt if rounding == ROUND_CEILING else -doubt
    end = rounded(rounding, lambda context: context.plus(tail), is_open=True)
    return End(min(end.at, HALF), is_open=True)


def _mills(a: Decimal, rounding: str) -> End:
    if a.is_infinite():
        return End(ZERO, is_open=True)
    low, high = (end.at for end in density_at_zero())
    if rounding == ROUND_CEILING:
        return rounded(rounding, lambda context: context.divide(high, a), is_open=True)
    return rounded(
        rounding,
        lambda context: context.divide(
            low, context.add(a, reciprocal(a, 1, context_of(ROUND_CEILING)))
        ),
        is_open=True,
    )


def reciprocal(number: Decimal, side_of_zero: int, context: Context) -> Decimal:
    """1/number; next to 0, the infinity on the side of the interval."""
    if number == 0:
        return INFINITY if side_of_zero > 0 else -INFINITY
    return context.divide(Decimal(1), number)
