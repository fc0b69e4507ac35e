"""Every bit pattern of a format tried, value or derivative: in portions, here or anywhere.

A portion is a pure function of (implementation, question, number), and comes to a few counts and
samples. Most results are the correctly rounded ones, or their neighbours, and pass at once.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array, Mask
from verification.candidates.calls import Caller
from verification.candidates.implementation import Implementation
from verification.candidates.trouble import Trouble
from verification.examination.accuracy import OTHER_ZERO, Accuracy, Results, count, zero_has_a_sign
from verification.examination.truth import Question, answer, expected_of
from verification.formula.activation import OfFormula
from verification.grade import Grade
from verification.numbers.inputs import ordinals
from verification.work.processes import completed

PORTION = 1 << 24
BLOCK = 1 << 20
KEPT_OF_A_PORTION = 256
# Most ulp that a neighbour of the correctly rounded result is off: where the ulp changes.
NEIGHBOUR = 2.5

Origin = Callable[[], Implementation]


class Portion(NamedTuple):
    """What comes of a portion: what was seen, and what went wrong besides (see `Caller`)."""

    number: int
    seen: Accuracy
    troubles: dict[str, Trouble]
    cut_short: bool
    expired: str


def exhaust(
    question: Question, caller: Caller, origin: Origin | None, scheduler: str | None
) -> Accuracy:
    """Try every pattern; what goes wrong besides is noted in ``caller``.

    With an ``origin``, from which other processes can make the implementation, on all cores here
    or on the cluster of a Dask scheduler; else in this process.
    """
    numbers = portions(question.format_)
    parts: Iterator[Portion]
    if origin is None or len(numbers) == 1:
        parts = (observe_portion(question, caller, number) for number in numbers)
    else:
        work = partial(_in_worker, question, caller.subject, origin)
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
    end = first + min(PORTION, _patterns(format_))
    for start in range(first, end, BLOCK):
        patterns = np.arange(min(BLOCK, end - start), dtype=format_.bits)
        patterns += format_.bits.type(start)
        yield patterns.view(format_.dtype)


def _patterns(format_: Format) -> int:
    return 1 << format_.width


def _in_worker(question: Question, subject: str, origin: Origin, number: int) -> Portion:
    implementation = origin()
    function = implementation.functions[subject]
    caller = implementation.caller(subject, function, question.format_)
    return observe_portion(question, caller, number)


def observe_portion(question: Question, caller: Caller, number: int) -> Portion:
    """Try the patterns of a portion, as long as there is time for calls."""
    seen = Accuracy()
    if isinstance(question.activation, OfFormula) and not question.format_.has_few_numbers:
        from verification.sweep.by_runs import by_runs  # noqa: PLC0415  flint where it is needed

        question = replace(question, activation=by_runs(question.activation))
    for x in blocks(question.format_, number):
        if caller.expired:
            break
        got, answered = caller.resiliently(x, warns=False)
        _compare(question, seen, x, got, answered)
    for tally in seen.tallies.values():
        tally.samples = [tally.sample(KEPT_OF_A_PORTION)]
    return Portion(number, seen, caller.troubles, caller.cut_short, caller.expired)


def _compare(question: Question, seen: Accuracy, x: Array, got: Array, answered: Mask) -> None:
    """Let pass what is right at a glance, and hold the rest against the truth."""
    bits = question.format_.bits
    expected = expected_of(question, x, None)
    places = np.flatnonzero((got.view(bits) != expected.view(bits)) & answered)
    seen.inputs += int(np.count_nonzero(answered))
    seen.unanswered.extend(x[~answered])
    seen.histogram.add_right(int(np.count_nonzero(answered)) - places.size)
    x, got, expected = x[places], got[places], expected[places]
    passes = np.zeros(x.shape, bool)
    if question.tolerance >= NEIGHBOUR and question.require >= Grade.ACCURATE:
        passes |= _are_neighbours(got, expected, question.format_)
        _grade(question, seen, x[passes], got[passes])
    if not zero_has_a_sign(question):
        with np.errstate(invalid="ignore"):  # NumPy warns of signalling NaNs
            zero = (got == 0) & (expected == 0)
        nothing = np.zeros(x.shape)
        seen.add({OTHER_ZERO: zero}, Results(x, got, None, nothing, nothing, nothing))
        passes |= zero
    seen.histogram.add(got[passes], expected[passes], question.format_)
    rest = np.flatnonzero(~passes)
    seen.inputs -= rest.size
    count(question, seen, x[rest], got[rest])


def _grade(question: Question, seen: Accuracy, x: Array, got: Array) -> None:
    """The grade that neighbours have, as long as they may be faithful."""
    if x.size and seen.grade < Grade.ACCURATE:
        grades = answer(question, x, got).grade
        seen.grade = max(seen.grade, Grade(int(grades.max())))


def _are_neighbours(a: Array, b: Array, format_: Format) -> Mask:
    """Which numbers of one sign follow one another."""
    steps = np.abs(ordinals(a, format_) - ordinals(b, format_))
    are_neighbours: Mask = (steps <= 1) & (np.signbit(a) == np.signbit(b))
    return are_neighbours
