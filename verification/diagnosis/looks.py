"""What wrong results look like, where no cause of theirs is known."""

import numpy as np

from reference.arithmetic.types import Float64, Mask
from verification.examination.truth import Question, answer, expected_of
from verification.examination.zone import PRACTICAL
from verification.grade import Grade
from verification.numbers.ulp import doubles

from .patterns import (
    FACTOR_WITHIN,
    FEW_ULP,
    LEAST_ACTIVE,
    NEAR,
    SEVERAL,
    Case,
    Table,
    median,
    near,
    roughness,
)

# A factor next to 1 that is too small to be one.
LEAST_FACTOR = 2e-7
# A relative error that is none of an approximation; how much smooth errors change from one input to
# the next, and how much noise does at least, by their size.
LARGE, SMOOTH, NOISE = 0.1, 0.2, 0.25
# How often the errors of an approximation change their sign at least.
TURNS = 2
# And the least share of all results that is off.
WIDESPREAD = 0.1
# The share of results that are those of the input before; and the largest of a single result, or
# this is one that saturates.
IN_A_ROW, LONGEST_STEP = 0.5, 0.25
# The multiples of a step that results are, at most, and how near to one.
MOST_STEPS, NEARLY_WHOLE = 1 << 16, 2.0**-7
# The least share of results that are no multiples by their size alone.
TELLING_SHARE = 0.25
# Errors beyond so many times the tolerance are more than several roundings.
FEW_TIMES = 2
# Right results between wrong ones, for each of those, where these stand alone.
RIGHT_WITHIN = 0.5
# And how many times larger the largest of their inputs is than the smallest, at most.
WIDEST = 2.0


def _cut_off(case: Case) -> Mask:
    """Results that are the limit, further out than any that are right and are not."""
    if case.wrong < SEVERAL:
        return np.zeros(case.x.shape, bool)
    limits = case.of(_limits(case.question, case.wide)).astype(np.float64)
    alive = _alive(case)
    last_below = np.abs(alive[alive < 0]).max(initial=1.0)
    last_above = np.abs(alive[alive > 0]).max(initial=1.0)
    beyond = np.abs(case.wide) > np.where(case.wide < 0, last_below, last_above)
    return np.asarray(beyond & (case.computed == limits) & (limits != doubles(case.expected)))


def _alive(case: Case) -> Float64:
    """The finite inputs of other results, right ones and wrong ones, that are not the limit."""
    right, upstream = case.right
    wide = doubles(right)
    expected = expected_of(case.question, right, upstream).astype(np.float64)
    slope = expected if upstream is None else expected / doubles(upstream)
    others, got = doubles(case.others.x), doubles(case.others.got)
    others, got = others[np.isfinite(got)], got[np.isfinite(got)]
    format_, tolerance = case.question.format_, case.question.tolerance
    # Where close results are enough, those next to the limit may be the limit itself.
    least = format_.emin if case.question.require <= Grade.ACCURATE else 0
    nearly = (tolerance + 1) * 2.0 ** (least - format_.precision + 1)
    alive = np.concatenate(
        [
            wide[np.abs(slope - _limits(case.question, wide)) > nearly],
            others[got != _limits(case.question, others)],
        ]
    )
    return np.asarray(alive[np.isfinite(alive)])


def _zero_in_a_band(case: Case) -> Mask:
    alive = _alive(case)
    return _in_a_band(case, case.computed == 0, alive[alive != 0])


def _nan_in_a_band(case: Case) -> Mask:
    others, got = doubles(case.others.x), doubles(case.others.got)
    others = np.concatenate([doubles(case.right[0]), others[~np.isnan(got)]])
    return _in_a_band(case, np.isnan(case.computed), others[np.isfinite(others)])


def _one_in_a_band(case: Case) -> Mask:
    """One number, or an infinity, in the place of many."""
    if np.unique(case.computed).size > 1 or np.isnan(case.computed[0]) or case.computed[0] == 0:
        return np.zeros(case.x.shape, bool)
    if np.unique(doubles(case.expected)).size < SEVERAL:
        return np.zeros(case.x.shape, bool)
    one, others = case.computed[0], case.others
    differ = doubles(others.got) != one
    right = expected_of(case.question, *case.right).astype(np.float64)
    numbers = [doubles(case.right[0])[right != one], doubles(others.x)[differ]]
    return _in_a_band(case, case.computed == one, np.concatenate(numbers))


def _in_a_band(case: Case, found: Mask, others: Float64) -> Mask:
    """Those results, if there are others on both sides of them and none between."""
    found = found & np.isfinite(case.wide)
    band = case.wide[found]
    if not band.size:
        return found
    is_inside = (others < band.min()).any() and (others > band.max()).any()
    is_alone = not ((others > band.min()) & (others < band.max())).any()
    return np.asarray(found & is_inside & is_alone)


def _limits(question: Question, x: Float64) -> Float64:
    """Return the limit on the side of each x; where it is infinite, x itself."""
    below, above = question.activation.orders[question.order].limits
    limit = np.where(x > 0, above, below)
    return np.where(np.isinf(limit), x, limit)


def _factor(case: Case) -> Mask:
    ratio = case.computed / doubles(case.expected)
    usual = median(ratio)
    close = abs(usual - 1) < max(FEW_ULP * 2.0**-case.question.format_.precision, LEAST_FACTOR)
    if np.isfinite(ratio).sum() < SEVERAL or close or usual == 0:
        return np.zeros(case.x.shape, bool)
    scaled = (doubles(case.expected) * usual).astype(case.got.dtype)
    return near(case, scaled) | (np.abs(ratio - usual) <= FACTOR_WITHIN * abs(usual - 1))


def _offset(case: Case) -> Mask:
    gap = case.computed - doubles(case.expected)
    usual = median(gap)
    if np.isfinite(gap).sum() < SEVERAL or usual == 0:
        return np.zeros(case.x.shape, bool)
    return np.asarray(np.abs(gap - usual) <= NEAR * abs(usual))


def _clipped(case: Case) -> Mask:
    """Results that are all of one size, which no right one exceeds and all the true ones do."""
    sizes, expected = np.abs(case.computed), np.abs(doubles(case.expected))
    level = median(sizes)
    right = np.abs(expected_of(case.question, *case.right).astype(np.float64))
    most = right[np.isfinite(right)].max(initial=0.0)
    if case.wrong < SEVERAL or not 0 < level >= most:
        return np.zeros(case.x.shape, bool)
    return np.asarray((sizes == level) & (expected > level))


def _isolated(case: Case) -> Mask:
    """All wrong results, if they lie within a binade and hardly any between them is right."""
    finite = np.isfinite(case.wide)
    band, right = case.wide[finite], doubles(case.right[0])
    right = right[np.isfinite(right)]
    nothing = np.zeros(case.x.shape, bool)
    if not band.size or case.others.x.size:
        return nothing
    between = ((right >= band.min()) & (right <= band.max())).sum()
    beside = (right < band.min()).any() and (right > band.max()).any()
    sizes = np.abs(band)
    narrow = 0 < sizes.max() <= WIDEST * sizes.min() and np.unique(np.sign(band)).size == 1
    alone = beside and between <= RIGHT_WITHIN * case.wrong
    return finite if narrow and alone else nothing


def _at_infinity(case: Case) -> Mask:
    """One number, or the other infinity, at an infinity."""
    found: Mask = np.isinf(case.wide) & ~np.isnan(case.computed) & (case.upstream is None)
    return found & (np.unique(case.computed[found]).size == 1)


def step_of(results: Float64) -> float:
    """The number that all results may be multiples of: their least distance, NaN if too small."""
    sizes = np.union1d(np.abs(results[np.isfinite(results)]), 0)
    if sizes.size < SEVERAL:
        return np.nan
    count = np.rint(sizes[-1] / np.diff(sizes).min())
    return float(sizes[-1] / count) if count <= MOST_STEPS else np.nan


def _multiples(case: Case) -> Mask:
    """Results that are multiples of one number, where the right ones are not."""
    step = step_of(case.computed)
    if np.isnan(step) or case.upstream is not None:
        return np.zeros(case.x.shape, bool)
    counts = case.computed / step
    # Of a format's own last bit, large numbers always are.
    telling = np.abs(counts[case.computed != 0]) < 2.0 ** (case.question.format_.precision - 2)
    if telling.mean() < TELLING_SHARE:
        return np.zeros(case.x.shape, bool)
    return np.asarray(np.abs(counts - np.rint(counts)) <= NEARLY_WHOLE)


def _stepwise(case: Case) -> Mask:
    """One result for many x in a row, and another for the next, where each should have its own."""
    order = np.argsort(case.wide, kind="stable")
    sizes = np.abs(case.wide[order])
    order = order[(sizes >= LEAST_ACTIVE) & (sizes <= PRACTICAL)]
    got, expected = case.computed[order], doubles(case.expected)[order]
    apart = np.diff(expected) != 0
    _, counts = np.unique(got, return_counts=True)
    is_stepwise = (
        case.upstream is None
        and counts.size >= SEVERAL
        and counts.max() < LONGEST_STEP * got.size
        and apart.sum() >= SEVERAL
        and (np.diff(got) == 0)[apart].mean() > IN_A_ROW
    )
    return np.isfinite(case.computed) & is_stepwise


def _saturated(case: Case) -> Mask:
    """Results of one size, from somewhere on, that is not that of the limit."""
    sizes = np.abs(case.computed)
    level = median(sizes)
    same = (sizes == level) & np.isfinite(case.wide) & (sizes != np.abs(doubles(case.expected)))
    furthest = np.abs(doubles(case.right[0]))
    furthest = furthest[np.isfinite(furthest)].max(initial=0.0)
    beyond = np.abs(case.wide) >= furthest
    if case.upstream is not None or level == 0 or np.unique(case.wide[same]).size < SEVERAL:
        return np.zeros(case.x.shape, bool)
    return np.asarray(same & beyond)


def _constant(case: Case) -> Mask:
    """One number, or NaN, in the place of many."""
    number = case.computed[np.argmin(np.abs(case.computed - median(case.computed)))]
    same = (case.computed == number) | (np.isnan(case.computed) & np.isnan(number))
    is_finite = bool(np.isfinite(number))
    rest = np.concatenate([doubles(case.right[0]), doubles(case.others.got)])
    is_everywhere = is_finite or not np.isfinite(rest).any()
    expected = np.unique(doubles(case.expected)[same])
    if number == 0 or expected.size < SEVERAL or not is_everywhere:
        return np.zeros(case.x.shape, bool)
    return np.asarray(same)


def _smooth(case: Case) -> Mask:
    """Small relative errors that change slowly from one input to the next, and their sign too.

    So do those of a polynomial or a fraction that was fitted, and hardly those of a mistake.
    """
    error = np.abs(case.computed / doubles(case.expected) - 1)
    small = (error < LARGE) & (error > 0) & np.isfinite(case.wide)
    order = np.argsort(case.wide, kind="stable")
    signs = np.sign(case.computed - doubles(case.expected))[order]
    signs = signs[small[order] & (np.abs(case.wide[order]) <= PRACTICAL)]
    turns = int(np.count_nonzero(np.diff(signs)))
    is_rare = case.wrong < WIDESPREAD * (case.wrong + case.right[0].size)
    if is_rare or turns < TURNS or not roughness(case, case.got) < SMOOTH:
        return np.zeros(case.x.shape, bool)
    return np.asarray(small)


def _roundings(case: Case) -> Mask:
    """Errors of few ulp that have nothing to do with one another."""
    found = answer(case.question, case.x, case.got, case.upstream)
    few: Mask = (case.computed != 0) & (
        found.ulp <= FEW_TIMES * np.fmax(case.question.tolerance, 1)
    )
    is_noise = not roughness(case, case.got) < NOISE
    return few if is_noise else np.zeros_like(few)


# Pattern of the results, and the sentence; {cut} is where results are the limit on either side.
# What the numbers themselves say.
LOOKS: Table = (
    ("the tail is cut off at {cut}: from there on it is the limit", _cut_off),
    ("0 for x {band} alone", _zero_in_a_band),
    ("NaN for x {band} alone", _nan_in_a_band),
    ("{number} for x {band} alone", _one_in_a_band),
    ("at {points} it is {number}, not the limit", _at_infinity),
    ("it saturates at ±{level}, not at the limit", _saturated),
    ("the result is clipped at ±{level}", _clipped),
    ("all of these results are {number}, as if they were not written", _constant),
    ("wrong for x {band} alone: an entry of a table, or a branch", _isolated),
)
# What may be told of all wrong numbers together: those of a part may have small errors by chance.
GUESSES: Table = (
    ("the results are multiples of {step}: a sum, fixed point, or a table", _multiples),
    ("one result for many x in a row: a table, or x in fixed point", _stepwise),
    ("off by a constant factor of {factor}", _factor),
    ("off by a constant of {offset}", _offset),
    ("several roundings add up: up to {ulp} ulp", _roundings),
    ("an approximation: a smooth relative error of up to {largest}", _smooth),
)
