"""Why: wrong results matched against known wrong ways to compute them.

The mistakes in `verification.activations`, and the `others` of the catalogue, are formulas;
`substitutions.substitutions` are the right function of something else. `slips` are made from the
formula that is asked for, and `forms` of it are evaluated step by step. `patterns` are patterns of
the results; the `LOOKS` among them name no cause and come last.

What explains most of the wrong results is the reason given, the earlier of two unless the later
one is better by a margin; if it explains too few of them, none is given.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from math import log

import numpy as np

from reference.arithmetic.formats import FORMATS, Format
from reference.arithmetic.types import Array, Float64, Mask
from verification.activations.lore import lore_of
from verification.activations.mistake import SUBJECTS, Mistake
from verification.examination.accuracy import differ
from verification.examination.truth import answer
from verification.formula.language import Expression
from verification.formula.naive import evaluated
from verification.numbers.ulp import doubles, errors

from .constants import constants
from .evidence import of_mistake, of_substitution
from .generated import forms_of
from .looks import GUESSES, LOOKS, step_of
from .others import other_functions, promising_slips
from .patterns import FEW, MISTAKES, QUORUM, SUBNORMAL, Case, Table, band, median
from .reason import Reason
from .steps import blamed
from .substitution import Formula, Substitution
from .substitutions import scaled, substitutions

FACTOR = "factor"
# The part of the results that a form has to give to the bit: errors of its size come of others too.
LEAST_HITS = 0.4
# And of infinities and NaN alone: where they begin tells what overflows.
LEAST_LOST = 0.99
# The part of the other wrong numbers where a form in a wider format has to be wrong as well.
LEAST_ELSEWHERE = 0.5


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
        "cut": _cut(case.wide[reason.explained]),
        FACTOR: median(ratio),
        "offset": median(case.computed - expected),
        "level": median(np.abs(case.computed)),
        "number": case.computed[reason.explained][0],
        "step": step_of(case.computed[reason.explained]),
        "largest": np.abs(ratio - 1)[reason.explained].max(initial=0.0),
        "ulp": errors(case.got, expected, case.question.format_).max(initial=0.0),
    }
    shown = {name: f"{number:.{7 if name == FACTOR else 3}g}" for name, number in numbers.items()}
    points = np.unique(case.wide[reason.explained])
    shown["band"] = band(case.wide[reason.explained])
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
    yield from _patterns(case, SUBNORMAL)
    yield from _of_substitutions(case, substitutions(case))
    yield from _of_mistakes(case, promising_slips(case))
    yield from _of_mistakes(case, constants(case))
    yield from _of_substitutions(case, scaled(case))
    if question.order > 0:
        # A product rule is cut short more often than a derivative is that of another function.
        yield from _of_mistakes(case, other_functions(case))
    yield from _of_forms(case)
    yield from _patterns(case, MISTAKES)


def _of_substitutions(case: Case, found: Iterable[Substitution]) -> Iterator[Reason]:
    reasons = (of_substitution(case, substitution) for substitution in found)
    return (reason for reason in reasons if reason is not None)


def _of_mistakes(case: Case, mistakes: Iterable[Mistake]) -> Iterator[Reason]:
    for mistake in mistakes:
        for precision, formula in _formulas(case, mistake):
            reason = of_mistake(case, mistake, formula)
            if reason is not None:
                yield _filled(case, reason, precision)


def _cut(x: Float64) -> float:
    """Where inputs begin, on the side where they begin further out."""
    sides = [np.abs(x[np.sign(x) == side]).min(initial=np.inf) for side in (-1, 1)]
    return float(max((start for start in sides if np.isfinite(start)), default=np.inf))


def _of_forms(case: Case) -> Iterator[Reason]:
    """What forms of the formula give, step by step; named is the step that goes wrong."""
    question = case.question
    activation, subject = question.activation, SUBJECTS[question.order]
    for form in forms_of(activation, question.order):
        for precision in _precisions(case):
            formula = partial(evaluated, form, activation.parameters, precision)
            mistake = Mistake(subject, "", formula, noisy=True)
            results = partial(_evaluated, mistake, precision)
            reason = of_mistake(case, mistake, results)
            hits = LEAST_HITS if np.isfinite(case.computed).any() else LEAST_LOST
            if reason is None or reason.exactly.mean() < hits:
                continue
            if precision is question.format_ or _is_wrong_elsewhere(case, results):
                wrong = differ(results(case.x, case.upstream), case.expected, question.format_)
                wrong &= doubles(case.expected) != 0  # The sign of a zero shows no step.
                tell = partial(_blamed, case, form, precision, reason.explained & wrong)
                yield replace(reason, sentence=tell(reason.explained), tell=tell)


def _is_wrong_elsewhere(case: Case, formula: Formula) -> bool:
    """Whether a formula is wrong at most of the wrong numbers that are not explained here, too."""
    others = case.others
    found = answer(case.question, others.x, formula(others.x, others.upstream), others.upstream)
    weights = others.weight * np.isfinite(doubles(others.got))
    return float(weights[found.wrong].sum()) >= LEAST_ELSEWHERE * float(weights.sum())


def _blamed(case: Case, form: Expression, precision: Format, shown: Mask, part: Mask) -> str:
    """The step of a form that gives the wrong results of a part; ``shown`` are those it has."""
    told = shown & part if (shown & part).any() else shown
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
        if best is None:
            best = next(_patterns(case, LOOKS), None)
        if best is None and not np.isfinite(doubles(case.others.got)).any():
            best = next(_patterns(case, GUESSES), None)
        return best
