"""``nox -s survey``: the check run over every framework, activation and format, as a table.

It writes ``survey.json``, ``survey.md`` and a plot; the counts of float32 come from the `census`.
Subnormal inputs and results may count as zeros. ``nox -s survey -- 'elu[alpha=0.3]' mish`` prints
the table of these functions instead, with float32 at stratified inputs.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from reference import ACTIVATIONS
from reference.arithmetic.formats import FORMATS, Format
from reference.arithmetic.types import Float64
from verification.candidates.calls import Caller
from verification.candidates.frameworks import implementation
from verification.examination.truth import answer
from verification.observation.results import observe_results
from verification.records.files import RECORDS, write_whole
from verification.records.provenance import this_machine
from verification.verdict.asked import TOLERANCES, activation_of
from verification.verdict.check import check
from verification.verdict.naming import named, parsed
from verification.verdict.verdict import Verdict

from .census import ALLOWED, SUBJECTS, Count, counted, function_of, is_normal, question_of, read
from .peers import PEERS, Peer, installed_versions

COMMAND = "nox -s survey"
HEAD = """# What the frameworks compute

Written by `{command}` on {date}, with {versions}, on {machine}, without a GPU. PyTorch and
TensorFlow run eagerly, JAX compiled; derivatives are their own. Subnormal inputs and results may
count as zeros.

*Worst* is the largest finite error in ulp at *at*, of normal inputs away from roots of the
derivative, where the true result is at least 256 times the smallest normal number. *Wrong* are the
inputs, of those tried, where the result is beyond the tolerance; the 16-bit formats are tried in
full, and float32 too in a survey of everything. *NaN* counts those at finite inputs. *100 % off*
are the regions where every result is a zero, an infinity, NaN, of the wrong sign or at least twice
too large, though neither the input nor the true result is subnormal; they, and the reasons, are
looked for at stratified inputs."""
COLUMNS = """| activation | framework | | worst | at | wrong | NaN | 100 % off | why |
|---|---|---|---|---|---|---|---|---|
"""
PLOT = Path("figures/gallery/torch_gelu_float32.png")
PLOTTED = ("PyTorch", "gelu", "float32")
# Fewer neighbouring inputs are no region.
FEWEST = 3


@dataclass(frozen=True)
class Entry:
    """What was found of one function; ``at`` is where the error is worst.

    ``wrong`` of the ``inputs`` are beyond the tolerance, at ``nan`` finite ones the result is
    NaN. In the ``regions`` every result is off by 100 % or more: a zero, an infinity, NaN or
    the wrong sign. ``why`` are the reasons, gravest first.
    """

    framework: str
    activation: str
    spelling: str
    dtype: str
    subject: str
    inputs: int
    wrong: int
    worst_ulp: float
    at: float
    nan: int
    regions: tuple[tuple[float, float], ...]
    why: tuple[str, ...]


def entries(functions: Sequence[str]) -> Iterator[tuple[Entry, Verdict]]:
    """Check functions of the catalogue, written like ``elu[alpha=0.3]``; minutes."""
    for format_ in FORMATS.values():
        for activation, parameters in map(parsed, functions):
            for peer in PEERS:
                yield from judged(peer, activation, format_, parameters)


def judged(
    peer: Peer,
    activation: str,
    format_: Format,
    parameters: Mapping[str, float] = MappingProxyType({}),
) -> Iterator[tuple[Entry, Verdict]]:
    """One function's value and derivative, each with the verdict on both; none without a name."""
    asked = activation_of(activation, parameters)
    spelling = peer.spelling(activation, parameters)
    if spelling is None:
        return
    candidate = replace(implementation(spelling), backward=None)
    verdict = check(candidate, activation, dtype=format_.name, parameters=parameters, allow=ALLOWED)
    for subject in SUBJECTS:
        question = question_of(asked, subject, format_)
        seen = observe_results(question, Caller(subject, function_of(candidate, subject), format_))
        x, got = seen.x, seen.got
        count = counted(question, x, got)
        wide, true = x.astype(np.float64), answer(question, x, got).true
        clear = is_normal(question, wide, true)
        entry = Entry(
            framework=peer.title,
            activation=named(activation, parameters),
            spelling=spelling,
            dtype=format_.name,
            subject=subject,
            **asdict(count),
            regions=regions_lost(wide[clear], got.astype(np.float64)[clear], true[clear]),
            why=_reasons(verdict, subject),
        )
        yield entry, verdict


def in_full(entry: Entry, whole: Count) -> Entry:
    """The entry with the counts of all inputs, and the worst error of these or those tried."""
    if whole.worst_ulp <= entry.worst_ulp:
        whole = replace(whole, worst_ulp=entry.worst_ulp, at=entry.at)
    return replace(entry, **asdict(whole))


def regions_lost(x: Float64, got: Float64, true: Float64) -> tuple[tuple[float, float], ...]:
    """Where all results are off by 100 % or more, between two of the inputs that were tried."""
    order = np.argsort(x, kind="stable")
    with np.errstate(all="ignore"):
        lost = ~((got == true) | (np.abs(got - true) < np.abs(true)))[order]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], lost, [False]])))
    x = x[order]
    return tuple(
        (float(x[first]), float(x[end - 1]))
        for first, end in edges.reshape(-1, 2)
        if end - first >= FEWEST
    )


def _reasons(verdict: Verdict, subject: str) -> tuple[str, ...]:
    whys = [s.why for s in verdict.symptoms if s.subject == subject and s.why]
    return tuple(dict.fromkeys(whys))


def to_json(found: list[Entry]) -> str:
    """Return command, date, versions, machine and rows."""
    content = {
        "command": COMMAND,
        "date": datetime.now(UTC).date().isoformat(),
        "versions": installed_versions(),
        "machine": this_machine(),
        "tolerances": TOLERANCES,
        "rows": [asdict(entry) for entry in found],
    }
    return json.dumps(content, indent=1, allow_nan=False) + "\n"


def to_markdown(content: dict[str, Any]) -> str:
    """One table for each format."""
    versions = ", ".join(f"{name} {version}" for name, version in content["versions"].items())
    parts = [
        HEAD.format(
            command=content["command"],
            date=content["date"],
            versions=versions,
            machine=" ".join(content["machine"].values()),
        )
    ]
    for dtype in FORMATS:
        lines = [entry for entry in content["rows"] if entry["dtype"] == dtype]
        tolerance = content["tolerances"][dtype]
        parts.append(f"## {dtype}\n\nTolerance {tolerance:g} ulp.\n\n{COLUMNS}")
        parts[-1] += "\n".join(map(_line, lines))
    return "\n\n".join(parts) + "\n"


def _line(entry: dict[str, Any]) -> str:
    regions = ", ".join(f"[{low:.6g}, {high:.6g}]" for low, high in entry["regions"])
    cells = (
        entry["activation"],
        entry["framework"],
        entry["subject"],
        f"{entry['worst_ulp']:.3g}",
        f"{entry['at']:.6g}",
        f"{entry['wrong']:,} of {entry['inputs']:,}",
        f"{entry['nan']:,}",
        regions,
        "; ".join(entry["why"]),
    )
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Check the functions that are named, and print; or all, and write what was found."""
    functions = sys.argv[1:]
    counts = {} if functions else read()
    found = []
    for entry, verdict in entries(functions or tuple(ACTIVATIONS)):
        sys.stderr.write(f"{entry.dtype} {entry.framework} {entry.activation} {entry.subject}\n")
        whole = counts and entry.dtype == "float32"
        of = (entry.framework, entry.activation, entry.subject)
        found.append(in_full(entry, counts[of]) if whole else entry)
        if counts and (entry.framework, entry.activation, entry.dtype) == PLOTTED:
            verdict.plot(PLOT)
    text = to_json(found)
    if functions:
        sys.stdout.write(to_markdown(json.loads(text)))
        return
    write_whole(RECORDS / "survey.json", text)
    write_whole(RECORDS / "survey.md", to_markdown(json.loads(text)))


if __name__ == "__main__":
    main()
