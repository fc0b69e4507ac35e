"""Results at a million inputs at once: what is right at a glance passes, the rest is judged."""

from dataclasses import replace

import numpy as np

from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array, Mask
from verification.candidates.calls import Caller
from verification.candidates.trouble import REPEATED, Trouble
from verification.examination.accuracy import (
    OTHER_ZERO,
    Accuracy,
    count,
    differ,
    signed_zeros,
)
from verification.examination.arguments import given
from verification.examination.tally import Results
from verification.examination.truth import FLUSH_TO_ZERO, Question, answer, expected_of
from verification.formula.activation import OfFormula
from verification.grade import Grade
from verification.numbers.ulp import doubles

# Most ulp that a neighbour of the correctly rounded result is off: where the ulp changes.
NEIGHBOUR = 2.5
# With this tolerance a product, too, may be off by as much: |upstream| ulp(f'(x)) is more than half
# an ulp of the product, and half an ulp is added.
NEIGHBOUR_OF_A_PRODUCT = 2 * (NEIGHBOUR - 0.5)
# Neighbours whose grade is looked at together.
AT_ONCE = 1 << 15


def quick(question: Question, shortest: int | None = None) -> Question:
    """The question, its truth quick at millions of numbers: that of formulas by runs.

    What runs of the shortest length have no enclosure for goes to balls.
    """
    known = question.activation
    if not isinstance(known, OfFormula) or question.format_.name != "float32":
        return question
    from verification.sweep.by_runs import (  # noqa: PLC0415  flint where it is needed
        SHORTEST_RUN,
        by_runs,
    )

    return replace(question, activation=by_runs(known, shortest or SHORTEST_RUN))


def look(
    question: Question, caller: Caller, seen: Accuracy, x: Array, upstream: Array | None = None
) -> None:
    """Call with those of a block of inputs that are asked for, and count what is wrong.

    Where something is, they are given a second time, as that may give other results.
    """
    if question.domain is not None:
        covered = question.domain.covers(x)
        x, upstream = x[covered], None if upstream is None else upstream[covered]
    if not x.size:
        return
    arguments = given(question, x, upstream)
    got, answered = caller.resiliently(*arguments, warns=False)
    found = _judged(question, x, upstream, got, answered, seen.grade)
    if found.wrong and answered.all():
        again = caller(*(argument.copy() for argument in arguments), warns=False)
        others = None if again is None else differ(got, again, question.format_)
        if again is not None and others is not None and others.any():
            places = tuple(argument[others] for argument in arguments)
            caller.keep(Trouble("not deterministic", REPEATED, places))
            found = _judged(question, x, upstream, again, answered, seen.grade)
    seen.merge(found)


def _judged(
    question: Question,
    x: Array,
    upstream: Array | None,
    got: Array,
    answered: Mask,
    grade: Grade,
) -> Accuracy:
    """What is to be said of the results of a block, where there are any; of others the grade is."""
    seen = Accuracy(grade=grade)
    seen.inputs += int(np.count_nonzero(answered))
    seen.leave(x[~answered], question.format_)
    expected = expected_of(question, x, upstream)
    bits = question.format_.bits
    places = np.flatnonzero((got.view(bits) != expected.view(bits)) & answered)
    seen.histogram.add_at(0, seen.inputs - places.size)
    if not places.size:
        return seen
    x, got, expected = x[places], got[places], expected[places]
    upstream = None if upstream is None else upstream[places]
    passes = _are_near_enough(question, got, expected, is_product=upstream is not None)
    _count_near(question, seen, got[passes], expected[passes])
    if seen.grade < Grade.ACCURATE:
        factor = None if upstream is None else upstream[passes]
        _grade(question, seen, x[passes], got[passes], factor, expected[passes])
    with np.errstate(invalid="ignore"):  # NumPy warns of signalling NaNs
        zero = (got == 0) & (expected == 0) & ~passes
    if zero.any():
        zero[zero] = ~signed_zeros(question, doubles(x[zero]))
        nothing = np.zeros(x.shape)
        seen.add({OTHER_ZERO: zero}, Results(x, got, upstream, nothing, nothing, nothing))
        seen.histogram.add_at(0, int(np.count_nonzero(zero)))
        passes |= zero
    rest = np.flatnonzero(~passes)
    seen.inputs -= rest.size
    count(question, seen, x[rest], got[rest], None if upstream is None else upstream[rest])
    return seen


def _count_near(question: Question, seen: Accuracy, got: Array, expected: Array) -> None:
    """Count neighbours; with what is no number, infinity beside the largest one or two NaNs."""
    numbers = np.isfinite(got) & np.isfinite(expected)
    seen.histogram.add_at(1, int(np.count_nonzero(numbers)))
    if not numbers.all():
        seen.histogram.add(got[~numbers], expected[~numbers], question.format_)


def _grade(
    question: Question,
    seen: Accuracy,
    x: Array,
    got: Array,
    upstream: Array | None,
    expected: Array,
) -> None:
    """The grade that neighbours have: looked at as long as they may all be faithful."""
    for start in range(0, x.size, AT_ONCE):
        if seen.grade >= Grade.ACCURATE:
            return
        some = slice(start, start + AT_ONCE)
        factor = None if upstream is None else upstream[some]
        seen.grade = max(
            seen.grade, _grade_of(question, x[some], got[some], factor, expected[some])
        )


def _grade_of(
    question: Question, x: Array, got: Array, upstream: Array | None, expected: Array
) -> Grade:
    """The worst grade of neighbours.

    One is faithful if the true value is between it and the correctly rounded result.
    """
    if question.activation.kinks or FLUSH_TO_ZERO in question.allow:
        return Grade(int(answer(question, x, got, upstream).grade.max()))
    with np.errstate(all="ignore"):
        factor = None if upstream is None else doubles(upstream)
        true, rounded = doubles(expected_of(question, doubles(x), factor)), doubles(expected)
        is_between = (true - rounded) * (doubles(got) - rounded) > 0
    if is_between.all():
        return Grade.FAITHFUL
    rest = np.flatnonzero(~is_between)
    factor = None if upstream is None else upstream[rest]
    return Grade(int(answer(question, x[rest], got[rest], factor).grade.max()))


def _are_near_enough(question: Question, got: Array, expected: Array, *, is_product: bool) -> Mask:
    """Which results are neighbours of the right ones, where those may be off by so much."""
    if question.require < Grade.ACCURATE:
        return np.zeros(got.shape, bool)
    if question.tolerance < (NEIGHBOUR_OF_A_PRODUCT if is_product else NEIGHBOUR):
        return np.zeros(got.shape, bool)
    near = _are_neighbours(got, expected, question.format_)
    if is_product:
        # Of a smaller product an ulp may be more than the tolerance, and beyond the largest number
        # infinity is not off.
        magnitude = np.abs(doubles(expected))
        near &= (magnitude >= 2.0 ** (question.format_.emin + 1)) & np.isfinite(magnitude)
    return near


def _are_neighbours(a: Array, b: Array, format_: Format) -> Mask:
    """Which numbers of one sign follow one another."""
    one = format_.bits.type(1)
    left, right = a.view(format_.bits), b.view(format_.bits)
    has_one_sign = (left ^ right) <= np.iinfo(format_.bits).max // 2
    are_neighbours: Mask = (left - right + one <= one + one) & has_one_sign
    return are_neighbours
