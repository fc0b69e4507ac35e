"""The certificate: what every witness said, of which sources, with which versions, where.

It holds no date and no time, so the same sources on the same machine give the same bytes.
"""

import json
import platform
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any

import reference

from .errors import UsageError
from .row import Row

Progress = Callable[[int, int], None]

BYTES_PER_ACTIVATION = 31_000  # 133 rows of 233 bytes
PACKAGES = ("numpy", "ml_dtypes", "scipy", "jax", "jaxlib", "python-flint", "hypothesis")


def hash_of_sources() -> str:
    """SHA-256 over the names and contents of all of ``reference``'s Python files."""
    folder = Path(reference.__file__).parent
    return hash_of_files(folder.rglob("*.py"), folder)


def hash_of_files(paths: Iterable[Path], folder: Path) -> str:
    """SHA-256 over the names, relative to ``folder``, and the contents of files."""
    digest = sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def installed_versions() -> dict[str, str]:
    """List the versions of Python and of what the witnesses stand on."""
    packages = {name: metadata.version(name) for name in PACKAGES}
    return {"python": platform.python_version(), **packages}


def this_machine() -> dict[str, str]:
    """Name the operating system and the kind of processor."""
    return {"system": platform.system(), "processor": platform.machine()}


@dataclass(frozen=True)
class Certificate:
    """The rows of all witnesses, and what they are about."""

    rows: tuple[Row, ...]
    versions: dict[str, str]
    sources: str
    machine: dict[str, str]

    @property
    def passed(self) -> bool:
        """Whether every claim held."""
        return not self.failures

    @property
    def failures(self) -> tuple[Row, ...]:
        """The rows of the claims that did not hold."""
        return tuple(row for row in self.rows if not row.passed)

    def matches_sources(self) -> bool:
        """Whether it is about the sources of ``reference`` that are imported here."""
        return self.sources == hash_of_sources()

    def to_json(self) -> str:
        """Return it as JSON, with infinities and NaN as the strings "inf", "-inf" and "nan"."""
        rows = [{name: _to_json(value) for name, value in asdict(row).items()} for row in self.rows]
        content = {
            "passed": self.passed,
            "sources": self.sources,
            "versions": self.versions,
            "machine": self.machine,
            "rows": rows,
        }
        return json.dumps(content, indent=1, allow_nan=False) + "\n"

    def write(self, path: Path) -> None:
        """Write it as JSON, whole or not at all; raise UsageError where that is impossible."""
        write_whole(path, self.to_json())

    @classmethod
    def read(cls, path: Path) -> "Certificate":
        """Read it back; raise UsageError for a file that is not a whole certificate."""
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            rows = tuple(_to_row(row) for row in content["rows"])
            certificate = cls(
                rows, dict(content["versions"]), str(content["sources"]), dict(content["machine"])
            )
            whole = certificate.to_json() == path.read_text(encoding="utf-8")
        except OSError as error:
            raise UsageError(
                f"expected a certificate at {path}, but it cannot be read: {error.strerror}"
            ) from None
        except (ValueError, TypeError, KeyError, AttributeError):
            whole = False
        if not whole:
            raise UsageError(
                f"expected a certificate as `halfulp verify` writes it, but {path} is truncated "
                "or something else: delete it or choose another folder"
            )
        return certificate


def _to_json(value: Any) -> Any:
    finite = not isinstance(value, float) or abs(value) < float("inf")
    return value if finite else str(value)


def _to_row(content: dict[str, Any]) -> Row:
    kinds = {field.name: field.type for field in fields(Row)}
    values: dict[str, Any] = {
        name: float(value) if kinds[name] is float else value for name, value in content.items()
    }
    return Row(**values)


def prepare(path: Path, size: int = 0) -> None:
    """Make the folder of ``path``; raise UsageError if no file that large can be there."""
    if _is_written_through(path):
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent) as file:
            file.write(bytes(size))
        usable = not path.is_dir()
    except OSError as error:
        raise _not_writable(path, error.strerror) from None
    if not usable:
        raise _not_writable(path, "it is a folder")


@contextmanager
def no_empty_folders(*paths: Path) -> Iterator[None]:
    """Take the folders ``paths`` away again, and those above, that were made and stayed empty."""
    missing = [folder for path in paths for folder in (path, *path.parents) if not folder.exists()]
    try:
        yield
    finally:
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()


def write_whole(path: Path, text: str) -> None:
    """Write a file by way of a temporary one beside it, so that it is never half there.

    But what a link leads to, a pipe or a device stays what it is, and is written to.
    """
    prepare(path)
    through = _is_written_through(path)
    temporary = path if through else path.with_name(path.name + ".part")
    try:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        if not through:
            temporary.replace(path)
    except OSError as error:
        if not through:
            temporary.unlink(missing_ok=True)
        raise _not_writable(path, error.strerror) from None


def _is_written_through(path: Path) -> bool:
    return path.is_symlink() or path.is_fifo() or path.is_char_device()


def _not_writable(path: Path, reason: str | None) -> UsageError:
    return UsageError(
        f"expected a place where {path} can be written, but: {reason}; choose another"
    )


def expected_size() -> int:
    """Return about how many bytes a certificate has."""
    return BYTES_PER_ACTIVATION * len(reference.ACTIVATIONS)


def _rows(on_progress: Progress) -> Iterator[Row]:
    # The witnesses load JAX, SciPy and Hypothesis, which a stored certificate does not call for.
    from . import autodiff, balls, differences, extremes, identities  # noqa: PLC0415
    from .inputs import stratified  # noqa: PLC0415
    from .ulp import FORMATS  # noqa: PLC0415

    witnesses = (autodiff, differences, balls, extremes, identities)
    tasks = [
        (activation, format_)
        for activation in reference.ACTIVATIONS.values()
        for format_ in FORMATS.values()
    ]
    done, total = 0, len(tasks) * len(witnesses)
    on_progress(done, total)
    for activation, format_ in tasks:
        inputs = stratified(activation, format_)
        for module in witnesses:
            yield from module.witness(activation, format_, inputs)
            done += 1
            on_progress(done, total)


def certify(on_progress: Progress | None = None) -> Certificate:
    """Hear every witness on every activation in every format; about half a minute.

    ``on_progress`` is called with the number of hearings done and their total.
    """
    sources = hash_of_sources()
    rows = tuple(_rows(on_progress or (lambda _done, _total: None)))
    return Certificate(rows, installed_versions(), sources, this_machine())


def obtain(path: Path, on_progress: Progress | None = None) -> Certificate:
    """Return the certificate at ``path`` if it is of these sources; else make one and store it.

    Raises UsageError for a file that is no certificate, and for a place that cannot be written.
    """
    if path.exists():
        stored = Certificate.read(path)
        if stored.matches_sources():
            return stored
    with no_empty_folders(path.parent):
        prepare(path, expected_size())
        certificate = certify(on_progress)
        certificate.write(path)
    return certificate
