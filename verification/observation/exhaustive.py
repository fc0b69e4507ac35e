"""Every bit pattern of a format tried, value or derivative: in portions, here or anywhere.

A portion is a pure function of (implementation, question, number), and comes to a few counts and
samples. Most results are the correctly rounded ones, or their neighbours, and pass at once
(`glance`).
"""

from collections.abc import Callable, Iterator
from functools import partial
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array
from verification.candidates.calls import Caller
from verification.candidates.implementation import Implementation
from verification.candidates.trouble import Trouble
from verification.examination.accuracy import Accuracy
from verification.examination.truth import Question
from verification.grade import Grade
from verification.work.processes import completed

from .glance import look, quick

PORTION = 1 << 24
BLOCK = 1 << 20
KEPT_OF_A_PORTION = 256

Origin = Callable[[], Implementation]


class Portion(NamedTuple):
    """What comes of a portion: what was seen, and what went wrong besides (see `Caller`)."""

    number: int
    seen: Accuracy
    troubles: dict[str, Trouble]
    cut_short: bool
    expired: str


def exhaust(
    question: Question,
    caller: Caller,
    origin: Origin | None,
    scheduler: str | None,
    grade: Grade = Grade.CORRECT,
) -> Accuracy:
    """Try every pattern; what goes wrong besides is noted in ``caller``.

    Results no worse than the ``grade`` that is known already need not be graded.

    With an ``origin``, from which other processes can make the implementation, on all cores here
    or on the cluster of a Dask scheduler; else in this process.
    """
    numbers = portions(question.format_)
    parts: Iterator[Portion]
    if origin is None or len(numbers) == 1:
        parts = (observe_portion(question, caller, number, grade) for number in numbers)
    else:
        work = partial(_in_worker, question, caller.subject, origin, grade)
        parts = completed(work, numbers, scheduler)
    whole = Accuracy()
    for part in sorted(parts, key=attrgetter("number")):
        whole.merge(part.seen)
        for trouble in part.troubles.values():
            caller.keep(trouble)
        caller.cut_short |= part.cut_short
        caller.expired = caller.expired or part.expired
    return whole.close()


def portions(format_: Format) -> range:
    """The numbers of the portions that make up a format."""
    return range(max(1, _patterns(format_) // PORTION))


def blocks(format_: Format, number: int) -> Iterator[Array]:
    """The patterns of a portion: 2^24 of them, or all that a format has."""
    first = number * PORTION
    return numbers_of(format_, range(first, first + min(PORTION, _patterns(format_))))


def numbers_of(format_: Format, patterns: range, size: int = BLOCK) -> Iterator[Array]:
    """The numbers that have these bit patterns, which may go by steps, in blocks."""
    for start in range(0, len(patterns), size):
        part = patterns[start : start + size]
        numbers = np.arange(len(part), dtype=format_.bits)
        numbers *= format_.bits.type(part.step)
        numbers += format_.bits.type(part.start)
        yield numbers.view(format_.dtype)


def _patterns(format_: Format) -> int:
    return 1 << format_.width


def _in_worker(
    question: Question, subject: str, origin: Origin, grade: Grade, number: int
) -> Portion:
    implementation = origin()
    function = implementation.functions[subject]
    caller = implementation.caller(subject, function, question.format_)
    return observe_portion(question, caller, number, grade)


def observe_portion(
    question: Question, caller: Caller, number: int, grade: Grade = Grade.CORRECT
) -> Portion:
    """Try the patterns of a portion, as long as there is time for calls."""
    seen = Accuracy(grade=grade)
    question = quick(question)
    for x in blocks(question.format_, number):
        if caller.expired:
            break
        look(question, caller, seen, x)
    seen.keep_at_most(KEPT_OF_A_PORTION)
    return Portion(number, seen, caller.troubles, caller.cut_short, caller.expired)
