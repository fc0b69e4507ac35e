"""Faults injected, and what came of each: ``nox -s faults`` writes tests/faults/RESULTS.md.

With ``--short`` a few of each kind are injected and nothing is written; with the names of kinds,
those alone, and their rows are put in the place of the old ones. Exit status 1 if something did not
hold.
"""

import argparse
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import candidates
import files
import kills
import states
import streams
from row import Choice, Row, fault_of, injected

from verification.records.provenance import installed_versions

RESULTS = Path(__file__).parent / "RESULTS.md"
GROUPS = (states, kills, files, streams, candidates)
FEW = 3
HEAD = "| what is injected | what has to hold | injected | held |\n|---|---|---|---|"


def main() -> int:
    """Inject everything, print the table as it grows, and write it."""
    parser = argparse.ArgumentParser(description="Inject faults and see what holds.")
    parser.add_argument("--short", action="store_true", help=f"{FEW} faults of each kind")
    parser.add_argument("only", nargs="*", help="kinds, by their names in the modules here")
    arguments = parser.parse_args()
    kinds = [kind for group in GROUPS for kind in group.ROWS]
    if arguments.only:
        kinds = [kind for kind in kinds if kind.__name__ in arguments.only]
    choice = Choice(FEW if arguments.short else None)
    _print(HEAD)
    rows = []
    for kind in kinds:
        with tempfile.TemporaryDirectory() as folder:
            rows.append(injected(kind, Path(folder) / kind.__name__, choice))
        _print(rows[-1].markdown, *(f"  did not hold: {said}" for said in rows[-1].failures[:FEW]))
    if not arguments.short:
        RESULTS.write_text(_page(_with_others(rows)), encoding="utf-8")
    return 0 if all(row.injected and not row.failures for row in rows) else 1


def _print(*lines: str) -> None:
    sys.stdout.write("\n".join([*lines, ""]))
    sys.stdout.flush()


def _with_others(rows):
    """These rows and, in the order of the kinds, the ones that the page has of the others."""
    lines = RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.exists() else []
    table = [line for line in lines if line.startswith("| ") and line != HEAD.partition("\n")[0]]
    known = {row.fault: row for row in [*map(Row.from_markdown, table), *rows]}
    order = [fault_of(kind) for group in GROUPS for kind in group.ROWS]
    return [known[fault] for fault in order if fault in known]


def _page(rows):
    """The table, with what it was made by."""
    total = sum(row.injected for row in rows)
    harmless = sum(row.harmless for row in rows)
    head = (
        f"Written by `nox -s faults` on {datetime.now(tz=UTC):%Y-%m-%d}, with NumPy "
        f"{installed_versions()['numpy']}: {harmless:,} of {total:,} injected faults did no harm."
    )
    return "\n".join(
        [
            "# Faults",
            "",
            head,
            "",
            HEAD,
            *(row.markdown for row in rows),
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
