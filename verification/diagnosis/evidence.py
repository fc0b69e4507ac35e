"""What a formula explains of wrong results, held against the inputs where the candidate is right.

One explains a result that lies within 2 ulp of its own, or much nearer to it than to the truth, or
is off by rounding noise as it is itself.
"""

from dataclasses import replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from reference.arithmetic.types import Array, Float64, Mask
from verification.activations.mistake import Mistake, digits, lost
from verification.examination.accuracy import differ
from verification.examination.tried import inputs_of
from verification.examination.truth import answer, expected_of
from verification.numbers.ulp import doubles

from .patterns import (
    FEW,
    NEAR,
    QUORUM,
    SEVERAL,
    TELLING,
    Case,
    band,
    nan_from_infinity,
    near,
    roughness,
)
from .reason import Reason
from .substitution import Formula, Substitution

NOISY_QUORUM = 0.6
# Where the candidate is barely right, a formula of its kind may be barely wrong.
LENIENT = 4
# The share of the inputs where a formula is wrong that may be right in the candidate.
CONTRADICTED = 0.15
# The least share of zeros among a formula's wrong results by which zeros alone tell it.
ZEROS = 0.1
NOISY_NEAR = 0.5
# The share of zeros, where the truth is none, that a formula has to give as well.
ZEROS_BY_ZEROS = 0.6
# Rounding noise is the largest error among this number of neighbours on either side.
AROUND = 8
# Two noises are alike if the formula's is at most 8 times the candidate's, and that one at most 32
# times the formula's: another exponential or erf may be a poor one.
ALIKE, POORER = 8, 32
# Zeros whose errors are more than 64 times the formula's noise, at more than 3 % of the wrong
# results, are another mistake.
MORE, MORE_AT = 64, 0.03
# And so are errors that change from one input to the next by less than a quarter of what the
# formula's do.
ROUGH = 0.25


def _misses(
    case: Case, formula: Formula, x: Array, upstream: Array | None, lenient: float = 1.0
) -> Mask:
    """Where a formula is wrong."""
    found = answer(case.question, x, formula(x, upstream), upstream)
    return np.asarray(found.ulp > lenient * found.bound)


def _contradicted(case: Case, *formulas: Formula, within: Mask | None = None) -> bool:
    """Whether the candidate is right at many of the inputs where all the formulas are wrong.

    Where ``within`` are given, of those inputs that lie between these.
    """
    x, upstream = case.right
    if within is not None:
        numbers, wide = case.wide[within & ~np.isnan(case.wide)], doubles(x)
        between = (wide >= numbers.min(initial=np.inf)) & (wide <= numbers.max(initial=-np.inf))
        x, upstream = x[between], None if upstream is None else upstream[between]
    right, wrong = np.ones(x.shape, bool), np.ones(case.x.shape, bool)
    for formula in formulas:
        right &= _misses(case, formula, x, upstream, LENIENT)
        wrong &= _misses(case, formula, case.x, case.upstream)
    where_right, where_wrong = int(right.sum()), wrong.mean() * case.wrong
    return bool(where_right > CONTRADICTED * (where_right + where_wrong))


def of_mistake(case: Case, mistake: Mistake, formula: Formula) -> Reason | None:
    """What a mistake explains, None if that is too little.

    NaN at an infinity only if the sentence says so: many a formula that is right elsewhere has it.
    """
    results = formula(case.x, case.upstream)
    exactly = near(case, results, NOISY_NEAR if mistake.noisy else NEAR)
    exactly &= ~nan_from_infinity(case) | ("NaN" in mistake.why)
    exactly &= mistake.claims(case.computed)
    if mistake.noisy:
        reason = _of_noise(case, mistake, formula, results, exactly)
    else:
        reason = Reason(mistake.why, exactly, exactly)
        reason = reason if reason.share >= QUORUM else None
    if reason is None or _few(case, reason.explained):
        return None
    if mistake.in_part and _is_one_number(case, reason.explained):
        return None
    if _contradicted(case, formula):
        if not mistake.in_part or not _is_telling(case, formula, reason.explained):
            return None
        said = f"{mistake.why}, for x {band(case.wide[exactly])}"
        reason = replace(reason, sentence=said, in_part=True)
    are_zeros = digits(case.computed[reason.explained]).mean() < TELLING
    return None if are_zeros and not _zeros_agree(case, formula, mistake) else reason


def _of_noise(
    case: Case, mistake: Mistake, formula: Formula, results: Array, exactly: Mask
) -> Reason | None:
    """What rounding noise explains: results that are off as far as the formula is thereabouts."""
    theirs, ours = _rounding_noise(case, results), _rounding_noise(case, case.got)
    alike = (ours <= POORER * theirs) & (theirs <= ALIKE * ours) & (ours > 0)
    alike &= mistake.claims(case.computed)
    explained, finite = exactly | alike, np.isfinite(case.computed)
    # What overflows is another matter than digits, where there are some.
    explained &= finite | (exactly & ~finite.any())
    reason = Reason(mistake.why, explained, ~differ(results, case.got, case.question.format_))
    zeros = (case.computed == 0) & (doubles(case.expected) != 0)
    more = (ours > MORE * theirs) & (case.computed == 0)
    is_another = (
        reason.share < NOISY_QUORUM
        or (zeros.any() and (results[zeros] == 0).mean() < ZEROS_BY_ZEROS)
        or more.mean() > MORE_AT
        or roughness(case, case.got) < ROUGH * roughness(case, results)
        or _keeps_digits(case, formula)
    )
    return None if is_another else reason


def _is_telling(case: Case, formula: Formula, explained: Mask) -> bool:
    """Whether a formula explains a part of the inputs: several numbers, and all that is between."""
    several = np.unique(case.computed[explained]).size >= SEVERAL
    return several and not _contradicted(case, formula, within=explained)


def _keeps_digits(case: Case, formula: Formula) -> bool:
    """Whether the candidate is right where the formula has wrong digits, and loses zeros alone."""
    x, upstream = case.right
    right = _misses(case, formula, x, upstream, LENIENT) & digits(doubles(formula(x, upstream)))
    wrong = _misses(case, formula, case.x, case.upstream)
    wrong &= digits(doubles(formula(case.x, case.upstream))) & digits(case.computed)
    where_right, where_wrong = int(right.sum()), wrong.mean() * case.wrong
    return bool(where_right > max(FEW, CONTRADICTED * (where_right + where_wrong)))


def _few(case: Case, explained: Mask) -> bool:
    """Whether these are too few numbers to tell a formula by."""
    return np.unique(case.wide[explained & np.isfinite(case.wide)]).size < FEW


def _is_one_number(case: Case, explained: Mask) -> bool:
    """Whether one or two results agree, in the place of few, though the function has many."""
    few = np.unique(case.computed[explained]).size < FEW
    if not few or np.unique(doubles(case.expected)[explained]).size >= SEVERAL:
        return False
    x = inputs_of(case.question)
    upstream = None if case.upstream is None else np.ones_like(x)
    return np.unique(doubles(expected_of(case.question, x, upstream))).size >= SEVERAL


def _zeros_agree(case: Case, formula: Formula, mistake: Mistake) -> bool:
    """Whether the candidate is wrong at most inputs where the formula is.

    Where the formula loses digits, at most of those where it gives zeros instead; but not by zeros
    that are the last of a tail alone.
    """
    x = inputs_of(case.question)
    upstream = None if case.upstream is None else np.ones_like(x)
    results = formula(x, upstream).astype(np.float64)
    wrong = _misses(case, formula, x, upstream)
    if mistake.noisy or mistake.claims is lost:
        wrong &= np.isfinite(results)
        zeros = wrong & (results == 0)
        if mistake.noisy and zeros.sum() < ZEROS * wrong.sum():
            return False
        wrong = zeros
    return bool(case.wrong >= (1 - CONTRADICTED) * wrong.sum())


def of_substitution(case: Case, substitution: Substitution) -> Reason | None:
    """What a substitution explains, None if that is too little."""
    explained = np.zeros(case.x.shape, bool)
    for formula in substitution.formulas:
        explained |= near(case, formula(case.x, case.upstream), 0 if substitution.in_part else NEAR)
    if substitution.also is not None:
        explained |= substitution.also
    about_factor = substitution.about_factor
    reason = Reason(substitution.why, explained, explained, about_factor=about_factor)
    if reason.share < QUORUM or _few(case, explained):
        return None
    if digits(case.computed[explained]).mean() < TELLING:
        return None
    if substitution.in_part and _is_one_number(case, explained):
        return None
    if not _contradicted(case, *substitution.formulas):
        return reason
    if not substitution.in_part or _contradicted(case, *substitution.formulas, within=explained):
        return None
    said = f"{reason.sentence}, for x {band(case.wide[explained])}"
    return replace(reason, sentence=said, in_part=True)


def _rounding_noise(case: Case, results: Array) -> Float64:
    """The size of errors around each input; of a product, those of the derivative."""
    error = np.abs(doubles(results) - doubles(case.expected))
    if case.upstream is not None:
        error /= np.abs(doubles(case.upstream))
    order = np.argsort(case.wide, kind="stable")
    padded = np.pad(np.where(np.isfinite(error), error, 0.0)[order], AROUND, mode="edge")
    noise = np.empty_like(error)
    noise[order] = sliding_window_view(padded, 2 * AROUND + 1).max(axis=1)
    return noise
