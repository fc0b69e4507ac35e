"""How good the reasons are: the share of planted bugs of which a true one is told, and no other.

``python -m tests.verification.verdict.bank.measure`` prints each bug that is not found, not
explained, or explained falsely, and then a table by families. It tries as few numbers as the tests
do; with ``--fine`` as many as a check does by default. Words name families or parts of the names of
bugs; ``--all`` lists every bug; and ``--write``, without words, writes not_yet.json, the list of
those that are not yet explained.
"""

import json
import sys
import warnings
from collections import Counter
from pathlib import Path

import numpy as np

from verification.observation import grid

from .bug import Bug, heard
from .whole import FAMILIES


def problem(bug: Bug) -> tuple[str, list[str]]:
    """What is not as it should be, in a word or none, and what is said."""
    verdict = bug.verdict()
    kinds = {(symptom.subject, symptom.kind) for symptom in verdict.symptoms}
    if (bug.subject, bug.kind) not in kinds:
        return "not found", sorted(f"{subject} {kind}" for subject, kind in kinds)
    reasons = heard(bug, verdict)
    if reasons.false:
        return "false reason", [f"false: {text}" for text in reasons.false]
    if not reasons.true:
        return "no reason", sorted({f"{s.subject} {s.kind}: {s.detail}" for s in verdict.symptoms})
    if not reasons.is_first_right:
        return "not first", [f"first: {reasons.first}", *reasons.true]
    return "", list(reasons.true)


def measure(words: list[str], *, show_all: bool) -> dict[str, str]:
    """Print the table and the list; the bugs that are not explained, with what is said."""
    total: Counter[str] = Counter()
    table, not_yet = [], {}
    for family, bugs in FAMILIES.items():
        counts: Counter[str] = Counter()
        for bug in bugs:
            if words and not any(word in family or word in bug.name for word in words):
                continue
            what, said = problem(bug)
            counts[what] += 1
            if what:
                not_yet[bug.name] = "; ".join([what, *said])
            if what or show_all:
                title = f"{what or 'right'}: {family}: {bug.name}"
                lines = [title, *(f"    {text}" for text in said)]
                print(*lines, sep="\n", flush=True)  # noqa: T201  what it is for
        if counts:
            table.append(row(family, counts))
        total += counts
    print(*table, row("all", total), sep="\n")  # noqa: T201
    return not_yet


def row(name: str, counts: Counter[str]) -> str:
    """A line of the table."""
    every = counts.total()
    bad = ", ".join(f"{count} {what}" for what, count in counts.items() if what)
    share = f"{counts['']} of {every} explained ({100 * counts[''] / every:.1f} %)"
    return f"{name:<20} {share}{': ' if bad else ''}{bad}"


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    if "--fine" not in sys.argv:
        grid.FINEST = grid.COARSEST
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    left = measure(words, show_all="--all" in sys.argv)
    if "--write" in sys.argv and not words:
        text = json.dumps(left, indent=0, ensure_ascii=False) + "\n"
        Path(__file__).with_name("not_yet.json").write_text(text, "utf-8")
