"""What README shows, written by a command: its two pictures and its table of the sweeps.

``nox -s readme`` runs it in the project's folder: it verifies, then draws and writes.
"""

import json
import re
import shutil
import tempfile
from importlib.resources import files
from pathlib import Path

from verification.certificate import obtain

from .making import FIGURES, write_figures

README = Path("README.md")
GALLERY = Path("figures/gallery")
OVERLAYS = ("1b", "2b")


def sweep_table() -> str:
    """The committed sweep of float32 as a Markdown table."""
    sweep = json.loads(files("verification").joinpath("sweeps/float32.json").read_text())
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


def with_tables(text: str) -> str:
    """README's text with the table of the sweeps between its marks."""
    marked = re.compile(r"(<!-- sweeps -->\n).*(<!-- /sweeps -->)", re.DOTALL)
    return marked.sub(lambda mark: f"{mark[1]}{sweep_table()}\n{mark[2]}", text)


def main() -> None:
    """Verify, draw the overlays, fill in the table."""
    if not obtain(Path("report/certificate.json")).passed:
        raise SystemExit("the verification failed: see halfulp verify")
    GALLERY.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        write_figures(Path(folder), OVERLAYS, ["svg"])
        for picture in (Path(folder) / FIGURES).glob("*.svg"):
            shutil.copy(picture, GALLERY)
    README.write_text(with_tables(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
