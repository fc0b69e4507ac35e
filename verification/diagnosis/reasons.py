"""Why: wrong results matched against known wrong ways to compute them.

The mistakes in `verification.activations`, and the `others` of the catalogue, are formulas: one
explains a result that lies within 2 ulp of its own, or much nearer to it than to the truth, or is
off by rounding noise as it is itself. `substitutions.substitutions` are the right function of
something else. `slips` are made from the formula, and `forms` of it are evaluated
step by step. All are held against the inputs where the candidate is right as well. `patterns`
are patterns of the results; the `LOOKS` among them name no cause and come last.

What explains most of the wrong results is the reason given, the earlier of two unless the later
one is better by a margin; if it explains too few of them, none is given. It is given for those kinds of wrong
results alone that it explains; of the others, each kind is looked at by itself.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import log

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from reference.arithmetic.formats import FORMATS, Format
from reference.arithmetic.types import Array, Float64, Mask
from verification.activations.lore import lore_of
from verification.activations.mistake import SUBJECTS, Mistake, digits, lost
from verification.examination.tried import inputs_of
from verification.examination.truth import answer
from verification.formula.language import Expression
from verification.formula.naive import evaluated
from verification.numbers.ulp import doubles, errors

from .constants import constants
from .generated import forms_of
from .looks import LOOKS
from .others import other_functions, promising_slips
from .patterns import (
    FEW,
    MISTAKES,
    NEAR,
    QUORUM,
    SUBNORMAL,
    TELLING,
    Case,
    Table,
    median,
    nan_from_infinity,
    near,
    roughness,
)
from .steps import blamed
from .substitution import Formula, Substitution
from .substitutions import substitutions

NOISY_QUORUM = 0.6
# What explains more explains it all: the order of the tables decides.
CERTAIN = 0.97
# By how much a later reason has to be better than an earlier one, of 2 in all.
MARGIN = 0.1
# Where the candidate is barely right, a formula of its kind may be barely wrong.
LENIENT = 4
# The share of the inputs where a formula is wrong that may be right in the candidate.
CONTRADICTED = 0.15
# The least share of zeros among a formula's wrong results by which zeros alone tell it.
ZEROS = 0.1
NOISY_NEAR = 0.5
# Rounding noise is the largest error among this number of neighbours on either side.
AROUND = 8
# Two noises are alike if neither is more than this factor times the other.
ALIKE = 8
# Zeros whose errors are more than 64 times the formula's noise, at more than 3 % of the wrong
# results, are another mistake.
MORE, MORE_AT = 64, 0.03
# And so are errors that change from one input to the next by less than a quarter of what the
# formula's do.
ROUGH = 0.25
FACTOR = "factor"


@dataclass(frozen=True)
class Reason:
    """A sentence, which of the wrong results it explains, and which of them number by number.

    ``tell`` gives the sentence about a part of them, where that is another one.
    """

    sentence: str
    explained: Mask
    exactly: Mask
    tell: Callable[[Mask], str] | None = None

    def of(self, part: Mask) -> str:
        """The sentence about a part of the wrong results."""
        return self.sentence if self.tell is None else self.tell(part)

    @property
    def share(self) -> float:
        """The share of the wrong results that it explains."""
        return min(float(self.explained.mean()), CERTAIN)

    def is_better_than(self, other: "Reason") -> bool:
        """Whether it explains more results, and hits more numbers, by a margin in all."""
        return self._score > other._score + MARGIN

    @property
    def _score(self) -> float:
        return self.share + float(self.exactly.mean())

    def covers(self, part: Mask) -> bool:
        """Whether it explains most of this part of the wrong results."""
        return 2 * int(self.explained[part].sum()) >= int(part.sum())


def _formulas(case: Case, mistake: Mistake) -> Iterator[tuple[Format, Formula]]:
    """The formula in the precision of the format, and of 16-bit formats in float32 as well."""
    for precision in _precisions(case):
        yield precision, partial(_evaluated, mistake, precision)


def _precisions(case: Case) -> tuple[Format, ...]:
    narrow, single = case.question.format_, FORMATS["float32"]
    return (narrow, single) if narrow.precision < single.precision else (narrow,)


def _evaluated(mistake: Mistake, precision: Format, x: Array, upstream: Array | None) -> Array:
    results = np.asarray(mistake.formula(x.astype(precision.dtype))).astype(x.dtype)
    return results if upstream is None else np.asarray(results * upstream)


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


def _of_mistake(case: Case, mistake: Mistake, formula: Formula) -> Reason | None:
    """What a mistake explains, None if that is too little.

    Of noise, those results that are off as far as the formula is thereabouts. NaN at an infinity
    only if the sentence says so: many a formula that is right elsewhere has it.
    """
    results = formula(case.x, case.upstream)
    exactly = near(case, results, NOISY_NEAR if mistake.noisy else NEAR)
    exactly &= ~nan_from_infinity(case) | ("NaN" in mistake.why)
    exactly &= mistake.claims(case.computed)
    reason = Reason(mistake.why, exactly, exactly)
    if mistake.noisy:
        theirs, ours = _rounding_noise(case, results), _rounding_noise(case, case.got)
        alike = (ours <= ALIKE * theirs) & (theirs <= ALIKE * ours) & (ours > 0)
        alike &= mistake.claims(case.computed)
        reason = Reason(mistake.why, (exactly | alike) & np.isfinite(case.computed), exactly)
        more = (ours > MORE * theirs) & (case.computed == 0)
        if more.mean() > MORE_AT or roughness(case, case.got) < ROUGH * roughness(case, results):
            return None
    explained = reason.explained
    if reason.share < (NOISY_QUORUM if mistake.noisy else QUORUM) or _few(case, explained):
        return None
    if _contradicted(case, formula):
        return None
    if digits(case.computed[explained]).mean() < TELLING and not _zeros_agree(
        case, formula, mistake
    ):
        return None
    return reason


def _few(case: Case, explained: Mask) -> bool:
    """Whether these are too few numbers to tell a formula by."""
    return np.unique(case.wide[explained & np.isfinite(case.wide)]).size < FEW


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


def _of_substitution(case: Case, substitution: Substitution) -> Reason | None:
    """What a substitution explains, None if that is too little."""
    explained = np.zeros(case.x.shape, bool)
    for formula in substitution.formulas:
        explained |= near(case, formula(case.x, case.upstream))
    if substitution.also is not None:
        explained |= substitution.also
    reason = Reason(substitution.why, explained, explained)
    if reason.share < QUORUM or _few(case, explained):
        return None
    if digits(case.computed[explained]).mean() < TELLING:
        return None
    within = explained if substitution.in_part else None
    return None if _contradicted(case, *substitution.formulas, within=within) else reason


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


def _filled(case: Case, reason: Reason, format_: Format) -> Reason:
    """The reason with the numbers that its sentence may name; ``format_`` is computed in."""
    magnitudes = np.abs(case.wide)[reason.explained]
    expected = doubles(case.expected)
    ratio = case.computed / expected
    finite = magnitudes[~np.isnan(magnitudes)]
    zero = np.abs(case.wide)[case.computed == 0].min(initial=np.inf)
    numbers = {
        "one": format_.precision * log(2),
        "overflow": (format_.emax + 1) * log(2),
        "limit": finite.min(initial=np.inf),
        FACTOR: median(ratio),
        "offset": median(case.computed - expected),
        "level": median(np.abs(case.computed)),
        "number": median(case.computed),
        "largest": np.abs(ratio - 1)[np.isfinite(ratio)].max(initial=0.0),
        "ulp": errors(case.got, expected, case.question.format_).max(initial=0.0),
    }
    shown = {name: f"{number:.{7 if name == FACTOR else 3}g}" for name, number in numbers.items()}
    points = np.unique(case.wide[reason.explained])
    shown["points"] = " and ".join(f"{point:.6g}" for point in points[:FEW])
    shown["flushes"] = f" and flushes to 0 above {zero:.3g}" if np.isfinite(zero) else ""
    return replace(reason, sentence=reason.sentence.format(**shown))


def _reasons(case: Case) -> Iterator[Reason]:
    """What explains enough of the wrong results, in the order of the tables."""
    question = case.question
    subject = SUBJECTS[question.order]
    lore = lore_of(question.activation.name)
    known = lore.all_mistakes(question.activation.parameters)
    is_wide = question.format_.name == "float64"
    listed = [m for m in known if m.subject == subject and (is_wide or not m.in_float64)]
    yield from _of_mistakes(case, listed)
    if question.order == 0:
        yield from _of_mistakes(case, other_functions(case))
    yield from _of_mistakes(case, constants(case))
    yield from _patterns(case, SUBNORMAL)
    for substitution in substitutions(case):
        reason = _of_substitution(case, substitution)
        if reason is not None:
            yield reason
    yield from _of_mistakes(case, promising_slips(case))
    if question.order > 0:
        # A product rule is cut short more often than a derivative is that of another function.
        yield from _of_mistakes(case, other_functions(case))
    yield from _of_forms(case)
    yield from _patterns(case, MISTAKES)


def _of_mistakes(case: Case, mistakes: Iterable[Mistake]) -> Iterator[Reason]:
    for mistake in mistakes:
        for precision, formula in _formulas(case, mistake):
            reason = _of_mistake(case, mistake, formula)
            if reason is not None:
                yield _filled(case, reason, precision)


def _of_forms(case: Case) -> Iterator[Reason]:
    """What forms of the formula give, step by step; named is the step that goes wrong."""
    question = case.question
    activation, subject = question.activation, SUBJECTS[question.order]
    for form in forms_of(activation, question.order):
        for precision in _precisions(case):
            formula = partial(evaluated, form, activation.parameters, precision)
            mistake = Mistake(subject, "", formula, noisy=True)
            reason = _of_mistake(case, mistake, partial(_evaluated, mistake, precision))
            if reason is not None:
                tell = partial(_blamed, case, form, precision, reason.explained)
                yield replace(reason, sentence=tell(reason.explained), tell=tell)


def _blamed(case: Case, form: Expression, precision: Format, explained: Mask, part: Mask) -> str:
    """The step of a form that gives the wrong results of a part."""
    told = explained & part if (explained & part).any() else explained
    x = case.x[told].astype(precision.dtype)
    parameters = case.question.activation.parameters
    return blamed(form, parameters, precision, x, case.computed[told])


def _patterns(case: Case, table: Table) -> Iterator[Reason]:
    for why, explains in table:
        explained = explains(case)
        reason = Reason(why, explained, explained)
        if reason.share >= QUORUM:
            yield _filled(case, reason, case.question.format_)


def diagnose(case: Case) -> Reason | None:
    """Return the reason that explains most of the wrong results, None if nothing known does."""
    with np.errstate(all="ignore"):
        best: Reason | None = None
        for reason in _reasons(case):
            if best is None or reason.is_better_than(best):
                best = reason
        return best or next(_patterns(case, LOOKS), None)
