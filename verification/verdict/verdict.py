"""What the oracle says: a verdict, its findings, and the conventions that it met."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import inf, isfinite
from pathlib import Path
from typing import Any

from reference.arithmetic.formats import FORMATS
from reference.arithmetic.types import Array, Float64
from verification.examination.cells import Cells
from verification.examination.zone import Zone
from verification.records.files import write_whole

from . import markdown
from .finding import Finding, Symptom
from .naming import named
from .plot import Panel, draw
from .promising import promise_told

SHOWN = 5
# Of the JSON: another one may have other keys.
VERSION = 2
# pytest shows at most 240 characters of a failed assertion's operand.
ONE_LINE = 236


@dataclass(frozen=True)
class Convention:
    """A legal choice, reported and not held against the implementation."""

    subject: str
    at: float
    text: str


@dataclass(frozen=True)
class Excused:
    """A kind of finding that is not held against the implementation, and why.

    It is ``accepted`` by a list, or the baseline's as well.
    """

    subject: str
    kind: str
    because: str
    accepted: bool = False

    def __str__(self) -> str:
        return f"{self.subject} {self.kind}: {self.because}"


@dataclass(frozen=True)
class Verdict:
    """The judgement on one implementation in one format; true if it passed: nothing was found.

    ``activation`` is the name of one in the catalogue, or a formula.
    ``grades`` are those of each subject (see `verification.grade`). Without a baseline and accepted
    findings, a verdict passes if none is worse than ``require``. ``histogram`` counts results by
    their distance from the correctly rounded ones. ``worst_ulp`` holds the largest error of each
    subject that is not infinite, of all
    inputs, ``inputs`` how many were tried of each, ``wrong`` how many of the results are beyond
    the tolerance, infinite or NaN where they must not be, ``allowances`` what was tolerated beyond
    ``tolerance`` (in ulp), ``parameters`` are those of the activation that are not its default
    ones, ``seed`` is that of the inputs that were drawn. Of as many neighbouring numbers as
    ``promise`` says of a subject, at least one was tried. ``profile`` holds inputs and errors in
    ulp, for the plot, ``errors`` the largest in each stretch of the format, and ``beside`` says
    where a baseline is better or worse. ``known`` are accepted findings, ``vanished`` those that
    are no more. ``strict``, ``allow`` and ``exhaustive`` are as the check was asked for. Kinds of
    findings that could not be ruled out are ``not_judged``, and ``why_not``
    says so.
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
    grades: Mapping[str, str]
    require: str
    histogram: Mapping[str, Mapping[str, int]]
    profile: Mapping[str, tuple[Array, Float64]] = field(
        default_factory=dict, repr=False, compare=False
    )
    not_judged: tuple[str, ...] = ()
    why_not: str = ""
    seed: int | None = None
    wrong: Mapping[str, int] = field(default_factory=dict)
    domain: str = ""
    promise: Mapping[str, int] = field(default_factory=dict)
    errors: Mapping[str, Cells] = field(default_factory=dict, repr=False)
    beside: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    strict: bool = False
    allow: tuple[str, ...] = ()
    exhaustive: bool = False
    excused: tuple[Excused, ...] = ()
    unfinished: str = ""

    @property
    def of(self) -> str:
        """The activation, and the parameters that are not its default ones."""
        return named(self.activation, self.parameters)

    @property
    def passed(self) -> bool:
        """Whether nothing was found, and there was time to look."""
        return not self.findings and not self.unfinished

    def __bool__(self) -> bool:
        return self.passed

    def assert_passed(self) -> None:
        """Raise AssertionError, with all that is to be said, unless it passed."""
        if not self.passed:
            raise AssertionError(str(self))

    @property
    def symptoms(self) -> tuple[Symptom, ...]:
        """All that is wrong, each kind of each subject by itself."""
        return tuple(symptom for finding in self.findings for symptom in finding.symptoms)

    @property
    def result(self) -> str:
        """How it ended, in a word or two."""
        if self.findings:
            return "FAILED"
        return "not finished" if self.unfinished else "passed"

    def head(self) -> str:
        """What was judged, and the grades: the first line."""
        grades = ", ".join(f"{name} {grade}" for name, grade in self.grades.items())
        return f"{self.result}: {self.implementation} as {self.of} in {self.dtype}: {grades}"

    def __str__(self) -> str:
        return "\n".join(self.told(SHOWN))

    def told(self, most: int | None = None) -> list[str]:
        """The verdict line by line, with at most so many findings."""
        tried = sum(self.inputs.values())
        where = f", domain {self.domain}" if self.domain else ""
        lines = [
            self.head(),
            f"required: {self.require}{where}; {tried} results, tolerance {self.tolerance:g} ulp"
            + "".join(f"; allowed: {allowance}" for allowance in self.allowances)
            + ("" if self.seed is None else f"; seed {self.seed}"),
            *promise_told(
                {name: stride for name, stride in self.promise.items() if self.inputs[name]},
                FORMATS[self.dtype],
            ),
            *(
                f"{name}, numbers of the format off: {_counts(counts)}"
                for name, counts in self.histogram.items()
                if self.inputs[name]
            ),
        ]
        lines += self.beside
        heading = None
        for finding in self.findings[:most]:
            if finding.zone != heading:
                heading = finding.zone
                lines += ["", f"{heading}:"]
            lines.append(str(finding))
        if rest := self.findings[len(self.findings[:most]) :]:
            lines += ["", f"and {len(rest)} more: {', '.join(f.name for f in rest)}"]
        lines += [f"excused: {said}" for said in self._excused_by_the_baseline()]
        lines += [f"known: {said}" for said in self.known]
        lines += [f"no more there, though accepted: {said}" for said in self.vanished]
        if self.why_not:
            lines.append(self.why_not)
        return [*lines, *(f"convention: {said}" for said in self._conventions())]

    def _excused_by_the_baseline(self) -> list[str]:
        """What it does as well; each kind of each subject is said once."""
        return [*dict.fromkeys(str(one) for one in self.excused if not one.accepted)]

    def _conventions(self) -> list[str]:
        """The conventions; what is said of several subjects is said once."""
        subjects: dict[str, list[str]] = {}
        for convention in self.conventions:
            subjects.setdefault(convention.text, []).append(convention.subject)
        return [f"{', '.join(names)}: {text}" for text, names in subjects.items()]

    def __repr__(self) -> str:
        clauses = "; ".join(finding.short() for finding in self.findings)
        text = f"<{self.head()}{': ' if clauses else ''}{clauses}>"
        return text if len(text) <= ONE_LINE else f"{text[: ONE_LINE - 4]}...>"

    def to_markdown(self) -> str:
        """The verdict as a comment for a review: grades at first sight, then each cause."""
        mark, name = "✅" if self.passed else "❌", markdown.code(self.implementation)
        lines = [
            f"### {mark} {self.result.lower()}: {name} as {markdown.code(self.of)} in {self.dtype}",
            "",
            f"Required: **{self.require}**, tolerance {self.tolerance:g} ulp.",
            "",
            "| | grade | results | wrong |",
            "|---|---|---|---|",
            *(
                f"| {name} | {grade} | {self.inputs[name]:,} | {self.wrong[name]:,} |"
                for name, grade in self.grades.items()
            ),
            *markdown.of_findings(self.findings, SHOWN),
            *markdown.listed("Not finished", [self.unfinished] if self.unfinished else []),
            *markdown.listed("Beside the baseline", self.beside),
            *markdown.listed("Excused by the baseline", self._excused_by_the_baseline()),
            *markdown.listed("Accepted", self.known),
            *markdown.listed("Accepted, and no more there", self.vanished),
        ]
        return "\n".join([*lines, ""])

    def to_annotations(self) -> str:
        """The findings as workflow commands of GitHub, a line each; one notice if it passed."""
        if self.passed:
            return markdown.notice(self.head())
        if not self.findings:
            return markdown.unfinished(f"{self.head()}\n{self.unfinished}")
        return "".join(markdown.annotation(self.head(), finding) for finding in self.findings)

    def to_json(self) -> str:
        """Return the verdict as JSON, as ``schema.json`` has it; infinities and NaN are strings."""
        content = asdict(self)
        del content["profile"]
        content = {
            "version": VERSION,
            "passed": self.passed,
            "of": self.of,
            "score": self.score,
            **content,
        }
        return json.dumps(_plain(content), indent=2, allow_nan=False)

    @property
    def score(self) -> dict[str, dict[str, float]]:
        """Of each subject, the share of wrong results, and the largest error in ulp: to rank by."""
        return {
            name: {
                "wrong_share": self.wrong.get(name, 0) / count if count else 1.0,
                "worst_ulp": self._largest_error(name),
            }
            for name, count in self.inputs.items()
        }

    def _largest_error(self, subject: str) -> float:
        """The largest one that is a number; infinite if what is wrong has none."""
        largest = self.worst_ulp.get(subject, inf)
        return inf if self.wrong.get(subject, 0) and not largest else largest

    def plot(self, path: str | Path) -> None:
        """Draw error in ulp against x over the whole format, and save it as the suffix says."""
        panels = []
        for name, (x, ulp) in self.profile.items():
            found = [f for f in self.symptoms if f.subject == name]
            marks = tuple((f.at, f.ulp) for f in found if isfinite(f.at))
            panels.append(Panel(name, x.astype(float), ulp, marks))
        title = f"{self.implementation} as {self.of} in {self.dtype}: {self.result.lower()}"
        kind = Path(path).suffix[1:] or "png"
        picture = draw(kind, title, panels, FORMATS[self.dtype], self.tolerance)
        write_whole(Path(path), picture)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name}: {count:,}" for name, count in counts.items())


def _plain(content: Any) -> Any:
    """Replace what JSON has no number for."""
    if isinstance(content, Mapping):
        return {key: _plain(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(value) for value in content]
    if isinstance(content, float) and not isfinite(content):
        return str(content)
    if isinstance(content, Zone):
        return content.name.lower()
    return content
