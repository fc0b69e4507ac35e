"""Accuracy: every result held against the truth, what is wrong sorted into kinds and counted."""

from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array, Float64, Mask
from verification.formula.activation import OfFormula
from verification.grade import Grade
from verification.kinds import KINDS
from verification.numbers.ulp import doubles

from .cells import Cells
from .histogram import Histogram
from .truth import FLUSH_TO_ZERO, Answer, Question, answer, number_at
from .zone import Worst, Zone, costs, zones

# Wrong results of a kind that are kept as its sample.
KEPT = 4096
# No kind of finding but a convention: a zero of either sign, where both are legal.
OTHER_ZERO = "other zero"
# Likewise: the derivative of a function of pieces, at NaN, which belongs to no piece.
OTHER_NAN = "other nan"
SIGN_OF_ZERO = "sign of zero"


@dataclass(frozen=True)
class Results:
    """Results that were judged: where, how far off, and what that costs in which zone."""

    x: Array
    got: Array
    upstream: Array | None
    ulp: Float64
    zone: Array
    cost: Float64

    def at(self, places: Array) -> Self:
        """Some of them."""
        return replace(
            self,
            x=self.x[places],
            got=self.got[places],
            upstream=None if self.upstream is None else self.upstream[places],
            ulp=self.ulp[places],
            zone=self.zone[places],
            cost=self.cost[places],
        )


@dataclass
class Extent:
    """How many of the tried inputs are wrong or without a result, and between which two."""

    wrong: int = 0
    tried: int = 0
    low: float = np.inf
    high: float = -np.inf

    def extend(self, x: Array) -> None:
        """Count inputs."""
        wide = doubles(x)
        numbers = wide[~np.isnan(wide)]
        self.wrong += x.size
        self.low = float(numbers.min(initial=self.low))
        self.high = float(numbers.max(initial=self.high))

    def join(self, other: "Extent") -> None:
        """Count what another extent has counted."""
        self.wrong += other.wrong
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)


@dataclass
class Tally(Extent):
    """The wrong results of one kind: how many, where, how bad, and a sample of them."""

    worst_ulp: float = 0.0
    worst_at: float = np.nan
    samples: list[tuple[Array, Array, Array | None]] = field(default_factory=list)
    worst: dict[Zone, Worst] = field(default_factory=dict)

    def add(self, wrong: Results) -> None:
        """Count wrong results."""
        self.extend(wrong.x)
        worst = int(np.argmax(wrong.ulp))
        if wrong.ulp[worst] >= self.worst_ulp:
            self.worst_ulp, self.worst_at = float(wrong.ulp[worst]), float(wrong.x[worst])
        kept = wrong.at(_spread(wrong.x.size, KEPT))
        self.samples.append((kept.x, kept.got, kept.upstream))
        for zone in map(Zone, np.unique(wrong.zone).tolist()):
            places = np.flatnonzero(wrong.zone == zone)
            one = wrong.at(places[[np.argmax(wrong.cost[places])]])
            self._keep(zone, Worst(float(one.cost[0]), one.x, one.got, one.upstream))

    def _keep(self, zone: Zone, found: Worst) -> None:
        known = self.worst.get(zone)
        if known is None or known.cost < found.cost:
            self.worst[zone] = found

    @property
    def sampled(self) -> int:
        """How many wrong results the whole sample has."""
        return min(KEPT, sum(x.size for x, *_ in self.samples))

    def merge(self, other: "Tally") -> None:
        """Count what another tally of this kind has counted, of higher inputs."""
        self.join(other)
        if other.worst_ulp >= self.worst_ulp:
            self.worst_ulp, self.worst_at = other.worst_ulp, other.worst_at
        self.samples += other.samples
        for zone, found in other.worst.items():
            self._keep(zone, found)

    def sample(self, size: int = KEPT) -> tuple[Array, Array, Array | None]:
        """Inputs, results and upstreams of some of the wrong ones."""
        x, got, upstream = zip(*self.samples, strict=True)
        joined = np.concatenate(x)
        kept = _spread(joined.size, size)
        factors = None if upstream[0] is None else np.concatenate(upstream)[kept]
        return joined[kept], np.concatenate(got)[kept], factors


def _spread(size: int, limit: int) -> Array:
    """At most ``limit`` places of ``size``, evenly spread, the ends among them."""
    return np.unique(np.linspace(0, size - 1, min(size, limit)).astype(int))


@dataclass
class Accuracy:
    """All that was seen of one subject's accuracy; ``inputs`` is how many results were judged.

    ``looked`` counts the wrong results of each kind among those at the inputs ``x`` alone.
    ``grade`` is that of the worst result.
    """

    tallies: dict[str, Tally] = field(default_factory=dict)
    inputs: int = 0
    worst_ulp: float = 0.0
    x: Array = field(default_factory=lambda: np.empty(0))
    got: Array = field(default_factory=lambda: np.empty(0))
    ulp: Float64 = field(default_factory=lambda: np.empty(0))
    bound: Float64 = field(default_factory=lambda: np.empty(0))
    upstream: Array | None = None
    unanswered: Extent = field(default_factory=Extent)
    looked: dict[str, int] = field(default_factory=dict)
    grade: Grade = Grade.CORRECT
    histogram: Histogram = field(default_factory=Histogram)
    cells: Cells = field(default_factory=Cells)

    def add(self, kinds: dict[str, Mask], results: Results) -> None:
        """Count the wrong results of each kind."""
        for kind, mask in kinds.items():
            if mask.any():
                self.tallies.setdefault(kind, Tally()).add(results.at(mask))

    def merge(self, other: "Accuracy") -> None:
        """Count what a survey of other, higher inputs has counted."""
        for kind, tally in other.tallies.items():
            self.tallies.setdefault(kind, Tally()).merge(tally)
        self.inputs += other.inputs
        self.unanswered.join(other.unanswered)
        self.worst_ulp = max(self.worst_ulp, other.worst_ulp)
        self.grade = max(self.grade, other.grade)
        self.histogram.merge(other.histogram)
        self.cells.merge(other.cells)

    def close(self) -> Self:
        """Tell each extent out of how many inputs it is, when all are counted."""
        self.looked = {kind: tally.wrong for kind, tally in self.tallies.items()}
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
        """Keep samples of so many wrong results of each kind."""
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
        return sum(tally.wrong for kind, tally in self.tallies.items() if kind in KINDS)

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
    opposite = (np.sign(computed) * np.sign(expected) < 0) & _sign_is_known(question, wide, result)
    lost = zero & (expected == 0) & (np.signbit(got) != np.signbit(result.expected))
    if FLUSH_TO_ZERO in question.allow:
        opposite &= result.ulp > 0
    tests = {
        "infinity": np.isinf(wide) & result.wrong,
        "nan": np.isnan(computed) & ~np.isnan(expected) & result.wrong,
        OTHER_NAN: ~np.isnan(computed) & np.isnan(wide) & _nan_is_free(question),
        "nan lost": ~np.isnan(computed) & np.isnan(expected) & result.wrong,
        "kink": at_kink & result.wrong & (question.order > 0),
        "overflow": np.isinf(computed) & np.isfinite(expected) & result.wrong,
        "wrong sign": opposite,
        "flushed": zero & (expected != 0) & result.wrong,
        "inaccurate": result.wrong,
        SIGN_OF_ZERO: lost & signed_zeros(question, wide),
        OTHER_ZERO: lost,
    }
    sorted_already = np.zeros(x.shape, bool)
    kinds = {}
    for kind, mask in tests.items():
        kinds[kind] = mask & ~sorted_already
        sorted_already |= mask
    return kinds


def _sign_is_known(question: Question, x: Float64, result: Answer) -> Mask:
    """Whether a result of the other sign is wrong however small: everywhere but next to a root."""
    is_strict = question.require <= Grade.ACCURATE and question.baseline is None
    if question.order == 0 and is_strict:
        return np.ones(x.shape, bool)
    return result.wrong


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
    if question.require > Grade.ACCURATE:
        return np.zeros(x.shape, bool)
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
            seen.add({kind: mask[found] for kind, mask in kinds.items()}, wrong)
    worst = result.ulp.max(where=np.isfinite(result.ulp), initial=0.0)
    seen.worst_ulp = max(seen.worst_ulp, float(worst))
    seen.inputs += x.size
    judged = result.grade[~kinds[OTHER_NAN]]
    seen.grade = max(seen.grade, Grade(int(judged.max(initial=Grade.CORRECT))))
    if kinds[SIGN_OF_ZERO].any():
        seen.grade = max(seen.grade, Grade.CLOSE)
    seen.histogram.add(got, result.expected, question.format_)
    seen.cells.add(x, got, upstream, result.expected, result.ulp, question.format_)
