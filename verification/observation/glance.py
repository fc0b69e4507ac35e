"""Results at a million inputs at once: what is right at a glance passes, the rest is judged."""

from dataclasses import replace

import numpy as np

from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array, Mask
from verification.candidates.calls import Caller
from verification.examination.accuracy import OTHER_ZERO, Accuracy, count, signed_zeros
from verification.examination.truth import Question, expected_of
from verification.formula.activation import OfFormula
from verification.numbers.inputs import ordinals
from verification.numbers.ulp import doubles

# Most ulp that a neighbour of the correctly rounded result is off: where the ulp changes.
NEIGHBOUR = 2.5
# With this tolerance a product, too, may be off by as much: |upstream| ulp(f'(x)) is more than half
# an ulp of the product, and half an ulp is added.
NEIGHBOUR_OF_A_PRODUCT = 2 * (NEIGHBOUR - 0.5)


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
    """Call with a block of inputs, and count what is wrong."""
    arguments = (x,) if upstream is None else (x, upstream)
    got, answered = caller.resiliently(*arguments, warns=False)
    seen.inputs += int(np.count_nonzero(answered))
    seen.unanswered.extend(x[~answered])
    close = _close_product(question, x, upstream)
    expected = expected_of(question, x, upstream) if close is None else close
    bits = question.format_.bits
    places = np.flatnonzero((got.view(bits) != expected.view(bits)) & answered)
    x, got, expected = x[places], got[places], expected[places]
    upstream = None if upstream is None else upstream[places]
    passes = _are_near_enough(question, got, expected, is_product=upstream is not None)
    with np.errstate(invalid="ignore"):  # NumPy warns of signalling NaNs
        zero = (got == 0) & (expected == 0) & ~passes
    zero[zero] = ~signed_zeros(question, doubles(x[zero]))
    if close is None:
        seen.add({OTHER_ZERO: zero}, x, got, np.zeros(x.shape), upstream)
    rest = np.flatnonzero(~(passes | zero))
    seen.inputs -= rest.size
    count(question, seen, x[rest], got[rest], None if upstream is None else upstream[rest])


def _close_product(question: Question, x: Array, upstream: Array | None) -> Array | None:
    """Of a formula, the derivative, known to 2^-10 ulp, times upstream, if that will do.

    The balls of each product would take minutes, and its neighbours are near enough. The sign of a
    zero is not known.
    """
    if upstream is None or not isinstance(question.activation, OfFormula) or question.strict:
        return None
    if question.tolerance < NEIGHBOUR_OF_A_PRODUCT:
        return None
    with np.errstate(all="ignore"):
        slopes = np.asarray(question.activation.derivative(doubles(x)))
        product: Array = (slopes * doubles(upstream)).astype(x.dtype)
    return product


def _are_near_enough(question: Question, got: Array, expected: Array, *, is_product: bool) -> Mask:
    """Which results are neighbours of the right ones, where those may be off by so much."""
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
    steps = np.abs(ordinals(a, format_) - ordinals(b, format_))
    are_neighbours: Mask = (steps <= 1) & (np.signbit(a) == np.signbit(b))
    return are_neighbours
