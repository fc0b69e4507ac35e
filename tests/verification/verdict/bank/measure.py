"""How good the reasons are: the share of planted bugs of which a true one is told, and no other.

``python -m tests.verification.verdict.bank.measure`` prints each bug that is not found, not
explained, or explained falsely, and then a table by families. ``--coarse`` tries fewer numbers, as the
tests do; words name families or parts of the names of bugs.
"""

import sys
import warnings
from collections import Counter

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


def measure(words: list[str], *, show_all: bool) -> None:
    """Print the table and the list."""
    total: Counter[str] = Counter()
    table = []
    for family, bugs in FAMILIES.items():
        counts: Counter[str] = Counter()
        for bug in bugs:
            if words and not any(word in family or word in bug.name for word in words):
                continue
            what, said = problem(bug)
            counts[what] += 1
            if what or show_all:
                title = f"{what or 'right'}: {family}: {bug.name} ({bug.dtype})"
                lines = [title, *(f"    {text}" for text in said)]
                print(*lines, sep="\n", flush=True)  # noqa: T201  what it is for
        if counts:
            table.append(row(family, counts))
        total += counts
    print(*table, row("all", total), sep="\n")  # noqa: T201


def row(name: str, counts: Counter[str]) -> str:
    """A line of the table."""
    every = counts.total()
    bad = ", ".join(f"{count} {what}" for what, count in counts.items() if what)
    share = f"{counts['']} of {every} explained ({100 * counts[''] / every:.1f} %)"
    return f"{name:<20} {share}{': ' if bad else ''}{bad}"


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    if "--coarse" in sys.argv:
        grid.FINEST = grid.COARSEST
    measure([a for a in sys.argv[1:] if not a.startswith("-")], show_all="--all" in sys.argv)
