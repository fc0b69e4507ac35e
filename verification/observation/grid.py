"""Every 256th number of float32 beside the stratified inputs, so that no wider band can hide.

The numbers whose bit patterns are an offset more than a multiple of 2^16, then those half way
between them, and so on: whenever it ends, it ends with a promise, though a coarser one. Zero and
the largest numbers are among the stratified inputs. So of as many neighbouring numbers as the last
stride that was finished, at least one was tried.
"""

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np

from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array
from verification.candidates.calls import Caller
from verification.candidates.clock import Clock
from verification.examination.accuracy import Accuracy
from verification.examination.truth import Question
from verification.formula.activation import OfFormula
from verification.kinds import KINDS, Access
from verification.numbers.inputs import upstreams
from verification.work.looking import look_at

from .exhaustive import BLOCK, KEPT_OF_A_PORTION, numbers_of
from .glance import look, quick

COARSEST, FINEST = 1 << 16, 1 << 8
# Far from all round numbers: of the golden ratio's digits.
OFFSET = 40503
# Its runs are not cut further than this, so that all of them take seconds.
RUN = 1 << 16
# Wrong results that are enough: to look closer is for those who pass.
MUCH = 1 << 16
# In seconds, the most for one subject: a slow candidate is tried at fewer numbers.
MOST = 10.0


def strides() -> Iterator[int]:
    """The strides, each the half of the last one."""
    stride = COARSEST
    while stride >= FINEST:
        yield stride
        stride //= 2


def patterns(format_: Format, stride: int, offset: int) -> range:
    """The patterns that are new with a stride: all, or those between the ones of its double."""
    if stride == COARSEST:
        return range(offset % stride, 1 << format_.width, stride)
    return range((offset + stride) % (2 * stride), 1 << format_.width, 2 * stride)


def offset_of(question: Question) -> int:
    """The same every time, or that of the question's seed."""
    if question.seed is None:
        return OFFSET
    return int(np.random.default_rng(question.seed).integers(COARSEST))


def densify(
    question: Question, caller: Caller, seen: Accuracy, clock: Clock, finest: int = FINEST
) -> int | None:
    """Try the grid, stride by stride, and count what is wrong; the last stride that was finished.

    None if there is none. It ends with the ``finest`` stride, where a call gives no result or much
    is wrong, and before a stride that would take too long: as long as all before it together.
    """
    if question.format_.name != "float32" or not _may_be_called(question, caller, seen):
        return None
    question, more, finished = quick(question, RUN), Accuracy(grade=seen.grade), None
    start, budget = clock.left(), min(MOST, clock.limit())
    for stride in strides():
        if stride < finest:
            break
        look_at(f"{question.subject}: grid, every {stride:,}th number")
        if 2 * (start - clock.left()) > budget or more.wrong >= MUCH:
            break
        if not _finishes(question, caller, more, stride, lambda: start - clock.left() > budget):
            break
        finished = stride
    more.keep_at_most(KEPT_OF_A_PORTION)
    seen.extend(more)
    return finished


def _may_be_called(question: Question, caller: Caller, seen: Accuracy) -> bool:
    """Whether millions of calls' worth of numbers can be tried, and the truth be known there."""
    if Access.CALLS not in caller.access or seen.unanswered.wrong or caller.expired:
        return False
    if any(KINDS[kind].silent for kind in caller.troubles):
        return False
    known = question.activation
    if not isinstance(known, OfFormula):
        return True
    if question.has_factor:  # each product takes a ball of its own
        return False
    from verification.sweep.by_runs import is_enclosable  # noqa: PLC0415  flint where it is needed

    return is_enclosable(known)


def _finishes(
    question: Question, caller: Caller, more: Accuracy, stride: int, is_over: Callable[[], bool]
) -> bool:
    """Try what is new with a stride; False if a result did not come, or the time was over."""
    new = patterns(question.format_, stride, offset_of(question))
    for x in numbers_of(question.format_, new, BLOCK):
        if is_over():
            return False
        upstream = _upstreams(question.format_)[: x.size].copy() if question.has_factor else None
        look(question, caller, more, x, upstream)
        if more.unanswered.wrong or caller.expired:
            return False
    return True


@cache
def _upstreams(format_: Format) -> Array:
    """An upstream of the size of 1 for each number of a block, so that no product hides x."""
    return upstreams(BLOCK, format_)
