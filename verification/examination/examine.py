"""The second stage: what was observed, held against the truth and the laws. It calls nobody."""

from collections.abc import Iterator

import numpy as np

from reference.arithmetic.types import Array
from verification.grade import Grade
from verification.numbers.ulp import doubles, errors

from . import laws
from .complaint import Complaint
from .memory import cause_of
from .observed import Behaviour, Difference, Observed
from .truth import LENGTH, Question, answer


def examine(question: Question, observed: Observed) -> list[Complaint]:
    """All that laws have against one subject, required or not: a grade does not depend on that.

    What its results have, `Accuracy` has counted.
    """
    complaints = laws.of_results(question, observed.seen)
    if observed.behaviour is not None:
        complaints += _of_behaviour(question, observed.behaviour)
    if observed.products is not None:
        complaints += laws.of_upstream(question, observed.products)
    if observed.quotient is not None:
        complaints += laws.consistency(question, observed.quotient)
    return complaints


def _of_behaviour(question: Question, behaviour: Behaviour) -> list[Complaint]:
    """Complaints about behaviour; of a kind the worst is enough, of equal ones the first."""
    worst: dict[tuple[str, bool], Complaint] = {}
    for complaint in _each(question, behaviour):
        name = complaint.kind, complaint.legal
        if name not in worst or complaint.grade > worst[name].grade:
            worst[name] = complaint
    return list(worst.values())


def _each(question: Question, behaviour: Behaviour) -> Iterator[Complaint]:
    if behaviour.written:
        detail = f"compiled code wrote '{behaviour.written}'"
        yield Complaint("output", detail, behaviour.x, behaviour.x.size)
    for difference in behaviour.differences:
        grade = _grade(question, difference)
        yield Complaint(
            difference.kind,
            difference.detail,
            difference.x,
            difference.tried,
            legal=grade <= question.require and not difference.may_be_right,
            got=difference.got,
            upstream=difference.upstream,
            grade=grade,
            why=cause_of(question, difference),
            places=difference.places,
            arrays=difference.arrays,
        )
    for x in behaviour.overwritten:
        detail = f"the next call overwrites what the last one returned, of {x.size} elements"
        yield Complaint("shared result", detail, x, x.size)


def _grade(question: Question, difference: Difference) -> Grade:
    """The grade of results whose bits differ: of right ones, by what their bits may depend on."""
    depends_on_memory = difference.kind in (LENGTH, "layout")
    if not (depends_on_memory or difference.may_be_right):
        return Grade.BROKEN
    result = answer(question, difference.x, difference.got, difference.upstream)
    worst = Grade(int(result.grade.max(initial=Grade.CORRECT)))
    if worst > Grade.ACCURATE:
        if depends_on_memory and _are_near(question, difference):
            worst = Grade.CORRECT  # They are wrong by themselves, which is told as such.
        elif worst > Grade.CLOSE:
            return Grade.BROKEN
    lenient = difference.kind == "layout" or LENGTH in question.allow
    if difference.may_be_right or (lenient and not question.strict):
        return worst
    return max(worst, Grade.CLOSE)


def _are_near(question: Question, difference: Difference) -> bool:
    """Whether both results are within the tolerance of one another."""
    ulp = errors(difference.got, doubles(difference.other), question.format_)
    return bool((ulp <= 2 * question.tolerance + 1).all())


def are_right(question: Question, got: Array, x: Array, upstream: Array | None = None) -> bool:
    """Whether no result is off by more than it may be."""
    return not np.any(answer(question, x, got, upstream).wrong)
