"""The last stage: findings and conventions, told of what was observed. It calls nobody."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from reference import Kink
from reference.arithmetic.types import Array
from verification.activations.lore import lore_of
from verification.candidates.implementation import Implementation
from verification.candidates.trouble import Trouble
from verification.diagnosis.explain import Explanation
from verification.examination.accuracy import OTHER_NAN, OTHER_ZERO
from verification.examination.arguments import given, taken
from verification.examination.complaint import Complaint, simplest
from verification.examination.observed import Observed, key, numbers_at
from verification.examination.tally import Extent, Part, Tally
from verification.examination.truth import Question, answer
from verification.examination.zone import Zone, zones_at
from verification.formula.activation import Gated
from verification.grade import Grade
from verification.kinds import KINDS
from verification.numbers.arrangement import Arranged, Arrangement
from verification.numbers.ulp import doubles

from .finding import Region, Sample, Symptom
from .snippet import snippet
from .verdict import Convention

READ_ONLY = "it works in place, and cannot where the input is read-only"
OTHERS = {
    OTHER_ZERO: "{count} zeros have another sign than the true value or its limit, "
    "in [{low:.6g}, {high:.6g}]",
    OTHER_NAN: "a number at NaN, which belongs to no piece of the function, as in frameworks",
}
NOT_ALONE = "alone it is right: it is wrong only within a longer array"
SEVERAL = 8
# The share of the inputs that break a law which results with a reason lie around.
MOSTLY = 0.5


@dataclass(frozen=True)
class Reporter:
    """Tells what was observed of one subject, examined and explained."""

    question: Question
    implementation: Implementation
    observed: Observed
    explanation: Explanation

    def symptoms(
        self, troubles: Sequence[Trouble], complaints: Sequence[Complaint]
    ) -> Iterator[Symptom]:
        """One for each kind of misbehaviour in a call, of wrong results, and of broken laws."""
        yield from map(self._of_trouble, troubles)
        groups: dict[tuple[str, str | None], list[Part]] = {}
        for part, why in self.explanation.whys.items():
            groups.setdefault((part.kind, why), []).append(part)
        for (kind, why), parts in groups.items():
            yield self._of_results(kind, why, parts)
        yield from (self._of_complaint(broken) for broken in complaints if not broken.legal)

    def conventions(
        self, troubles: Sequence[Trouble], complaints: Sequence[Complaint]
    ) -> Iterator[Convention]:
        """What is legal, and chosen; and ``troubles`` that are not held against it."""
        yield from self._kinks()
        yield from self._others()
        for trouble in troubles:
            x, said = trouble.arguments[0].reshape(-1), KINDS[trouble.kind].text
            at = float(x[simplest(x)][0]) if x.size else np.nan
            yield Convention(self.question.subject, at, f"{said}: {_described(trouble)}")
        for complaint in complaints:
            if complaint.legal:
                at, said = float(complaint.x[0]), f"{complaint.kind}: {complaint.detail}"
                yield Convention(self.question.subject, at, said)

    def _of_trouble(self, trouble: Trouble) -> Symptom:
        nothing = np.zeros(1, self.question.format_.dtype)
        x, factor = nothing[:0], None
        if trouble.arguments:
            flat = tuple(argument.reshape(-1) for argument in trouble.arguments)
            x, factor = taken(self.question, flat)
        place = simplest(x) if x.size else slice(0)
        at = x[place] if x.size else nothing
        upstream = factor[place] if factor is not None and x.size else None
        silent = self.observed.seen.unanswered
        why = KINDS[trouble.kind].why
        if trouble.kind == "exception" and "read-only" in trouble.detail:
            why = READ_ONLY
        detail = _described(trouble)
        if KINDS[trouble.kind].silent and silent.wrong:
            region = _of_extent(silent)
            if self.observed.cut_short:
                detail += "; of the inputs without a result not all were tried alone"
        else:
            region = _of_inputs(x, max(x.size, 1))
        return self._symptom(
            trouble.kind,
            self._sample(at, None, upstream),
            region,
            self._as_called(trouble, place),
            why=why,
            detail=detail,
            zone=self._zone_of(trouble.kind, x, factor),
        )

    def _as_called(self, trouble: Trouble, place: slice) -> Arranged | None:
        """The arrays of a call, with an element at a place; None where one by itself is enough."""
        one = Arrangement.flat(1, self.question.format_.dtype.itemsize)
        if all(array == one for array in trouble.arrays):
            return None
        return Arranged(trouble.arrays, place.start or 0)

    def _zone_of(self, kind: str, x: Array, factor: Array | None) -> Zone:
        """The zone of what a call does: that of the elements, where it may be due to those."""
        if KINDS[kind].beside:
            return Zone.BESIDE
        if not KINDS[kind].separable or not x.size:
            return Zone.BEHAVIOUR
        zone = zones_at(self.question, x, factor).min()
        return Zone.BEHAVIOUR if zone == Zone.PRACTICAL else Zone(int(zone))

    def _of_results(self, kind: str, why: str | None, parts: Sequence[Part]) -> Symptom:
        """The finding about the wrong results of a kind that have one reason, or none.

        The worst of them, and the simplest, are those of the part that matters most.
        """
        seen = self.observed.seen
        whole = seen.joined(parts)
        region = replace(_of_extent(whole), worst_ulp=whole.worst_ulp, worst_at=whole.worst_at)
        first = min(parts, key=lambda part: (part.zone, -_cost(seen.tallies[part])))
        shown, worst = self.observed.shrunk[first], seen.tallies[first].worst
        assert worst is not None  # noqa: S101  a part has results
        detail = "" if shown.shows or self.observed.expired else NOT_ALONE
        if detail and (whole.wrong < SEVERAL or kind == "nan lost"):
            why = None  # It is right, but for its place in an array.
        arranged = self._among_others(shown.x) if detail else None
        return self._symptom(
            kind,
            self._sample(shown.x, shown.got, shown.upstream),
            region,
            arranged,
            why=why,
            detail=detail,
            zone=first.zone,
            cost=worst.cost,
            worst=self._sample(worst.x, worst.got, worst.upstream),
        )

    def _among_others(self, x: Array) -> Arranged:
        """An input in an array as long as that of all inputs that were given at once."""
        seen, bits = self.observed.seen.x, self.question.format_.bits
        places = np.flatnonzero(np.ascontiguousarray(seen).view(bits) == x.view(bits))
        flat = Arrangement.flat(seen.size, seen.itemsize)
        return Arranged((flat, flat, flat), int(places[0]) if places.size else 0)

    def _of_complaint(self, complaint: Complaint) -> Symptom:
        """The finding about a broken law."""
        one, upstream = complaint.place(with_upstream=self.question.has_factor)
        if complaint.got is None:
            got = self.observed.alone[key(one, upstream)]
        else:
            got = complaint.got[simplest(complaint.x)]
        why = complaint.why or self._reason_of(complaint)
        region = _of_inputs(complaint.x, complaint.tried)
        zone = Zone.BESIDE if KINDS[complaint.kind].beside else Zone.BEHAVIOUR
        if complaint.grade <= Grade.CLOSE:
            zone = Zone.CLOSE
        elif complaint.grade < Grade.BROKEN:
            zone = Zone(int(zones_at(self.question, one, upstream)[0]))
        sample = self._sample(one, got, upstream)
        return self._symptom(
            complaint.kind,
            sample,
            region,
            complaint.arranged,
            why=why,
            detail=complaint.detail,
            zone=zone,
        )

    def _reason_of(self, complaint: Complaint) -> str | None:
        """The reason that results are wrong for, where a law is broken by such results."""
        if complaint.kind == "upstream":
            return self.explanation.of_products
        if not KINDS[complaint.kind].follows:
            return None
        x, tallies = doubles(complaint.x), self.observed.seen.tallies
        shares = {
            part: tallies[part].share_around(x)
            for part, why in self.explanation.whys.items()
            if why is not None
        }
        if max(shares.values(), default=0.0) < MOSTLY:
            return None
        return self.explanation.whys[max(shares, key=lambda part: shares[part])]

    def _symptom(
        self,
        kind: str,
        sample: Sample,
        region: Region,
        arranged: Arranged | None = None,
        **more: Any,
    ) -> Symptom:
        return Symptom(
            **vars(sample),
            kind=kind,
            subject=self.question.subject,
            region=region,
            snippet=snippet(self.question, self.implementation, sample, arranged),
            **{"zone": Zone.BEHAVIOUR, "cost": 0.0, **more},
        )

    def _sample(self, x: Array, got: Array | None, factor: Array | None) -> Sample:
        format_ = self.question.format_
        if factor is None and self.question.has_factor:
            factor = np.ones_like(x)
        with np.errstate(all="ignore"):
            nothing = np.full(1, np.nan).astype(format_.dtype)
            result = answer(self.question, x, nothing if got is None else got, factor)
            expected = float(result.expected[0])
            computed = None if got is None else float(got[0])
            absolute = np.nan if computed is None else abs(computed - expected)
        return Sample(
            at=float(x[0]),
            bits=f"0x{int(x.view(format_.bits)[0]):0{2 * format_.dtype.itemsize}x}",
            decimal=str(x[0]),
            got=computed,
            expected=expected,
            ulp=np.nan if computed is None else float(result.ulp[0]),
            absolute=absolute,
            **self._beside(self._arguments(x, factor)),
        )

    def _arguments(self, x: Array, factor: Array | None) -> dict[str, Array]:
        """What the function gets, by name."""
        arguments = given(self.question, x, factor)
        gated = isinstance(self.question.activation, Gated)
        names = ("x", "y", "upstream") if gated else ("x", "upstream")
        return dict(zip(names, arguments, strict=False))

    def _beside(self, arguments: Mapping[str, Array]) -> dict[str, Any]:
        """The numbers of a finding beside that at which the function, or its gate, is taken."""
        activation = self.question.activation
        numbers = {name: float(array[0]) for name, array in arguments.items()}
        upstream = numbers.get("upstream")
        if not isinstance(activation, Gated):
            return {"upstream": upstream}
        other = {activation.other: numbers[activation.other]}
        return {"upstream": upstream, "input": activation.gate, "beside": other}

    def _others(self) -> Iterator[Convention]:
        """Zeros of the other sign than the limit's, and numbers at NaN, where they are legal."""
        for kind, text in OTHERS.items():
            seen = self.observed.seen
            tally = seen.joined(part for part in seen.tallies if part.kind == kind)
            if tally.wrong:
                said = text.format(count=tally.wrong, low=tally.low, high=tally.high)
                yield Convention(self.question.subject, tally.worst_at, said)

    def _kinks(self) -> Iterator[Convention]:
        """The element of the subdifferential that is chosen at each kink."""
        for kink, results in self.observed.kinks:
            numbers = numbers_at(kink, self.question.format_)
            legal = [
                (x, got)
                for x, got in zip(numbers, results, strict=True)
                if got is not None and not answer(self.question, x, got).wrong[0]
            ]
            if not legal:
                continue
            _, got = legal[0]
            said, whose = f"{got[0]}", f" ({self._whose(kink, got)})"
            if any(other != got for _, other in legal):
                each = (f"{got[0]} at {'-' if np.signbit(x[0]) else '+'}0" for x, got in legal)
                said, whose = " and ".join(each), ""
            text = f"derivative {said} at the kink {kink.at:g}{whose}"
            yield Convention(self.question.subject, kink.at, text)

    def _whose(self, kink: Kink, got: Array) -> str:
        """Who chooses this element of the subdifferential, or which it is."""
        ends = np.array([kink.left, kink.right]).astype(got.dtype).astype(np.float64)
        chosen = float(got[0])
        side = "left" if chosen == ends[0] else "right" if chosen == ends[1] else "middle"
        choices = lore_of(self.question.activation.name).choices
        return choices.get(side, f"{side} derivative")


def _cost(tally: Tally) -> float:
    return 0.0 if tally.worst is None else tally.worst.cost


def _described(trouble: Trouble) -> str:
    """What happened, and in an array of which shape, if it takes more than one number."""
    shape = trouble.arguments[0].shape
    is_one = trouble.arguments[0].size == 1
    return trouble.detail if is_one else f"{trouble.detail} (argument of shape {shape})"


def _of_inputs(x: Array, tried: int) -> Region:
    extent = Extent(tried=tried)
    extent.extend(x)
    return _of_extent(extent)


def _of_extent(extent: Extent) -> Region:
    low, high = extent.low, extent.high
    if low > high:  # all of it is NaN
        low = high = np.nan
    return Region(extent.wrong, extent.tried, low, high, 0.0, np.nan)
