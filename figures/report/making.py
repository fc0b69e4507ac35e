"""From the catalogue to files: every figure or the whole report, all of it or nothing."""

import errno
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from figures.drawing.drawing import FORMATS, Drawing, styled
from figures.examples.registry import EXAMPLES
from figures.findings.registry import measure_all
from figures.measuring.demonstrated import ACTIVATIONS, Catalogue, demonstrated
from verification.errors import UsageError
from verification.records.files import no_empty_folders, sync
from verification.witnesses.certificate import Certificate

from .document import typeset
from .rows import write_rows

FIGURES = "figures"
REPORT = "report.pdf"
ROWS = "verification.csv"
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}

Tell = Callable[[str], None]


def chosen_examples(numbers: Sequence[str] | None) -> list[str]:
    """Return the numbers asked for in the order of the report, or all; UsageError if unknown."""
    return _chosen("figure", numbers, [*EXAMPLES])


def chosen_formats(formats: Sequence[str] | None) -> list[str]:
    """Return the formats asked for, or all; UsageError if unknown."""
    return _chosen("format", formats, [*FORMATS])


@contextmanager
def staging(out: Path) -> Iterator[Path]:
    """Give a temporary folder inside ``out``, whose files move to ``out`` when all went well.

    They are on the disk before they move. Raises UsageError when ``out`` cannot be a folder, what
    is there is in the way, or the disk is full. If nothing comes of it, a folder that was made for
    it goes again.
    """
    with no_empty_folders(out), _temporary_folder(out) as name:
        folder = Path(name)
        try:
            yield folder
            for path in folder.rglob("*"):
                sync(path)
        except OSError as error:
            if error.errno in NO_ROOM:
                raise _not_writable(out, error, "; what was there is kept") from error
            raise
        try:
            _move(folder, out)
        except OSError as error:
            raise _not_writable(out, error) from error


def write_figures(
    folder: Path,
    numbers: Iterable[str],
    formats: Sequence[str],
    tell: Tell,
    catalogue: Catalogue = ACTIVATIONS,
) -> dict[str, Drawing]:
    """Draw the figures into ``folder``/figures, each with its numbers, and return the drawings.

    ``tell`` is called with a few words about what is being done.
    """
    place = folder / FIGURES
    place.mkdir()
    shown = demonstrated(catalogue)
    drawings = {}
    for number in numbers:
        tell(f"Drawing example {number}")
        with styled():
            drawings[number] = EXAMPLES[number].draw(shown)
        drawings[number].save(place, EXAMPLES[number].stem, formats)
    return drawings


def write_report(
    folder: Path, certificate: Certificate, tell: Tell, catalogue: Catalogue = ACTIVATIONS
) -> None:
    """Measure the findings, draw every figure and typeset the report into ``folder``.

    Raises FindingError, before anything is drawn, when a finding does not hold.
    """
    tell("Measuring the findings")
    findings = measure_all(demonstrated(catalogue))
    drawings = write_figures(folder, EXAMPLES, FORMATS, tell, catalogue)
    tell("Typesetting")
    with tempfile.TemporaryDirectory() as workplace:
        report = typeset(Path(workplace), drawings, findings, certificate, catalogue)
    (folder / REPORT).write_bytes(report)
    write_rows(folder / ROWS, certificate.rows)


def _chosen(kind: str, asked: Sequence[str] | None, valid: Sequence[str]) -> list[str]:
    if asked is None:
        return [*valid]
    if unknown := [name for name in asked if name not in valid]:
        raise UsageError(
            f"expected a {kind} among {', '.join(valid)}, but got {', '.join(map(repr, unknown))}"
        )
    return [name for name in valid if name in asked]


def _temporary_folder(out: Path) -> tempfile.TemporaryDirectory[str]:
    try:
        out.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(dir=out, prefix=".unfinished-")
    except OSError as error:
        raise _not_writable(out, error) from error


def _move(folder: Path, out: Path) -> None:
    """Move all files, after making sure that the folders for them are there."""
    paths = [path.relative_to(folder) for path in sorted(folder.rglob("*"))]
    folders = [path for path in paths if (folder / path).is_dir()]
    files = [path for path in paths if path not in folders]
    for path in folders:
        (out / path).mkdir(exist_ok=True)
    for path in files:
        (folder / path).replace(out / path)
    for path in (*folders, Path()):
        sync(out / path)


def _not_writable(out: Path, error: OSError, kept: str = "") -> UsageError:
    where = "" if error.filename is None else f"{error.filename}: "
    return UsageError(
        f"expected --out to name a folder that can be written, but got {str(out)!r} "
        f"({where}{error.strerror}){kept}"
    )
