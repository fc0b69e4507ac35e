"""The third level: elementary functions over Decimal, to whatever precision the context has.

Results are within 10 units of the context's last digit. Slow, and reached by almost no input.
"""

from decimal import Decimal, getcontext, localcontext

from .constants import inverse_sqrt_two_pi

BITS_PER_DIGIT = 3.3220
GUARD_DIGITS = 10


def exp(x: Decimal) -> Decimal:
    """e^x."""
    return x.exp()


def expm1(x: Decimal) -> Decimal:
    """e^x - 1, with as many more digits as the difference cancels."""
    with localcontext() as context:
        context.prec += max(0, -x.adjusted()) + GUARD_DIGITS
        difference = x.exp() - 1
    return +difference


def density_at_zero() -> Decimal:
    """1/√(2π)."""
    bits = int((getcontext().prec + GUARD_DIGITS) * BITS_PER_DIGIT)
    return Decimal(inverse_sqrt_two_pi(bits)) / Decimal(2) ** bits


def scaled_tail(a: Decimal) -> Decimal:
    """R(a) = e^(a²/2)/2 - (1/√(2π)) Σ a^(2k+1)/(2k+1)!! for a >= 0 (NIST DLMF 7.6.2).

    The difference cancels to 1/(a √(2π)) or so: log10(a e^(a²/2)) digits are added.
    """
    with localcontext() as context:
        context.prec += int(a * a / 4) + GUARD_DIGITS
        square = a * a
        term = total = a
        odd = 1
        while term and term.adjusted() > total.adjusted() - context.prec:
            odd += 2
            term = term * square / odd
            total += term
        tail = (square / 2).exp() / 2 - density_at_zero() * total
    return +tail
