"""The first stage: every call of the candidate. What comes of it is data, and all that comes later.

What to call next may depend on what came: a shorter input is tried where one was wrong, so this
stage asks the second one, which calls nobody, what it would have to say.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from hashlib import sha256
from pathlib import Path

import numpy as np

from reference.arithmetic.types import Array
from verification.candidates.calls import Caller
from verification.candidates.clock import Clock
from verification.candidates.identity import identity_of
from verification.candidates.implementation import Implementation
from verification.candidates.limits import QUICK
from verification.errors import UsageError
from verification.examination.accuracy import Accuracy
from verification.examination.arguments import given
from verification.examination.complaint import Complaint
from verification.examination.examine import examine
from verification.examination.laws import STEPS, difference_points, factor_points, factors
from verification.examination.observed import Observed, key, numbers_at
from verification.examination.promise import promised_by
from verification.examination.tried import within
from verification.examination.truth import Question
from verification.grade import Grade
from verification.kinds import KINDS, Access
from verification.work.looking import look_at
from verification.work.processes import sources

from .behaviour import observe_behaviour
from .exhaustive import exhaust
from .grid import FINEST, densify
from .kept import Kept, told
from .results import observe_results, try_once_more
from .shrinking import may_warn, shrink

# What happens at one input is shown at the first of these where it happens.
SIMPLE = (0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 16.0, -16.0, 128.0, -128.0, 1024.0, -1024.0)


def observe(
    questions: Mapping[str, Question],
    implementation: Implementation,
    *,
    exhaustive: bool = False,
    scheduler: str | None = None,
    promises: Mapping[str, int] | None = None,
    state: Path | None = None,
) -> dict[str, Observed]:
    """Call value, derivative and backward, as far as they are given, with all that is tried.

    ``questions`` are those about each subject, ``promises`` those of a baseline: results are
    compared with its at no more inputs than it was tried at. What an exhaustive check has finished
    is kept in a folder, ``state``.
    """
    callers = {
        name: implementation.caller(name, function, questions[name].format_)
        for name, function in implementation.functions.items()
    }
    observed, grades = {}, {}
    clock = implementation.clock or Clock(QUICK)
    for name, caller in callers.items():
        look_at(f"{name}: inputs")
        found = Observed(name, observe_results(questions[name], caller))
        found.promise = promised_by(questions[name], found.seen.x)
        grades[name] = found.seen.grade
        finest = (promises or {}).get(name, FINEST)
        stride = densify(questions[name], caller, found.seen, clock, finest)
        found.promise = min(found.promise, stride or found.promise)
        look_at(f"{name}: layouts")
        _look_around(questions[name], caller, found)
        observed[name] = found
    for name, caller in callers.items():
        if exhaustive and not questions[name].has_factor:
            # The grade of the inputs that are tried in any case: that of the grid is one of time.
            found, grade = observed[name], grades[name]
            with _kept(questions[name], implementation, found.seen, grade, state) as kept:
                whole = exhaust(questions[name], caller, implementation, scheduler, grade, kept)
            _put(caller, found, *whole)
        look_at(f"{name}: laws")
        _look_closer(questions[name], caller, observed[name])
    for name, caller in callers.items():
        try_once_more(questions[name], caller, observed[name].seen)
    if "value" in callers and "derivative" in callers:
        _compare(questions["derivative"], callers, observed["derivative"])
    for name, caller in callers.items():
        if caller.troubles.keys() - {trouble.kind for trouble in observed[name].troubles}:
            caller.narrow_down()
        observed[name].troubles = tuple(caller.troubles.values())
        observed[name].expired = caller.expired
    return observed


def _put(caller: Caller, found: Observed, everything: Accuracy, untried: str) -> None:
    """Put what was seen of every pattern, but for those that were left, beside the rest."""
    found.untried = untried
    found.seen.replace_by(everything)
    found.cut_short = caller.cut_short
    if not (found.untried or everything.unanswered.wrong or caller.expired):
        found.promise = 1


def _kept(
    question: Question,
    implementation: Implementation,
    seen: Accuracy,
    grade: Grade,
    state: Path | None,
) -> AbstractContextManager[Kept | None]:
    """The finished portions of an earlier check of this candidate, if they are kept."""
    if state is None:
        return nullcontext()
    if implementation.origin is None:
        raise UsageError("--state: expected a candidate by name, by which it is known again")
    results = sha256(seen.got.tobytes()).hexdigest()
    key = {"candidate": identity_of(implementation.origin), "results": results}
    key |= {"question": told(question), "grade": str(grade), "sources": sources()}
    return Kept(state / question.subject, key, question.format_)


def _look_around(question: Question, caller: Caller, found: Observed) -> None:
    """Look at behaviour, at products with some upstreams, and at kinks."""
    if found.seen.x.size and Access.CALLS in caller.access:
        found.behaviour = observe_behaviour(question, caller)
    if question.has_factor:
        found.products = _products(question, caller)
    if question.subject == "derivative":
        found.kinks = tuple(
            (
                kink,
                tuple(_alone(question, caller, x) for x in numbers_at(kink, question.format_)),
            )
            for kink in question.activation.kinks
            if question.domain is None or question.domain.covers(np.array(kink.at))
        )
    found.cut_short = caller.cut_short


def _look_closer(question: Question, caller: Caller, found: Observed) -> None:
    """Look for the simplest inputs that show what is wrong."""
    for part, tally in found.seen.tallies.items():
        if part.kind in KINDS:
            found.shrunk[part] = shrink(part, question, caller, tally)
    for complaint in examine(question, found):
        _show(question, caller, found, complaint)
    caller.narrow_down()
    caller.simplify([given(question, x, one) for x, one in _simple(question)])
    found.troubles = tuple(caller.troubles.values())


def _simple(question: Question) -> Iterator[tuple[Array, Array | None]]:
    """The simplest inputs, one by one, and upstreams of 1."""
    x = within(question, np.array(SIMPLE).astype(question.format_.dtype))
    for place in range(x.size):
        one = x[place : place + 1]
        yield one, np.ones_like(one) if question.has_factor else None


def _show(question: Question, caller: Caller, found: Observed, complaint: Complaint) -> None:
    """Call with the input that a complaint is shown at, unless it says what came there."""
    if complaint.legal or complaint.got is not None:
        return
    x, upstream = complaint.place(with_upstream=question.has_factor)
    warns = not may_warn(question, x, upstream)
    found.alone[key(x, upstream)] = _alone(question, caller, x, upstream, warns=warns)


def _alone(
    question: Question,
    caller: Caller,
    x: Array,
    upstream: Array | None = None,
    *,
    warns: bool = True,
) -> Array | None:
    """The result of one element, None if none came."""
    got, answered = caller.resiliently(*given(question, x, upstream), warns=warns)
    return got if answered[0] else None


def _products(question: Question, caller: Caller) -> tuple[Array, ...] | None:
    """Results with each of the `factors` for upstream; None if one did not come."""
    products = []
    x = factor_points(question)
    if not factors(question):
        return None
    for factor in factors(question):
        result = caller(*given(question, x, np.full(x.shape, factor).astype(x.dtype)))
        if result is None:
            return None
        products.append(result)
    return tuple(products)


def _compare(question: Question, callers: Mapping[str, Caller], found: Observed) -> None:
    """Call value and derivative for a difference quotient, if the format has enough digits."""
    if question.format_.name not in STEPS:
        return
    below, at, above = difference_points(question)
    forward, derivative = callers["value"], callers["derivative"]
    results = forward(below), derivative(at), forward(above)
    if any(result is None for result in results):
        return
    first, slope, last = (np.asarray(result) for result in results)
    found.quotient = first, slope, last
    for complaint in examine(question, found):
        if complaint.kind == "inconsistent":
            _show(question, derivative, found, complaint)
