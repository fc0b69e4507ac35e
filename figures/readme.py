"""What README shows, written by a command: its pictures of the activations and its tables.

``nox -s readme`` runs it in the project's folder: it verifies, then draws and writes.
"""

import json
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from verification.commands.terminal import wrapped
from verification.records.files import write_whole
from verification.verdict.check import check
from verification.witnesses.certificate import obtain

from .report.making import FIGURES, write_figures

README = Path("README.md")
GALLERY = Path("figures/gallery")
OVERLAYS = ("1b", "2b")
SHOWN, COLUMNS = 2, 96
RESULTS = Path(__file__).parent.parent / "tests/benchmarks/RESULTS.md"
BENCHMARKS = ("float32, correctly rounded", "A sweep")


def sweep_table() -> str:
    """The committed sweep of float32 as a Markdown table."""
    sweep = json.loads(files("verification").joinpath("records/sweeps/float32.json").read_text())
    versions = sweep["versions"]
    lines = [
        f"float32, NumPy {versions['numpy']}:",
        "",
        "| function | order | inputs | decided by ball arithmetic | wrong |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['activation']} | {row['order']} | {row['inputs']:,} | {row['by_balls']:,} "
        f"| {row['wrong']} |"
        for row in sweep["rows"]
    ]
    return "\n".join(lines)


def framework_table() -> str:
    """The committed survey of the frameworks in float32 as a Markdown table."""
    content = json.loads(files("verification").joinpath("records/survey.json").read_text())
    rows = [row for row in content["rows"] if row["dtype"] == "float32"]
    frameworks = list(dict.fromkeys(row["framework"] for row in rows))
    functions = dict.fromkeys((row["activation"], row["subject"]) for row in rows)
    cells = {(row["activation"], row["subject"], row["framework"]): _errors(row) for row in rows}
    versions = ", ".join(f"{name} {version}" for name, version in content["versions"].items())
    lines = [
        f"float32, {content['date']}, {versions}:",
        "",
        f"| worst error in ulp | {' | '.join(frameworks)} |",
        f"|---|{'---|' * len(frameworks)}",
    ]
    for activation, subject in functions:
        named = activation if subject == "value" else f"{activation}, derivative"
        found = (cells[activation, subject, framework] for framework in frameworks)
        lines.append(f"| {named} | {' | '.join(found)} |")
    return "\n".join(lines)


def _errors(row: dict[str, Any]) -> str:
    """The worst error, where nothing is right, and how many results are NaN."""
    lost = ", ".join(f"[{low:.3g}, {high:.3g}]" for low, high in row["regions"])
    said = [f"{row['worst_ulp']:.3g}"]
    if lost:
        said.append(f"100 % off in {lost}")
    if row["nan"]:
        said.append(f"NaN at {100 * row['nan'] / row['inputs']:.0f} % of all inputs")
    return "; ".join(said)


def benchmark_tables() -> str:
    """Of the committed benchmarks, the first section and those about sweeps, without headings."""
    _, *sections = RESULTS.read_text(encoding="utf-8").split("\n## ")
    chosen = [section for section in sections if section.startswith(BENCHMARKS)]
    return "\n\n".join("{}:\n\n{}".format(*part.strip().split("\n\n", 1)) for part in chosen)


def verdict_text() -> str:
    """The verdict on README's GELU, as a terminal of 96 columns shows it."""

    def my_gelu(x: Any) -> Any:
        return x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))

    lines = check(my_gelu, "gelu", dtype="float64", domain=(-20, 20)).told(SHOWN)
    told = [part for line in lines for part in wrapped(line, COLUMNS)]
    return "\n".join(["```text", *told, "```"])


TABLES = {
    "verdict": verdict_text,
    "sweeps": sweep_table,
    "frameworks": framework_table,
    "benchmarks": benchmark_tables,
}


def with_tables(text: str) -> str:
    """README's text with each table between its marks."""
    for name, table in TABLES.items():
        before, opened, rest = text.partition(f"<!-- {name} -->\n")
        _, closed, after = rest.partition(f"<!-- /{name} -->")
        text = f"{before}{opened}{table()}\n{closed}{after}"
    return text


def main() -> None:
    """Verify, draw the overlays, fill in the tables."""
    if not obtain(Path("report/certificate.json")).passed:
        raise SystemExit("the verification failed: see halfulp verify")
    GALLERY.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        write_figures(Path(folder), OVERLAYS, ["svg"], print)
        for picture in (Path(folder) / FIGURES).glob("*.svg"):
            write_whole(GALLERY / picture.name, picture.read_bytes())
    write_whole(README, with_tables(README.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
