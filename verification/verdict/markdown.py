"""A verdict for people who review a change: Markdown for a comment, annotations for GitHub."""

import re
from collections.abc import Iterator

from verification.kinds import KINDS

from .finding import Finding
from .verdict import SHOWN, Verdict

# What Markdown or HTML would take for its own.
MARKS = re.compile(r"([\\`*_{}\[\]<>()#+!|~])")
# What a workflow command would take for its own.
ESCAPES = {"%": "%25", "\r": "%0D", "\n": "%0A"}
OF_A_PROPERTY = {**ESCAPES, ":": "%3A", ",": "%2C"}


def to_markdown(verdict: Verdict) -> str:
    """The verdict as a comment: grades at first sight, then each cause."""
    result = "✅ passed" if verdict.passed else "❌ failed"
    lines = [
        f"### {result}: {_code(verdict.implementation)} as {_code(verdict.of)} in {verdict.dtype}",
        "",
        f"Required: **{verdict.require}**, tolerance {verdict.tolerance:g} ulp.",
        "",
        "| | grade | results | wrong |",
        "|---|---|---|---|",
        *(
            f"| {name} | {grade} | {verdict.inputs[name]:,} | {verdict.wrong[name]:,} |"
            for name, grade in verdict.grades.items()
        ),
    ]
    heading = None
    for finding in verdict.findings[:SHOWN]:
        if finding.zone != heading:
            heading = finding.zone
            lines += ["", f"#### {_text(str(heading)).capitalize()}"]
        lines += ["", *_of_finding(finding)]
    if rest := verdict.findings[SHOWN:]:
        lines += ["", f"And {len(rest)} more: {', '.join(finding.name for finding in rest)}."]
    for title, said in (
        ("Beside the baseline", verdict.beside),
        ("Accepted", verdict.known),
        ("Accepted, and no more there", verdict.vanished),
    ):
        if said:
            lines += ["", f"{title}:", "", *(f"- {_text(one)}" for one in said)]
    return "\n".join([*lines, ""])


def _of_finding(finding: Finding) -> Iterator[str]:
    said = finding.detail or finding.numbers
    yield f"**{finding.subject} {KINDS[finding.kind].text}**: {_text(said)}"
    yield ""
    if finding.why:
        yield f"- why: **{_text(finding.why)}**"
    place = f"{finding.input} = {finding.decimal}{finding.others}"
    yield f"- at {_code(place)} ({_code(finding.bits)}); {_text(str(finding.region))}"
    if finding.worst is not None and finding.worst.bits != finding.bits:
        worst = finding.worst
        place = f"{worst.input} = {worst.decimal}{worst.others}"
        yield f"- worst at {_code(place)}: {_text(worst.numbers)}"
    for symptom in finding.also:
        yield f"- also {symptom.name}, at {_text(str(symptom.region))}"
    yield f"- try {_code(finding.snippet)}"


def to_annotations(verdict: Verdict) -> str:
    """The findings as workflow commands of GitHub, a line each; one notice if it passed."""
    if verdict.passed:
        return f"::notice title=halfulp::{_escaped(verdict.head(), ESCAPES)}\n"
    return "".join(_annotation(verdict, finding) for finding in verdict.findings)


def _annotation(verdict: Verdict, finding: Finding) -> str:
    title = _escaped(f"halfulp: {finding.name}", OF_A_PROPERTY)
    text = _escaped("\n".join([verdict.head(), str(finding)]), ESCAPES)
    return f"::error title={title}::{text}\n"


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(character, character) for character in text)


def _text(text: str) -> str:
    return MARKS.sub(r"\\\1", text.replace("\n", " "))


def _code(text: str) -> str:
    """Text between so many backticks that none in it ends it."""
    text = text.replace("\n", " ")
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {text} {fence}" if longest else f"{fence}{text}{fence}"
