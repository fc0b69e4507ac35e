"""Accepted findings: a reviewed list in a file, so that a check fails for new ones alone.

It is TOML, with an entry for each symptom; ``because`` is for the reviewer. An entry stands for a
symptom of the same cause in the same function, in no wider a region, at no more than twice the
share of its inputs, that costs at most twice as much and in no graver a zone. Where a subject has
no result at all, nothing is accepted.
"""

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from typing import Self

from verification.candidates.text import said_by
from verification.errors import UsageError
from verification.examination.zone import Zone
from verification.records.files import write_whole
from verification.records.reading import read_regular

from .baseline import is_as_cheap, is_as_rare, is_within
from .finding import Finding, Symptom
from .verdict import Excused, Verdict

HEAD = """# Accepted findings of halfulp: `halfulp check ... --known FILE` fails for others alone.
# Say in `because` why each is accepted; `--write-known` keeps what is said.
"""
OPEN = "not reviewed"
NUMBERS: dict[str, tuple[type, ...]] = {
    "cost": (int, float),
    "low": (int, float),
    "high": (int, float),
}
NUMBERS |= {"wrong": (int,), "tried": (int,)}


@dataclass(frozen=True)
class Entry:
    """One accepted symptom."""

    implementation: str
    activation: str
    dtype: str
    subject: str
    kind: str
    zone: str
    cost: float
    low: float
    high: float
    wrong: int
    tried: int
    why: str = ""
    exception: str = ""
    because: str = field(default=OPEN, compare=False)

    @classmethod
    def of(cls, verdict: Verdict, symptom: Symptom) -> Self:
        """The entry that accepts a symptom."""
        return cls(
            verdict.implementation,
            verdict.of,
            verdict.dtype,
            symptom.subject,
            symptom.kind,
            symptom.zone.name.lower(),
            symptom.cost,
            symptom.region.low,
            symptom.region.high,
            symptom.region.wrong,
            symptom.region.tried,
            symptom.why or "",
            symptom.detail.partition(":")[0] if symptom.kind == "exception" else "",
        )

    @property
    def cause(self) -> tuple[str, ...]:
        """What has to be the same."""
        return (
            *(self.implementation, self.activation, self.dtype),
            *(self.subject, self.kind, self.why, self.exception),
            "" if self.wrong else "without elements",
        )

    def is_about(self, verdict: Verdict) -> bool:
        """Whether it is about the function that was judged."""
        return self.cause[:3] == (verdict.implementation, verdict.of, verdict.dtype)

    def accepts(self, other: Self) -> bool:
        """Whether another symptom is this one, and no worse."""
        return (
            self.cause == other.cause
            and Zone[other.zone.upper()] >= Zone[self.zone.upper()]
            and is_as_cheap(other.cost, self.cost)
            and is_as_rare((other.wrong, other.tried), (self.wrong, self.tried))
            and is_within((other.low, other.high), (self.low, self.high))
        )

    def __str__(self) -> str:
        said, why = f"{self.subject} {self.kind}", self.why or self.exception
        return f"{said} ({why})" if why else said


def read(path: Path) -> tuple[Entry, ...]:
    """The entries of a file, or UsageError."""
    try:
        content = tomllib.loads(read_regular(path).decode())
        entries = [Entry(**entry) for entry in content.get("accepted", [])]
        if not all(map(_is_typed, entries)):
            raise ValueError("a value has another type")  # noqa: TRY301  as said below
        unknown = {entry.zone for entry in entries} - {zone.name.lower() for zone in Zone}
        if content.keys() - {"accepted"} or unknown:
            raise ValueError("there is something else in it")  # noqa: TRY301  as said below
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"expected accepted findings, as --write-known writes them, but {path}: "
            f"{said_by(error)}"
        ) from None
    return tuple(entries)


def _is_typed(entry: Entry) -> bool:
    """Whether each value is a text, or a number where a number is due."""
    return all(type(value) in NUMBERS.get(name, (str,)) for name, value in vars(entry).items())


def without(verdict: Verdict, entries: Sequence[Entry]) -> Verdict:
    """The verdict without accepted symptoms; it says which there are, and which have vanished."""
    left: list[Finding] = []
    met: dict[Entry, None] = {}
    there: set[Entry] = set()
    excused = list(verdict.excused)
    for finding in verdict.findings:
        new: list[Symptom] = []
        for symptom in finding.symptoms:
            own = Entry.of(verdict, symptom)
            known = [entry for entry in entries if entry.accepts(own)]
            there |= set(known)
            if known and _may_be_accepted(verdict, symptom):
                met |= dict.fromkeys(known)
                excused.append(
                    Excused(symptom.subject, symptom.kind, known[0].because, accepted=True)
                )
            else:
                new.append(symptom)
        if new:
            left.append(Finding.of(new))
    gone = [entry for entry in entries if entry.is_about(verdict) and entry not in there]
    return replace(
        verdict,
        findings=tuple(sorted(left, key=lambda finding: finding.rank)),
        excused=tuple(excused),
        known=tuple(f"{entry}: {entry.because}" for entry in met),
        vanished=tuple(map(str, gone)),
    )


def _may_be_accepted(verdict: Verdict, symptom: Symptom) -> bool:
    """Whether its subject was judged at all."""
    return verdict.inputs[symptom.subject] > 0


def write(path: Path, verdict: Verdict) -> list[str]:
    """Accept all of a verdict that may be; what that is not is returned, and why.

    What a file has about other functions stays, and what was said.
    """
    before = read(path) if path.exists() else ()
    said = {entry.cause: entry.because for entry in before}
    new: list[Entry] = []
    refused: list[Entry] = []
    for symptom in verdict.symptoms:
        chosen = new if _may_be_accepted(verdict, symptom) else refused
        chosen.append(Entry.of(verdict, symptom))
    entries = [entry for entry in before if not entry.is_about(verdict)]
    entries += [replace(entry, because=said.get(entry.cause, OPEN)) for entry in new]
    write_whole(path, HEAD + "".join(map(_written, entries)))
    return [f"{entry}: no result of the {entry.subject} can be judged" for entry in refused]


def _written(entry: Entry) -> str:
    lines = [f"{name} = {_value(value)}" for name, value in vars(entry).items()]
    return "\n".join(["", "[[accepted]]", *lines, ""])


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if abs(value) == inf:
        return "inf" if value > 0 else "-inf"
    return repr(value)
