"""What is wrong: a finding for each cause, with all the symptoms that it has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from math import frexp, inf, isfinite
from typing import Self

from verification.examination.complaint import TELLING
from verification.examination.laws import DIGITS
from verification.examination.zone import Zone
from verification.kinds import ALL, KINDS, rank

# Errors beyond so many times the truth likewise.
MANY = 1e4


def off(ulp: float, absolute: float, expected: float) -> str:
    """How far a result is off, in the unit that says most."""
    if not isfinite(absolute):
        return "infinitely"
    if ulp <= TELLING:
        return f"{ulp:.4g} ulp, {absolute:.3g}"
    if absolute <= MANY * abs(expected):
        return f"{absolute / abs(expected):.3g} times the true result"
    return f"{absolute:.3g}"


@dataclass(frozen=True)
class Region:
    """Where a finding holds: at ``wrong`` of the ``tried`` inputs, between two; and the worst."""

    wrong: int
    tried: int
    low: float
    high: float
    worst_ulp: float
    worst_at: float

    def __str__(self) -> str:
        if not self.wrong:
            return "arrays without elements"
        return f"{self.wrong} of {self.tried} inputs in [{self.low:.6g}, {self.high:.6g}]"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A result at one input, and what it should have been.

    ``bits`` are those of the input ``at`` in hex; of a gate it is the ``input`` that the gate is
    taken at, and the other one is ``beside`` it. ``got`` is None if no result came, ``expected``
    correctly rounded.
    """

    at: float
    bits: str
    decimal: str
    got: float | None
    expected: float
    ulp: float
    absolute: float
    upstream: float | None = None
    input: str = "x"
    beside: Mapping[str, float] = field(default_factory=dict)

    @property
    def _bytes(self) -> int:
        """Those of the format, by the bits in hex."""
        return len(self.bits.removeprefix("0x")) // 2

    @property
    def others(self) -> str:
        """What is beside the input."""
        digits, others = DIGITS[self._bytes], dict(self.beside)
        if self.upstream is not None:
            others["upstream"] = self.upstream
        return "".join(f", {name} = {other:.{digits}g}" for name, other in others.items())

    @property
    def numbers(self) -> str:
        """What came, what should have, and how far off it is."""
        digits = DIGITS[self._bytes]
        numbers = f"got {self.got:.{digits}g}, expected {self.expected:.{digits}g}"
        return f"{numbers}: off by {off(self.ulp, self.absolute, self.expected)}"


@dataclass(frozen=True, kw_only=True)
class Symptom(Sample):
    """One kind of thing that is wrong with one subject, at a smallest input that shows it.

    ``subject`` is "value", "derivative", ... ``detail`` adds what the numbers do not say, ``why``
    names the known pattern. ``worst`` is the costliest result, ``zone`` where that is, and ``cost``
    its absolute error by the function's scale in [-20, 20].
    """

    kind: str
    subject: str
    region: Region
    zone: Zone
    cost: float
    why: str | None = None
    snippet: str = ""
    detail: str = ""
    worst: Sample | None = None

    @property
    def name(self) -> str:
        """Subject and kind."""
        return f"{self.subject} {self.kind}"

    @property
    def rank(self) -> tuple[float, ...]:
        """Sort key: what costs most in practice first, by powers of two; then value, derivative."""
        size = frexp(self.cost)[1] if 0 < self.cost < inf else inf if self.cost else -inf
        return self.zone, -size, ALL.index(self.subject), rank(self.kind), -self.cost

    def short(self) -> str:
        """Return one clause: kind, place, numbers and reason."""
        said = f"{self.name} at {self.input}={self.decimal}"
        if self.detail:
            return f"{said}: {self.why or self.detail}"
        distance = off(self.ulp, self.absolute, self.expected)
        said += f": got {self.got:.6g}, expected {self.expected:.6g}, off by {distance}"
        return f"{said}: {self.why}" if self.why else said

    def told(self) -> list[str]:
        """What is wrong and why, where, how badly, and how to see it."""
        lines = [f"{self.subject} {KINDS[self.kind].text}: {self.detail or self.numbers}"]
        if self.why:
            lines.append(f"  why: {self.why}")
        place = f"{self.input} = {self.decimal} = {self.at.hex()} = {self.bits}"
        lines.append(f"  at: {place}{self.others}")
        if self.detail and self.got is not None:
            lines.append(f"  {self.numbers}")
        if self.worst is not None and self.worst.bits != self.bits:
            place = f"{self.input} = {self.worst.decimal}{self.worst.others}"
            lines.append(f"  worst: {place}: {self.worst.numbers}")
        lines.append(f"  region: {self.region}")
        return lines

    def __str__(self) -> str:
        return "\n".join([*self.told(), f"  try: {self.snippet}"])


@dataclass(frozen=True, kw_only=True)
class Finding(Symptom):
    """One cause: its gravest symptom, and ``also`` the others, of any subject."""

    also: tuple[Symptom, ...] = ()

    @classmethod
    def of(cls, symptoms: Sequence[Symptom]) -> Self:
        """The finding with these symptoms."""
        first, *others = sorted(symptoms, key=lambda symptom: symptom.rank)
        known = {one.name: getattr(first, one.name) for one in fields(Symptom)}
        return cls(**known, also=tuple(others))

    @property
    def symptoms(self) -> tuple[Symptom, ...]:
        """All of them, the gravest first."""
        known = {one.name: getattr(self, one.name) for one in fields(Symptom)}
        return Symptom(**known), *self.also

    def __str__(self) -> str:
        lines = self.told()
        lines += [f"  also: {symptom.name}, at {symptom.region}" for symptom in self.also]
        return "\n".join([*lines, f"  try: {self.snippet}"])
