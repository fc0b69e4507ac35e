"""``nox -s survey``: the check run over every framework, activation and format, as a table.

It writes ``survey.json``, ``survey.md`` and a plot. Subnormal inputs and results may count as
zeros. The worst errors are told of normal inputs, away from roots of the derivative, where the true
result is at least 256 times the smallest normal number.
"""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from reference import ACTIVATIONS
from reference.arithmetic.types import Float64, Mask

from .accuracy import survey
from .calls import Subject
from .certificate import this_machine, write_whole
from .frameworks import implementation
from .implementation import Implementation
from .oracle import TOLERANCES, check
from .peers import PEERS, Peer
from .truth import FLUSH_TO_ZERO, NEXT_TO_A_ROOT, Question, answer
from .ulp import FORMATS, Format
from .verdict import KINDS, Verdict

COMMAND = "nox -s survey"
VERSIONS = ("numpy", *(name for peer in PEERS for name in peer.distributions))
HEAD = """# What the frameworks compute

Written by `{command}` on {date}, with {versions}, on {machine}, without a GPU. PyTorch and
TensorFlow run eagerly, JAX compiled; derivatives are their own. Subnormal inputs and results may
count as zeros.

*Worst* is the largest finite error in ulp at *at*, of normal inputs away from roots of the
derivative, where the true result is at least 256 times the smallest normal number. *Wrong* are the
inputs, of those tried, where the result is beyond the tolerance; the 16-bit formats are tried in
full. *NaN* counts those at finite inputs. *100 % off* are the regions where every result that was
tried is a zero, an infinity, NaN, of the wrong sign or at least twice too large, though neither
the input nor the true result is subnormal."""
COLUMNS = """| activation | framework | | worst | at | wrong | NaN | 100 % off | why |
|---|---|---|---|---|---|---|---|---|
"""
FOLDER = Path(__file__).parent
PLOT = Path("figures/gallery/torch_gelu_float32.png")
PLOTTED = ("PyTorch", "gelu", "float32")
SUBJECTS = ("value", "derivative")
# Fewer inputs in a row are no region.
FEWEST = 3
# Results so little above the smallest normal number suffer from intermediate ones below it.
MARGIN = 256


@dataclass(frozen=True)
class Row:
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


def rows() -> Iterator[tuple[Row, Verdict]]:
    """Check everything; a few minutes."""
    for format_ in FORMATS.values():
        for activation in ACTIVATIONS:
            for peer in PEERS:
                yield from judged(peer, activation, format_)


def judged(peer: Peer, activation: str, format_: Format) -> Iterator[tuple[Row, Verdict]]:
    """One function's value and derivative, each with the verdict on both."""
    spelling = peer.spellings[activation]
    candidate = replace(implementation(spelling), backward=None)
    allow = frozenset({FLUSH_TO_ZERO})
    verdict = check(candidate, activation, dtype=format_.name, allow=allow)
    for subject in SUBJECTS:
        question = Question(
            ACTIVATIONS[activation], subject, format_, TOLERANCES[format_.name], allow
        )
        seen = survey(question, Subject(subject, _function(candidate, subject), format_))
        found = answer(question, seen.x, seen.got)
        x, got, true = (part.astype(np.float64) for part in (seen.x, seen.got, found.true))
        counted = _counted(question, x, true)
        inside = counted & (np.abs(true) >= MARGIN * 2.0**format_.emin)
        errors = np.where(inside & np.isfinite(found.ulp), found.ulp, 0.0)
        worst = int(np.argmax(errors))
        yield (
            Row(
                framework=peer.title,
                activation=activation,
                spelling=spelling,
                dtype=format_.name,
                subject=subject,
                inputs=x.size,
                wrong=sum(tally.wrong for kind, tally in seen.tallies.items() if kind in KINDS),
                worst_ulp=float(errors[worst]),
                at=float(x[worst]),
                nan=int((np.isnan(got) & np.isfinite(x) & ~np.isnan(true)).sum()),
                regions=regions_lost(x[counted], got[counted], true[counted]),
                why=_reasons(verdict, subject),
            ),
            verdict,
        )


def _function(candidate: Implementation, subject: str) -> Callable[..., Any]:
    function = candidate.forward if subject == "value" else candidate.derivative
    assert function is not None  # noqa: S101  frameworks have both
    return function


def _counted(question: Question, x: Float64, true: Float64) -> Mask:
    """Where x and the true result are normal or 0, and no root of the derivative is near."""
    normal = 2.0**question.format_.emin
    counted: Mask = (np.abs(true) >= normal) | (true == 0)
    counted &= (np.abs(x) >= normal) | (x == 0)
    counted &= np.isfinite(x) & np.isfinite(true)
    if question.order == 1:
        for root in question.activation.orders[1].roots:
            counted &= np.abs(x - root) >= NEXT_TO_A_ROOT
    return counted


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
    whys = [f.why for f in verdict.findings if f.subject == subject and f.why]
    return tuple(dict.fromkeys(whys))


def to_json(found: list[Row]) -> str:
    """Return command, date, versions, machine and rows."""
    content = {
        "command": COMMAND,
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {name: metadata.version(name) for name in VERSIONS},
        "machine": this_machine(),
        "tolerances": TOLERANCES,
        "rows": [asdict(row) for row in found],
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
        lines = [row for row in content["rows"] if row["dtype"] == dtype]
        tolerance = content["tolerances"][dtype]
        parts.append(f"## {dtype}\n\nTolerance {tolerance:g} ulp.\n\n{COLUMNS}")
        parts[-1] += "\n".join(map(_line, lines))
    return "\n\n".join(parts) + "\n"


def _line(row: dict[str, Any]) -> str:
    regions = ", ".join(f"[{low:.6g}, {high:.6g}]" for low, high in row["regions"])
    cells = (
        row["activation"],
        row["framework"],
        row["subject"],
        f"{row['worst_ulp']:.3g}",
        f"{row['at']:.6g}",
        f"{row['wrong']:,} of {row['inputs']:,}",
        f"{row['nan']:,}",
        regions,
        "; ".join(row["why"]),
    )
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Check, and write what was found."""
    found = []
    for row, verdict in rows():
        sys.stderr.write(f"{row.dtype} {row.framework} {row.activation} {row.subject}\n")
        found.append(row)
        if (row.framework, row.activation, row.dtype) == PLOTTED:
            verdict.plot(PLOT)
    text = to_json(found)
    write_whole(FOLDER / "survey.json", text)
    write_whole(FOLDER / "survey.md", to_markdown(json.loads(text)))


if __name__ == "__main__":
    main()
