"""What a verdict is compared with: another one, of this moment or stored."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite, isinf, isnan, nan
from pathlib import Path
from typing import Any, NamedTuple, Self

from verification.candidates.text import said_by
from verification.errors import UsageError
from verification.examination.accuracy import Accuracy
from verification.examination.cells import DISTANT, UNANSWERED, Cells
from verification.examination.observed import Observed
from verification.examination.zone import Zone
from verification.grade import required
from verification.kinds import KINDS
from verification.records.reading import from_json, read_regular

from .finding import Region, Symptom
from .verdict import VERSION, Verdict

# How many times as much a finding may cost as one that is known.
DEARER = 2.0
# How much further out a region may reach than one that is known, how many times the share of its
# inputs may be wrong, and how many more of them in any case.
WIDER, TIMES, FEW = 0.01, 2, 8
# What costs something by the numbers that come; other misbehaviour is there, or is not.
COSTLY = ("upstream", "length", "layout")
# The other calls after which there are inputs without a result.
WITHOUT_A_RESULT = ("no result", "shape")
# The share of its inputs that a check may have more than its baseline: what a seed draws.
MORE = 0.01
SAYS = ("strict", "allow", "domain")


class Known(NamedTuple):
    """What the baseline does, where, and what it costs."""

    subject: str
    kind: str
    zone: Zone
    cost: float
    exception: str
    region: Region

    @classmethod
    def of(cls, symptom: Symptom) -> Self:
        """That of a symptom of this moment."""
        exception = exception_of(symptom.kind, symptom.detail)
        return cls(
            *(symptom.subject, symptom.kind, symptom.zone, symptom.cost),
            *(exception, symptom.region),
        )

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """That of a stored one."""
        subject, kind, detail = (str(stored[name]) for name in ("subject", "kind", "detail"))
        zone, region = Zone[str(stored["zone"]).upper()], stored["region"]
        wrong, tried = int(region["wrong"]), int(region["tried"])
        low, high = float(region["low"]), float(region["high"])
        return cls(
            *(subject, kind, zone, float(stored["cost"]), exception_of(kind, detail)),
            Region(wrong, tried, low, high, 0.0, nan),
        )

    def excuses(self, symptom: Symptom) -> bool:
        """Whether a symptom is this one, where it matters no more, and costs at most twice.

        A call that gave no result, gave none in the same region.
        """
        same = (self.subject, self.kind) == (symptom.subject, symptom.kind)
        if KINDS[symptom.kind].silent:
            same &= self.exception == exception_of(symptom.kind, symptom.detail)
            same &= self._is_as_silent(symptom.region)
        is_dear = KINDS[symptom.kind].follows or symptom.kind in COSTLY
        is_dear |= symptom.worst is not None
        return (
            same
            and symptom.zone >= self.zone
            and (not is_dear or is_as_cheap(symptom.cost, self.cost))
        )

    def _is_as_silent(self, region: Region) -> bool:
        """Whether no result came in the same region, of inputs or else of some arrays of them."""
        theirs, ours = ((one.wrong < one.tried, one.wrong == 0) for one in (self.region, region))
        return theirs == ours and is_within(
            (region.low, region.high), (self.region.low, self.region.high)
        )


def exception_of(kind: str, detail: str) -> str:
    """The type of an exception; empty for other kinds."""
    return detail.partition(":")[0] if kind == "exception" else ""


def is_within(ends: tuple[float, float], known: tuple[float, float]) -> bool:
    """Whether a region is in a known one, or a little out; NaN alone, or no number, is none."""
    if isnan(ends[0]) or isnan(known[0]):
        return isnan(ends[0]) and isnan(known[0])
    below, above = (WIDER * abs(end) if isfinite(end) else 0 for end in known)
    return ends[0] >= known[0] - below and ends[1] <= known[1] + above


def is_as_rare(ours: tuple[int, int], known: tuple[int, int]) -> bool:
    """Whether no more than twice the known share is wrong, or a few more: of so many tried."""
    (wrong, tried), (known_wrong, known_tried) = ours, known
    return wrong * known_tried <= TIMES * known_wrong * tried + FEW * known_tried


def is_as_cheap(cost: float, known: float) -> bool:
    """Whether a cost is at most twice a known one; an infinite one stands for those alone."""
    return isinf(cost) if isinf(known) else cost <= DEARER * known


@dataclass(frozen=True)
class Baseline:
    """How far off an implementation is, by subject, what it does, and at how many inputs.

    ``seen`` is what was seen of the candidate that is compared with it.
    """

    name: str
    of: tuple[str, str]
    cells: Mapping[str, Cells]
    symptoms: frozenset[Known]
    inputs: Mapping[str, int]
    promise: Mapping[str, int]
    require: str
    says: Mapping[str, Any]
    seen: Mapping[str, Accuracy] = field(default_factory=dict)

    @classmethod
    def of_verdict(cls, verdict: Verdict) -> Self:
        """That of a verdict of this moment."""
        return cls(
            verdict.implementation,
            (verdict.of, verdict.dtype),
            verdict.errors,
            frozenset(map(Known.of, verdict.symptoms)),
            verdict.inputs,
            verdict.promise,
            verdict.require,
            _said_by(vars(verdict)),
        )

    @classmethod
    def read(cls, path: Path) -> Self:
        """That of a stored verdict, or UsageError."""
        try:
            content = from_json(read_regular(path))
            version = content["version"]
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise _no_verdict(path, said_by(error)) from None
        if version != VERSION:
            raise UsageError(
                f"baseline: expected a verdict of version {VERSION}, but {path} has version "
                f"{version!r}: judge it anew"
            )
        try:
            found = [one for finding in content["findings"] for one in (finding, *finding["also"])]
            errors = content["errors"].items()
            return cls(
                str(content["implementation"]),
                (str(content["of"]), str(content["dtype"])),
                {name: Cells.from_json(part) for name, part in errors},
                frozenset(map(Known.from_json, found)),
                {name: int(count) for name, count in content["inputs"].items()},
                {name: int(count) for name, count in content["promise"].items()},
                str(required(content["require"])),
                _said_by(content),
            )
        except (UsageError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise _no_verdict(path, said_by(error)) from None

    def require_the_same(self, of: str, dtype: str) -> None:
        """UsageError for a verdict about something else."""
        if self.of != (of, dtype):
            raise UsageError(
                f"baseline: expected a verdict as {of} in {dtype}, but that of {self.name} is as "
                f"{' in '.join(self.of)}"
            )

    def require_results(self, subjects: Iterable[str]) -> None:
        """UsageError if there is nothing to compare one of these with, though it was tried."""
        for subject in subjects:
            if self.inputs.get(subject) == 0:
                raise UsageError(
                    f"baseline: expected results of the {subject} to compare with, but {self.name} "
                    "gave none that can be judged: choose another one, or mend it"
                )

    def require_terms(self, verdict: Verdict) -> None:
        """UsageError for a verdict that was not judged as strictly, or at fewer inputs."""
        for name, theirs in self.says.items():
            ours = _said_by(vars(verdict))[name]
            is_everywhere = name == "domain" and not theirs
            if ours != theirs and not is_everywhere:
                raise UsageError(
                    f"baseline: expected a verdict on the terms of this check, with {name} "
                    f"{ours or 'none'}, but that of {self.name} has {theirs or 'none'}: judge it "
                    "anew"
                )
        if required(self.require) > required(verdict.require):
            raise UsageError(
                f"baseline: expected a verdict that requires {verdict.require} or better, but "
                f"that of {self.name} requires {self.require}: judge it anew"
            )
        for subject in verdict.inputs.keys() & self.inputs.keys():
            ours, theirs = verdict.inputs[subject], self.inputs[subject]
            if theirs < (1 - MORE) * ours:
                raise UsageError(
                    f"baseline: expected a verdict on the {subject} at {ours:,} inputs or more, as "
                    f"this check has, but that of {self.name} is at {theirs:,}: judge it anew"
                )

    def beside_what(self, observed: Mapping[str, Observed]) -> Self:
        """The same, with what was observed of a candidate."""
        return replace(self, seen={name: found.seen for name, found in observed.items()})

    def excuses(self, symptom: Symptom) -> bool:
        """Whether it misbehaves, or breaks a law, as this does; wrong numbers are compared."""
        if symptom.kind in DISTANT or not self.seen[symptom.subject].inputs:
            return False
        kind = symptom.kind
        if KINDS[kind].silent or kind in WITHOUT_A_RESULT:
            kind = UNANSWERED
        return self._misses(symptom.subject, kind) and any(
            known.excuses(symptom) for known in self.symptoms
        )

    def _misses(self, subject: str, kind: str) -> bool:
        """Whether it has results of a kind in each stretch in which the candidate has, and as many.

        The candidate may have twice the share of all inputs, and a few more. It has none of laws,
        and of what a call does beside its result.
        """
        seen = self.seen[subject]
        ours = seen.cells.missed.get(kind, {})
        theirs = self.cells.get(subject, Cells()).missed.get(kind, {})
        return all(
            name in theirs
            and is_as_rare((count, seen.inputs), (theirs[name], self.inputs[subject]))
            for name, count in ours.items()
        )

    def beside(self, errors: Mapping[str, Cells]) -> Iterator[str]:
        """Where the other one is better and where worse, a line for each subject."""
        for subject, theirs in self.cells.items():
            ours = errors.get(subject)
            if ours is None:
                continue
            names = theirs.stretches | ours.stretches
            pairs = [(ours.error(name), theirs.error(name)) for name in names]
            better, worse = (sum(map(test, pairs)) for test in (_is_better, _is_worse))
            yield (
                f"{subject} beside {self.name}: better in {better} stretches of an eighth of a "
                f"binade, worse in {worse}, alike elsewhere"
            )


def _no_verdict(path: Path, why: str) -> UsageError:
    return UsageError(
        f"baseline: expected a verdict of halfulp, as --json writes it, but {path}: {why}"
    )


def _said_by(content: Mapping[str, Any]) -> dict[str, Any]:
    """On which terms a verdict was made."""
    said = {name: content[name] for name in SAYS}
    return {**said, "allow": ", ".join(sorted(said["allow"]))}


def _is_better(pair: tuple[float, float]) -> bool:
    ours, theirs = pair
    return 2 * ours < theirs


def _is_worse(pair: tuple[float, float]) -> bool:
    ours, theirs = pair
    return ours > 2 * theirs
