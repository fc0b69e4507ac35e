"""What the oracle says: a verdict, its findings, and the conventions that it met."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import inf, isfinite
from pathlib import Path
from typing import Any

from reference.arithmetic.formats import FORMATS
from reference.arithmetic.types import Array, Float64
from verification.kinds import KINDS, rank
from verification.records.files import write_whole

from .naming import named
from .plot import Panel, draw
from .promising import promise_told

SHOWN = 5
# Significant digits that tell the numbers of a format apart, by the length of the bits in hex.
DIGITS = {6: 5, 10: 9, 18: 17}
# pytest shows at most 240 characters of a failed assertion's operand.
ONE_LINE = 236


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
        text = f"{self.wrong} of {self.tried} inputs in [{self.low:.6g}, {self.high:.6g}]"
        if self.worst_ulp > 0:
            text += f", worst {self.worst_ulp:.3g} ulp at {self.worst_at:.6g}"
        return text


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, at a smallest input that shows it.

    ``subject`` is "value", "derivative" or "backward", ``bits`` those of the input in hex,
    ``got`` (None if no result came) and ``expected`` (correctly rounded) are numbers, the errors
    in ulp and absolute. ``detail`` adds what the numbers do not say, ``why`` names the known
    pattern.
    """

    kind: str
    subject: str
    at: float
    bits: str
    got: float | None
    expected: float
    ulp: float
    absolute: float
    region: Region
    why: str | None = None
    snippet: str = ""
    detail: str = ""
    decimal: str = ""
    upstream: float | None = None

    @property
    def rank(self) -> tuple[int, float]:
        """Sort key: gravest kind first, then largest error."""
        return rank(self.kind), -self.region.worst_ulp

    def __str__(self) -> str:
        lines = [f"{self.subject} {KINDS[self.kind].text}: {self.detail or self._numbers()}"]
        if self.why:
            lines.append(f"  why: {self.why}")
        where = f"  at: x = {self.decimal} = {self.at.hex()} = {self.bits}"
        lines.append(where if self.upstream is None else f"{where}, upstream = {self.upstream:g}")
        if self.detail and self.got is not None:
            lines.append(f"  {self._numbers()}")
        lines += [f"  region: {self.region}", f"  try: {self.snippet}"]
        return "\n".join(lines)

    def _numbers(self) -> str:
        digits = DIGITS[len(self.bits)]
        numbers = f"got {self.got:.{digits}g}, expected {self.expected:.{digits}g}"
        return f"{numbers}: off by {self.ulp:.4g} ulp, {self.absolute:.3g}"

    def short(self) -> str:
        """Return one clause: kind, place, numbers and reason."""
        said = f"{self.subject} {self.kind} at x={self.decimal}"
        if self.detail:
            return f"{said}: {self.why or self.detail}"
        said += f": got {self.got:.6g}, expected {self.expected:.6g}, {self.ulp:.3g} ulp"
        return f"{said}: {self.why}" if self.why else said


@dataclass(frozen=True)
class Convention:
    """A legal choice, reported and not held against the implementation."""

    subject: str
    at: float
    text: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.text}"


@dataclass(frozen=True)
class Verdict:
    """The judgement on one implementation in one format; true if nothing was found.

    ``activation`` is the name of one in the catalogue, or a formula.
    ``worst_ulp`` holds the largest error of each subject that is not infinite, over all the
    inputs, ``inputs`` how many were tried of each, ``wrong`` how many of the results are beyond
    the tolerance, infinite or NaN where they must not be, ``allowances`` what was tolerated beyond
    ``tolerance`` (in ulp), ``parameters`` are those of the activation that are not its default
    ones, ``seed`` is that of the inputs that were drawn. Of as many neighbouring numbers as
    ``promise`` says of a subject, at least one was tried. ``profile`` holds inputs and errors in
    ulp, for the plot. Kinds of findings that could not be ruled out are ``not_judged``, and
    ``why_not`` says so.
    """

    implementation: str
    activation: str
    dtype: str
    tolerance: float
    parameters: Mapping[str, float]
    allowances: tuple[str, ...]
    findings: tuple[Finding, ...]
    conventions: tuple[Convention, ...]
    inputs: Mapping[str, int]
    worst_ulp: Mapping[str, float]
    profile: Mapping[str, tuple[Array, Float64]] = field(
        default_factory=dict, repr=False, compare=False
    )
    not_judged: tuple[str, ...] = ()
    why_not: str = ""
    seed: int | None = None
    wrong: Mapping[str, int] = field(default_factory=dict)
    promise: Mapping[str, int] = field(default_factory=dict)

    @property
    def of(self) -> str:
        """The activation, and the parameters that are not its default ones."""
        return named(self.activation, self.parameters)

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def __bool__(self) -> bool:
        return self.passed

    def _told(self) -> tuple[list[Finding], list[Finding]]:
        """The findings, and those of backward that are the derivative's over again."""
        known = {(f.kind, f.why) for f in self.findings if f.subject == "derivative"}
        told: list[Finding] = []
        likewise: list[Finding] = []
        for finding in self.findings:
            again = finding.subject == "backward" and (finding.kind, finding.why) in known
            (likewise if again else told).append(finding)
        return told, likewise

    def _head(self) -> str:
        result = "passed" if self.passed else "FAILED"
        return f"{result}: {self.implementation} as {self.of} in {self.dtype}"

    def __str__(self) -> str:
        worst = ", ".join(f"{name} {ulp:.3g} ulp" for name, ulp in self.worst_ulp.items())
        tried = sum(self.inputs.values())
        told, likewise = self._told()
        lines = [
            self._head(),
            f"worst: {worst or 'nothing judged'}; {tried} results, tolerance {self.tolerance:g} ulp"
            + "".join(f"; allowed: {allowance}" for allowance in self.allowances)
            + ("" if self.seed is None else f"; seed {self.seed}"),
            *promise_told(self.promise, FORMATS[self.dtype]),
            *(str(finding) for finding in told[:SHOWN]),
        ]
        if len(told) > SHOWN:
            rest = ", ".join(f"{f.subject} {f.kind}" for f in told[SHOWN:])
            lines.append(f"and {len(told) - SHOWN} more: {rest}")
        if likewise:
            lines.append(f"backward likewise: {', '.join(f.kind for f in likewise)}")
        if self.why_not:
            lines.append(self.why_not)
        lines += [f"convention: {convention}" for convention in self.conventions]
        return "\n".join(lines)

    def __repr__(self) -> str:
        clauses = "; ".join(finding.short() for finding in self.findings)
        text = f"<{self._head()}{': ' if clauses else ''}{clauses}>"
        return text if len(text) <= ONE_LINE else f"{text[: ONE_LINE - 4]}...>"

    def to_json(self) -> str:
        """Return the verdict as JSON; infinities and NaN are strings."""
        content = asdict(self)
        del content["profile"]
        content = {"passed": self.passed, "score": self.score, **content}
        return json.dumps(_plain(content), indent=2, allow_nan=False)

    @property
    def score(self) -> dict[str, dict[str, float]]:
        """Of each subject, the share of wrong results, and the largest error in ulp: to rank by."""
        return {
            name: {
                "wrong_share": self.wrong.get(name, 0) / count if count else 1.0,
                "worst_ulp": self.worst_ulp.get(name, inf),
            }
            for name, count in self.inputs.items()
        }

    def plot(self, path: str | Path) -> None:
        """Draw error in ulp against x over the whole format, and save it as the suffix says."""
        panels = []
        for name, (x, ulp) in self.profile.items():
            found = [f for f in self.findings if f.subject == name]
            marks = tuple((f.at, f.ulp) for f in found if isfinite(f.at))
            panels.append(Panel(name, x.astype(float), ulp, marks))
        result = "passed" if self.passed else "failed"
        title = f"{self.implementation} as {self.of} in {self.dtype}: {result}"
        kind = Path(path).suffix[1:] or "png"
        picture = draw(kind, title, panels, FORMATS[self.dtype], self.tolerance)
        write_whole(Path(path), picture)


def _plain(content: Any) -> Any:
    """Replace what JSON has no number for."""
    if isinstance(content, Mapping):
        return {key: _plain(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(value) for value in content]
    if isinstance(content, float) and not isfinite(content):
        return str(content)
    return content
