"""Accuracy: every result held against the truth, what is wrong sorted into kinds and counted."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array, Float64, Mask
from verification.formula.activation import OfFormula
from verification.grade import Grade
from verification.kinds import KINDS
from verification.numbers.ulp import doubles

from .cells import DISTANT, Cells
from .histogram import Histogram
from .tally import Extent, Part, Results, Tally, parts_of
from .truth import FLUSH_TO_ZERO, Answer, Question, answer, number_at
from .zone import costs, zones

# No kind of finding but a convention: a zero of either sign, where both are legal.
OTHER_ZERO = "other zero"
# Likewise: the derivative of a function of pieces, at NaN, which belongs to no piece.
OTHER_NAN = "other nan"
SIGN_OF_ZERO = "sign of zero"


@dataclass
class Accuracy:
    """All that was seen of one subject's accuracy; ``inputs`` is how many results were judged.

    ``looked`` counts the wrong results of each part among those at the inputs ``x`` alone.
    ``grade`` is that of the worst result.
    """

    tallies: dict[Part, Tally] = field(default_factory=dict)
    inputs: int = 0
    worst_ulp: float = 0.0
    x: Array = field(default_factory=lambda: np.empty(0))
    got: Array = field(default_factory=lambda: np.empty(0))
    ulp: Float64 = field(default_factory=lambda: np.empty(0))
    bound: Float64 = field(default_factory=lambda: np.empty(0))
    upstream: Array | None = None
    unanswered: Extent = field(default_factory=Extent)
    looked: dict[Part, int] = field(default_factory=dict)
    grade: Grade = Grade.CORRECT
    histogram: Histogram = field(default_factory=Histogram)
    cells: Cells = field(default_factory=Cells)

    def add(self, kinds: dict[str, Mask], results: Results) -> None:
        """Count the wrong results of each kind, part by part."""
        for part, mask in parts_of(kinds, results.x, results.zone).items():
            self.tallies.setdefault(part, Tally()).add(results.at(mask))

    def leave(self, x: Array, format_: Format) -> None:
        """Count inputs without a result."""
        self.unanswered.extend(x)
        self.cells.leave(x, format_)

    def merge(self, other: "Accuracy") -> None:
        """Count what a survey of other, higher inputs has counted."""
        for part, tally in other.tallies.items():
            self.tallies.setdefault(part, Tally()).merge(tally)
        self.inputs += other.inputs
        self.unanswered.join(other.unanswered)
        self.worst_ulp = max(self.worst_ulp, other.worst_ulp)
        self.grade = max(self.grade, other.grade)
        self.histogram.merge(other.histogram)
        self.cells.merge(other.cells)

    def close(self) -> Self:
        """Tell each extent out of how many inputs it is, when all are counted."""
        self.looked = {part: tally.wrong for part, tally in self.tallies.items()}
        return self._told()

    def _told(self) -> Self:
        for tally in self.tallies.values():
            tally.tried = self.inputs
        self.unanswered.tried = self.inputs + self.unanswered.wrong
        return self

    def extend(self, more: "Accuracy") -> None:
        """Count what was seen at further inputs, beside ``x``."""
        self.merge(more)
        self._told()

    def keep_at_most(self, size: int) -> None:
        """Keep samples of so many wrong results of each part."""
        for tally in self.tallies.values():
            tally.samples = [tally.sample(size)]

    def replace_by(self, whole: "Accuracy") -> None:
        """Put the counts of all patterns in place of these; what those do not show stays found."""
        self.tallies |= whole.tallies
        self.inputs = whole.inputs or self.inputs
        if whole.unanswered.wrong:
            self.unanswered = whole.unanswered
        self.worst_ulp = max(self.worst_ulp, whole.worst_ulp)
        self.grade = max(self.grade, whole.grade)
        self.cells.merge(whole.cells)
        if whole.inputs:
            self.histogram = whole.histogram

    @property
    def wrong(self) -> int:
        """How many results are wrong, all kinds of findings together."""
        return sum(tally.wrong for part, tally in self.tallies.items() if part.kind in KINDS)

    def joined(self, parts: Iterable[Part]) -> Tally:
        """The wrong results of several parts together."""
        whole = Tally(tried=self.inputs)
        for part in parts:
            whole.merge(self.tallies[part])
        return whole

    def right(self) -> tuple[Array, Array | None]:
        """Inputs, and upstreams, of the results that are not wrong."""
        places = np.flatnonzero(self.ulp <= self.bound)
        return self.x[places], None if self.upstream is None else self.upstream[places]


def kinds_of(question: Question, x: Array, got: Array, result: Answer) -> dict[str, Mask]:
    """Sort what is wrong: each wrong result is of one kind."""
    wide, computed = doubles(x), doubles(got)
    expected = doubles(result.expected)
    at_kink = np.isin(wide, [number_at(question, kink) for kink in question.activation.kinks])
    zero = computed == 0
    is_held_to = _sign_is_lost(question, wide, got, result) & (question.require < Grade.CLOSE)
    opposite = np.sign(computed) * np.sign(expected) < 0
    # Beside a baseline what counts is how far off a result is.
    is_opposite = opposite & (is_held_to & (question.baseline is None) | result.wrong)
    lost = zero & (expected == 0) & (np.signbit(got) != np.signbit(result.expected))
    tests = {
        "infinity": np.isinf(wide) & result.wrong,
        "nan": np.isnan(computed) & ~np.isnan(expected) & result.wrong,
        OTHER_NAN: ~np.isnan(computed) & np.isnan(wide) & _nan_is_free(question),
        "nan lost": ~np.isnan(computed) & np.isnan(expected) & result.wrong,
        "kink": at_kink & result.wrong & (question.order > 0),
        "overflow": np.isinf(computed) & np.isfinite(expected) & result.wrong,
        "wrong sign": is_opposite,
        "flushed": zero & (expected != 0) & result.wrong,
        "inaccurate": result.wrong,
        SIGN_OF_ZERO: lost & is_held_to,
        OTHER_ZERO: lost,
    }
    sorted_already = np.zeros(x.shape, bool)
    kinds = {}
    for kind, mask in tests.items():
        kinds[kind] = mask & ~sorted_already
        sorted_already |= mask
    return kinds


def _sign_is_lost(question: Question, x: Float64, got: Array, result: Answer) -> Mask:
    """Where the sign is held against a result that is near enough: it is close at best.

    Of a zero, see `signed_zeros`; of other values everywhere, of derivatives not next to a root.
    """
    computed, expected = doubles(got), doubles(result.expected)
    zeros = (computed == 0) & (expected == 0) & (np.signbit(got) != np.signbit(result.expected))
    with np.errstate(invalid="ignore"):  # of NaN
        opposite = np.sign(computed) * np.sign(expected) < 0
    if FLUSH_TO_ZERO in question.allow:
        opposite &= result.ulp > 0
    if question.order > 0 or question.baseline is not None:
        opposite &= result.grade > Grade.ACCURATE
    return np.asarray(opposite | (zeros & signed_zeros(question, x)))


def differ(left: Array, right: Array, format_: Format) -> Mask:
    """Where the bits are not the same; one NaN is as good as another."""
    left, right = np.ascontiguousarray(left), np.ascontiguousarray(right)
    bits: Mask = left.view(format_.bits) != right.view(format_.bits)
    if bits.any():
        with np.errstate(invalid="ignore"):  # NumPy warns of signalling NaNs
            bits &= ~(np.isnan(doubles(left)) & np.isnan(doubles(right)))
    return bits


def signed_zeros(question: Question, x: Float64) -> Mask:
    """Where the sign of a zero is held against a result: at x = ±0, if the function has one there.

    A value has, where f changes its sign, or underflows; not where f is zero on an interval (relu),
    and not if the formula in floating point, step by step, has another sign at ±0 than beside it:
    -0 + (-0)² is +0. Where a value underflows, at an infinity, and in a derivative, either zero is
    as good. A check that is strict looks at all of them.
    """
    if question.strict:
        return np.ones(x.shape, bool)
    value, known = question.activation.orders[0], question.activation
    is_signed = question.subject == "value"
    is_signed &= bool(value.roots) or value.bounds != (0.0, np.inf)
    if isinstance(known, OfFormula):
        is_signed &= known.keeps_the_sign_of_zero and not known.vanishes
    signed: Mask = (x == 0) & is_signed
    return signed


def _nan_is_free(question: Question) -> bool:
    """Whether a derivative may be a number at NaN, as those of frameworks are.

    That of a function of pieces, and one that is the same number everywhere.
    """
    least, largest = question.activation.orders[question.order].bounds
    is_free = bool(question.activation.kinks) or least == largest
    return question.order > 0 and is_free and not question.strict


def count(
    question: Question, seen: Accuracy, x: Array, got: Array, upstream: Array | None = None
) -> None:
    """Hold results against the truth, and add to what was seen."""
    if not x.size:
        return
    result = answer(question, x, got, upstream)
    if seen.x is x:
        seen.ulp, seen.bound = result.ulp, result.bound
    with np.errstate(all="ignore"):
        kinds = kinds_of(question, x, got, result)
        if (found := np.flatnonzero(np.any([*kinds.values()], axis=0))).size:
            factor = None if upstream is None else upstream[found]
            some = replace(result, true=result.true[found], grade=result.grade[found])
            at, come = x[found], got[found]
            zone, cost = zones(question, at, factor, some), costs(question, come, some, factor)
            wrong = Results(at, come, factor, result.ulp[found], zone, cost)
            those = {kind: mask[found] for kind, mask in kinds.items()}
            seen.add(those, wrong)
            _miss(question, seen, those, wrong, result.expected[found])
    worst = result.ulp.max(where=np.isfinite(result.ulp), initial=0.0)
    seen.worst_ulp = max(seen.worst_ulp, float(worst))
    seen.inputs += x.size
    judged = result.grade[~kinds[OTHER_NAN]]
    seen.grade = max(seen.grade, Grade(int(judged.max(initial=Grade.CORRECT))))
    if _sign_is_lost(question, doubles(x), got, result).any():
        seen.grade = max(seen.grade, Grade.CLOSE)
    seen.histogram.add(got, result.expected, question.format_)
    seen.cells.add(x, got, upstream, result.expected, result.ulp, question.format_)


def _miss(
    question: Question, seen: Accuracy, kinds: dict[str, Mask], wrong: Results, expected: Array
) -> None:
    """Count by stretches what is wrong, and not by its distance."""
    for kind, mask in kinds.items():
        if kind in KINDS and kind not in DISTANT and mask.any():
            factor = None if wrong.upstream is None else wrong.upstream[mask]
            seen.cells.miss(kind, wrong.x[mask], factor, expected[mask], question.format_)
