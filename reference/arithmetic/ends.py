"""The ends of intervals of decimals: rounded outwards, and open where that was inexact."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from decimal import (
    MAX_EMAX,
    MIN_EMIN,
    ROUND_FLOOR,
    Context,
    Decimal,
    Inexact,
    getcontext,
    localcontext,
)
from typing import Any

ZERO = Decimal(0)
INFINITY = Decimal("Infinity")
_LOCAL = threading.local()


class UndecidedError(ArithmeticError):
    """A comparison that this precision does not decide."""


@dataclass(frozen=True, slots=True)
class End:
    """One end of an interval: the number itself is beyond it if it is open."""

    at: Decimal
    is_open: bool

    def __neg__(self) -> "End":
        return End(self.at.copy_negate(), self.is_open)


def precision(digits: int) -> Any:
    """The context in which intervals have so many digits."""
    return localcontext(Context(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN))


def context_of(rounding: str) -> Context:
    """A context of the present precision, of this thread's own."""
    key = (getcontext().prec, rounding)
    contexts = _LOCAL.__dict__.setdefault("contexts", {})
    if key not in contexts:
        contexts[key] = Context(
            prec=key[0], rounding=rounding, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[]
        )
    context: Context = contexts[key]
    context.clear_flags()
    return context


def rounded(rounding: str, work: Callable[[Context], Decimal], *, is_open: bool = False) -> End:
    """The result of an operation rounded outwards; open if that was inexact."""
    context = context_of(rounding)
    result = work(context)
    return End(result, is_open or bool(context.flags[Inexact]))


def beside(number: Decimal, rounding: str) -> End:
    """The end strictly beyond a transcendental result that was rounded to nearest."""
    context = context_of(rounding)
    step = context.next_minus if rounding == ROUND_FLOOR else context.next_plus
    return End(step(number), is_open=True)
