"""Every bit pattern of a format tried, value or derivative: in portions, here or anywhere.

A portion is a pure function of (implementation, question, number), and comes to a few counts and
samples. Most results are the correctly rounded ones, or their neighbours, and pass at once
(`glance`).
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from operator import attrgetter

import numpy as np

from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array
from verification.candidates.calls import Caller
from verification.candidates.clock import Clock
from verification.candidates.implementation import Implementation
from verification.examination.accuracy import Accuracy
from verification.examination.truth import Question
from verification.grade import Grade
from verification.work.looking import look_at
from verification.work.processes import completed

from .glance import look, quick
from .kept import Kept
from .portion import PORTION, Portion, left_by, patterns, patterns_of

BLOCK = 1 << 20
KEPT_OF_A_PORTION = 256
# What is left of the time for the calls that come after: a share, and at most so many seconds.
SPARE, MOST_SPARED = 0.05, 10.0

Origin = Callable[[], Implementation]


def exhaust(
    question: Question,
    caller: Caller,
    implementation: Implementation,
    scheduler: str | None,
    grade: Grade = Grade.CORRECT,
    kept: Kept | None = None,
) -> tuple[Accuracy, str]:
    """Try every pattern, and say which were left; troubles are noted in ``caller``.

    Results no worse than the ``grade`` that is known already need not be graded. With an origin,
    from which other processes can make the implementation, on all cores here or on the cluster of a
    Dask scheduler; else in this process. What is ``kept`` is not done again.
    """
    done = {} if kept is None else dict(kept.done)
    numbers = [number for number in portions(question.format_) if number not in done]
    parts: Iterator[Portion]
    origin, clock = implementation.origin, implementation.clock
    if origin is None or len(numbers) <= 1:
        parts = (observe_portion(question, caller, number, grade, clock) for number in numbers)
        found = _collected(parts, question, kept)
    else:
        work = partial(_in_worker, question, caller.subject, origin, grade)
        with closing(completed(work, numbers, scheduler)) as results:
            found = _collected(results, question, kept)
    whole = Accuracy()
    parts_of_all = sorted([*done.values(), *found], key=attrgetter("number"))
    for part in parts_of_all:
        whole.merge(part.seen)
        for trouble in part.troubles.values():
            caller.keep(trouble)
        caller.cut_short |= part.cut_short
        caller.expired = caller.expired or part.expired
    return whole.close(), left_by(question.format_, parts_of_all, PORTION)


def _collected(parts: Iterator[Portion], question: Question, kept: Kept | None) -> list[Portion]:
    """The portions; those that are finished are kept the moment they are."""
    found, format_ = [], question.format_
    tried, whole = sum(part.tried for part in kept.done.values()) if kept else 0, patterns(format_)
    look_at(f"{question.subject}: patterns {tried:,} of {whole:,}")
    for part in parts:
        found.append(part)
        tried += part.tried
        look_at(f"{question.subject}: patterns {tried:,} of {whole:,}")
        if kept is not None and part.tried == len(patterns_of(format_, part.number, PORTION)):
            kept.add(part)
    return found


def portions(format_: Format) -> range:
    """The numbers of the portions that make up a format."""
    return range(max(1, patterns(format_) // PORTION))


def blocks(format_: Format, number: int) -> Iterator[Array]:
    """The numbers of a portion: 2^24 of them, or all that a format has."""
    return numbers_of(format_, patterns_of(format_, number, PORTION))


def numbers_of(format_: Format, patterns: range, size: int = BLOCK) -> Iterator[Array]:
    """The numbers that have these bit patterns, which may go by steps, in blocks."""
    for start in range(0, len(patterns), size):
        part = patterns[start : start + size]
        numbers = np.arange(len(part), dtype=format_.bits)
        numbers *= format_.bits.type(part.step)
        numbers += format_.bits.type(part.start)
        yield numbers.view(format_.dtype)


def _in_worker(
    question: Question, subject: str, origin: Origin, grade: Grade, number: int
) -> Portion:
    implementation = origin()
    function = implementation.functions[subject]
    caller = implementation.caller(subject, function, question.format_)
    return observe_portion(question, caller, number, grade, implementation.clock)


def observe_portion(
    question: Question,
    caller: Caller,
    number: int,
    grade: Grade = Grade.CORRECT,
    clock: Clock | None = None,
) -> Portion:
    """Try the patterns of a portion, as long as there is time for calls."""
    seen, tried = Accuracy(grade=grade), 0
    if not _is_over(clock):
        question = quick(question)
    for x in blocks(question.format_, number):
        if _is_over(clock):
            break
        block = Accuracy(grade=seen.grade)
        look(question, caller, block, x)
        if caller.expired:
            break
        seen.merge(block)
        tried += x.size
    seen.keep_at_most(KEPT_OF_A_PORTION)
    return Portion(number, seen, caller.troubles, caller.cut_short, caller.expired, tried)


def _is_over(clock: Clock | None) -> bool:
    """Whether the time that is left is for the calls that come after."""
    if clock is None:
        return False
    return clock.left() < clock.limit() + min(MOST_SPARED, SPARE * clock.seconds)
