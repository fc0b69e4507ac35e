"""The smallest input that shows a mistake: few significant bits, and near 1."""

import numpy as np

from reference.arithmetic.types import Array, Float64, Mask
from verification.candidates.calls import Subject

from .accuracy import Tally, kinds_of
from .truth import Question, answer

ATTEMPTS = 12
SHORTEST = 12


def complexity(x: Float64) -> Float64:
    """Rank inputs: by their significant bits, then by their distance from 1 in binades."""
    mantissa, exponent = np.frexp(np.where(np.isfinite(x), x, 0.0))
    whole = np.abs(mantissa * 2.0**53).astype(np.int64)
    lowest = whole & -whole
    bits = 54 - np.frexp(np.maximum(lowest, 1).astype(np.float64))[1]
    bits = np.where(whole == 0, 0, bits)
    return bits * 4096.0 + np.abs(exponent)


def _shorter(x: Float64) -> Float64:
    """Each number, rounded to 1, 2, ... significant bits."""
    mantissa, exponent = np.frexp(x[np.isfinite(x)])
    scales = 2.0 ** np.arange(1, SHORTEST + 1)[:, None]
    shorter: Float64 = np.ldexp(np.rint(mantissa * scales) / scales, exponent).ravel()
    return shorter


def _is_wrong(
    kind: str, question: Question, subject: Subject, x: Array, upstream: Array | None
) -> tuple[Mask, Array]:
    arguments = (x,) if upstream is None else (x, upstream)
    got, answered = subject.resiliently(*arguments, warns=False)
    with np.errstate(all="ignore"):
        result = answer(question, x, got, upstream)
        return kinds_of(question, x, got, result)[kind] & answered, got


def shrink(
    kind: str, question: Question, subject: Subject, tally: Tally
) -> tuple[Array, Array, Array | None, bool]:
    """Return input, result and upstream, of one element each, and whether it is wrong alone."""
    x, got, upstream = tally.sample()
    marks = np.array([tally.worst_at, tally.low, tally.high])
    with np.errstate(all="ignore"):
        shorter = _shorter(marks).astype(question.format_.dtype)
    pool = np.concatenate([x, shorter])
    factors = None
    if upstream is not None:
        factors = np.concatenate([upstream, np.ones_like(shorter)])
    wrong, _ = _is_wrong(kind, question, subject, pool, factors)
    places = np.flatnonzero(wrong)
    simplest = places[np.argsort(complexity(pool[places].astype(np.float64)), kind="stable")]
    for place in simplest[:ATTEMPTS]:
        one = pool[place : place + 1]
        factor = None if factors is None else factors[place : place + 1]
        alone, result = _is_wrong(kind, question, subject, one, factor)
        if alone[0]:
            return one, result, factor, True
    return x[:1], got[:1], None if upstream is None else upstream[:1], False
