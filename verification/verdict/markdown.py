"""Findings for people who review a change: Markdown for a comment, annotations for GitHub."""

import re
from collections.abc import Iterator, Sequence

from verification.kinds import KINDS

from .finding import Finding

# What Markdown or HTML would take for its own.
MARKS = re.compile(r"([\\`*_{}\[\]<>()#+!|~])")
# What a workflow command would take for its own.
ESCAPES = {"%": "%25", "\r": "%0D", "\n": "%0A"}
OF_A_PROPERTY = {**ESCAPES, ":": "%3A", ",": "%2C"}


def of_findings(findings: Sequence[Finding], most: int) -> Iterator[str]:
    """Each cause in some lines, under headings that say where it matters; at most so many."""
    heading = None
    for finding in findings[:most]:
        if finding.zone != heading:
            heading = finding.zone
            said = text(str(heading))
            yield from ("", f"#### {said[0].upper()}{said[1:]}")
        yield from ("", *_of_finding(finding))
    if rest := findings[most:]:
        yield from ("", f"And {len(rest)} more: {', '.join(finding.name for finding in rest)}.")


def listed(title: str, said: Sequence[str]) -> Iterator[str]:
    """A list with a title, if there is anything in it."""
    if said:
        yield from ("", f"{title}:", "", *(f"- {text(one)}" for one in said))


def _of_finding(finding: Finding) -> Iterator[str]:
    said = finding.detail or finding.numbers
    yield f"**{finding.subject} {KINDS[finding.kind].text}**: {text(said)}"
    yield ""
    if finding.why:
        yield f"- why: **{text(finding.why)}**"
    place = f"{finding.input} = {finding.decimal}{finding.others}"
    yield f"- at {code(place)} ({code(finding.bits)}); {text(str(finding.region))}"
    if finding.worst is not None and finding.worst.bits != finding.bits:
        worst = finding.worst
        place = f"{worst.input} = {worst.decimal}{worst.others}"
        yield f"- worst at {code(place)}: {text(worst.numbers)}"
    for symptom in finding.also:
        yield f"- also {symptom.name}, at {text(str(symptom.region))}"
    yield f"- try {code(finding.snippet)}"


def notice(said: str) -> str:
    """A workflow command of GitHub that tells something."""
    return f"::notice title=halfulp::{_escaped(said, ESCAPES)}\n"


def unfinished(said: str) -> str:
    """A workflow command of GitHub about a check that has not come to its end."""
    return f"::error title=halfulp%3A not finished::{_escaped(said, ESCAPES)}\n"


def annotation(head: str, finding: Finding) -> str:
    """A workflow command of GitHub about a finding."""
    title = _escaped(f"halfulp: {finding.name}", OF_A_PROPERTY)
    said = _escaped("\n".join([head, str(finding)]), ESCAPES)
    return f"::error title={title}::{said}\n"


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(character, character) for character in text)


def text(said: str) -> str:
    """What Markdown shows as it is."""
    return MARKS.sub(r"\\\1", said.replace("\n", " "))


def code(text: str) -> str:
    """Text between so many backticks that none in it ends it."""
    text = text.replace("\n", " ")
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {text} {fence}" if longest else f"{fence}{text}{fence}"
