"""Why: wrong results matched against known wrong ways to compute them.

Three tables. `variants.VARIANTS` are formulas: one explains a result that lies within 2 ulp of its
own, or much nearer to it than to the truth, or is off by rounding noise as it is itself.
`patterns.MISTAKES` are patterns of the results. `LOOKS` are too; they name no cause and come last.

What explains most of the wrong results is the reason given, the earlier of two that explain
equally many; if it explains too few of them, none is given. It is given for those kinds of wrong
results alone that it explains; of the others, each kind is looked at by itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import log
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from reference.arithmetic.types import Array, Float64, Mask

from .patterns import LOOKS, MISTAKES, NEAR, QUORUM, Case, Table, median, nan_from_infinity, near
from .truth import answer
from .variants import SINGLE, VARIANTS, Variant

NOISY_QUORUM = 0.6
# What explains more explains it all: the order of the tables decides.
CERTAIN = 0.97
# Where the candidate is barely right, a formula of its kind may be barely wrong.
LENIENT = 4
# So many of the inputs where a formula is wrong may be right in the candidate.
CONTRADICTED = 0.15
NOISY_NEAR = 0.5
# Noise is alike within this factor, between so many neighbours either side.
ALIKE = 8
AROUND = 8
FACTOR = "factor"


@dataclass(frozen=True)
class Reason:
    """A sentence, which of the wrong results it explains, and which of them number by number."""

    sentence: str
    explained: Mask
    exactly: Mask

    @property
    def share(self) -> float:
        """The share of the wrong results that it explains."""
        return min(float(self.explained.mean()), CERTAIN)

    @property
    def rank(self) -> tuple[float, float]:
        """Of two that explain equally many, the one that hits more numbers comes first."""
        return self.share, min(float(self.exactly.mean()), CERTAIN)

    def covers(self, part: Mask) -> bool:
        """Whether it explains most of this part of the wrong results."""
        return 2 * int(self.explained[part].sum()) >= int(part.sum())


Formula = Callable[[Array], Array]


def _formulas(case: Case, variant: Variant) -> Iterator[Formula]:
    """The variant in the precision of the format, and of 16-bit formats in float32 as well."""
    narrow = case.question.format_.dtype
    single = np.dtype(np.float32)
    for precision in (narrow, single) if narrow.itemsize < single.itemsize else (narrow,):
        yield partial(_evaluated, variant, precision)


def _evaluated(variant: Variant, precision: np.dtype[Any], x: Array) -> Array:
    return np.asarray(variant.formula(x.astype(precision))).astype(x.dtype)


def _contradicted(case: Case, formula: Formula) -> bool:
    """Whether the candidate is right at many of the inputs where a formula is wrong."""
    where_right = _misses(case, formula, *case.right, LENIENT)
    where_wrong = _misses(case, formula, case.x, case.upstream, 1) * case.wrong / case.x.size
    return where_right > CONTRADICTED * (where_right + where_wrong)


def _misses(case: Case, formula: Formula, x: Array, upstream: Array | None, lenient: float) -> int:
    results = formula(x)
    if upstream is not None:
        results = np.asarray(results * upstream)
    found = answer(case.question, x, results, upstream)
    return int((found.ulp > lenient * found.bound).sum())


def _reason(case: Case, variant: Variant, formula: Formula) -> Reason:
    """Which results a formula explains.

    Of noise, those that are off as far as the formula is thereabouts. NaN at an infinity
    only if the sentence says so: many a formula that is right elsewhere has it.
    """
    results = case.of(formula(case.x))
    exactly = near(case, results, NOISY_NEAR if variant.noisy else NEAR)
    exactly &= ~nan_from_infinity(case) | ("NaN" in variant.why)
    exactly &= variant.claims(case.computed)
    if not variant.noisy:
        return Reason(variant.why, exactly, exactly)
    theirs, ours = _noise(case, results), _noise(case, case.got)
    alike = (ours <= ALIKE * theirs) & (theirs <= ALIKE * ours)
    alike &= variant.claims(case.computed)
    return Reason(variant.why, (exactly | alike) & np.isfinite(case.computed), exactly)


def _noise(case: Case, results: Array) -> Float64:
    """The size of errors around each input; of a product, those of the derivative."""
    error = np.abs(results.astype(np.float64) - case.expected.astype(np.float64))
    if case.upstream is not None:
        error /= np.abs(case.upstream.astype(np.float64))
    order = np.argsort(case.wide, kind="stable")
    padded = np.pad(np.where(np.isfinite(error), error, 0.0)[order], AROUND, mode="edge")
    noise = np.empty_like(error)
    noise[order] = sliding_window_view(padded, 2 * AROUND + 1).max(axis=1)
    return noise


def _numbers(case: Case, explained: Mask) -> dict[str, str]:
    """Numbers that a sentence may name."""
    format_ = case.question.format_
    magnitudes = np.abs(case.wide)[explained]
    expected = case.expected.astype(np.float64)
    ratio = case.computed / expected
    finite = magnitudes[~np.isnan(magnitudes)]
    numbers = {
        "one": format_.precision * log(2),
        "overflow": (format_.emax + 1) * log(2),
        "limit": finite.min(initial=np.inf),
        "zero": np.abs(case.wide)[case.computed == 0].min(initial=np.inf),
        FACTOR: median(ratio),
        "offset": median(case.computed - expected),
    }
    return {name: f"{number:.{7 if name == FACTOR else 3}g}" for name, number in numbers.items()}


def _reasons(case: Case) -> Iterator[Reason]:
    """What explains enough of the wrong results, in the order of the tables."""
    question = case.question
    asked = (question.activation.name, "value" if question.order == 0 else "derivative")
    for variant in VARIANTS:
        single = variant.why == SINGLE and question.format_.name != "float64"
        if (variant.activation, variant.subject) != asked or single:
            continue
        for formula in _formulas(case, variant):
            reason = _reason(case, variant, formula)
            quorum = NOISY_QUORUM if variant.noisy else QUORUM
            if reason.share >= quorum and not _contradicted(case, formula):
                yield reason
    yield from _patterns(case, MISTAKES)


def _patterns(case: Case, table: Table) -> Iterator[Reason]:
    for why, explains in table:
        explained = explains(case)
        reason = Reason(why, explained, explained)
        if reason.share >= QUORUM:
            yield reason


def diagnose(case: Case) -> Reason | None:
    """Return the reason that explains most of the wrong results, None if nothing known does."""
    with np.errstate(all="ignore"):
        reasons = list(_reasons(case)) or list(_patterns(case, LOOKS))
        best = max(reasons, key=lambda reason: reason.rank, default=None)
        if best is None:
            return None
        sentence = best.sentence.format(**_numbers(case, best.explained))
        return replace(best, sentence=sentence)
