"""The smallest input that shows a mistake: few significant bits, and near 1."""

import numpy as np

from reference.arithmetic.types import Array, Float64, Mask
from verification.candidates.calls import Caller
from verification.examination.accuracy import kinds_of
from verification.examination.arguments import given
from verification.examination.complaint import complexity
from verification.examination.observed import Alone
from verification.examination.tally import Part, Tally, parts_of
from verification.examination.tried import within
from verification.examination.truth import Question, answer, expected_of
from verification.examination.zone import zones
from verification.numbers.ulp import doubles

ATTEMPTS = 12
# Inputs that are tried together, the simplest ones.
TRIED = 1024
SHORTEST = 12


def _shorter(x: Float64) -> Float64:
    """Each number, rounded to 1, 2, ... significant bits."""
    mantissa, exponent = np.frexp(x[np.isfinite(x)])
    scales = 2.0 ** np.arange(1, SHORTEST + 1)[:, None]
    shorter: Float64 = np.ldexp(np.rint(mantissa * scales) / scales, exponent).ravel()
    return shorter


def may_warn(question: Question, x: Array, upstream: Array | None) -> bool:
    """Whether a warning may be right: of a product that overflows, and of a NaN of any kind."""
    with np.errstate(all="ignore"):
        if upstream is None:
            return bool(np.isnan(doubles(x)).any())
        return not np.isfinite(expected_of(question, x, upstream).astype(np.float64)).all()


def _is_wrong(
    part: Part, question: Question, caller: Caller, x: Array, upstream: Array | None
) -> tuple[Mask, Array]:
    arguments = given(question, x, upstream)
    got, answered = caller.resiliently(*arguments, warns=not may_warn(question, x, upstream))
    with np.errstate(all="ignore"):
        result = answer(question, x, got, upstream)
        kinds, zone = kinds_of(question, x, got, result), zones(question, x, upstream, result)
        found = parts_of({part.kind: kinds[part.kind] & answered}, x, zone)
        return found.get(part, np.zeros(x.shape, bool)), got


def shrink(part: Part, question: Question, caller: Caller, tally: Tally) -> Alone:
    """The simplest input that is wrong alone; one that was wrong in an array, if none is."""
    x, got, upstream = tally.sample()
    marks = np.array([tally.worst_at, tally.low, tally.high])
    with np.errstate(all="ignore"):
        shorter = within(question, _shorter(marks).astype(question.format_.dtype))
    pool = np.concatenate([x, shorter])
    factors = None
    if upstream is not None:
        factors = np.concatenate([upstream, np.ones_like(shorter)])
    simplest = np.argsort(complexity(doubles(pool)), kind="stable")[:TRIED]
    pool, factors = pool[simplest], None if factors is None else factors[simplest]
    wrong, _ = _is_wrong(part, question, caller, pool, factors)
    for place in np.flatnonzero(wrong)[:ATTEMPTS]:
        one = pool[place : place + 1]
        factor = None if factors is None else factors[place : place + 1]
        is_wrong, result = _is_wrong(part, question, caller, one, factor)
        if is_wrong[0]:
            return Alone(one, factor, result, shows=True)
    return Alone(x[:1], None if upstream is None else upstream[:1], got[:1], shows=False)
