"""The certificate: what every witness said, of which sources, with which versions, where.

It holds no date and no time, so the same sources on the same machine give the same bytes.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

from reference import ACTIVATIONS, Activation
from reference.definition.facts import entry
from verification.errors import UsageError
from verification.records.files import exists, no_empty_folders, prepare, write_whole
from verification.records.provenance import hash_of_sources, installed_versions, this_machine
from verification.records.reading import from_json, read_regular

from .row import Row

Progress = Callable[[int, int], None]

BYTES_PER_ACTIVATION = 31_000  # 133 rows of 233 bytes
WITNESSES = ("autodiff", "differences", "balls", "extremes", "identities")


@dataclass(frozen=True)
class Certificate:
    """The rows of all witnesses, and what they are about."""

    rows: tuple[Row, ...]
    versions: dict[str, str]
    sources: dict[str, str]
    machine: dict[str, str]

    @property
    def passed(self) -> bool:
        """Whether there are claims, and every one held."""
        return bool(self.rows) and not self.failures

    @property
    def failures(self) -> tuple[Row, ...]:
        """The rows of the claims that did not hold."""
        return tuple(row for row in self.rows if not row.passed)

    @property
    def fingerprint(self) -> str:
        """One hash for all the sources that it is about."""
        return sha256(json.dumps(self.sources, sort_keys=True).encode()).hexdigest()

    def matches_sources(self) -> bool:
        """Whether it is about the activations and the witnesses that are imported here."""
        return self.sources == sources()

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
            text = read_regular(path).decode()
            content = from_json(text)
            rows = tuple(_to_row(row) for row in content["rows"])
            names = (_to_names(content[key]) for key in ("versions", "sources", "machine"))
            certificate = cls(rows, *names)
            whole = certificate.to_json() == text
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


def sources() -> dict[str, str]:
    """The hashes of what the certificate is about: of each activation, and of the witnesses."""
    hashes = {name: sources_of(activation) for name, activation in ACTIVATIONS.items()}
    return {
        **hashes,
        "witnesses": hash_of_sources(*(f"{__package__}.{name}" for name in WITNESSES)),
    }


def sources_of(activation: Activation) -> str:
    """The hash of all modules that an activation needs, and of what ``facts.json`` has about it."""
    functions = (*activation.orders, *activation.parameter_derivatives.values())
    modules = hash_of_sources(*(function.evaluate.__module__ for function in functions))
    facts = json.dumps(entry(activation.name), sort_keys=True)
    return sha256(f"{modules} {facts}".encode()).hexdigest()


def _to_json(value: Any) -> Any:
    finite = not isinstance(value, float) or abs(value) < float("inf")
    return value if finite else str(value)


def _to_row(content: dict[str, Any]) -> Row:
    """The row; KeyError or TypeError for other fields, or values of another type."""
    kinds = {field.name: field.type for field in fields(Row)}
    values: dict[str, Any] = {
        name: float(value) if kinds[name] is float else value for name, value in content.items()
    }
    if any(type(value) is not kinds[name] for name, value in values.items()):
        raise TypeError
    return Row(**values)


def _to_names(content: dict[str, Any]) -> dict[str, str]:
    """The texts by their names; TypeError for anything else."""
    if not all(isinstance(value, str) for value in content.values()):
        raise TypeError
    return dict(content)


def expected_size() -> int:
    """Return about how many bytes a certificate has."""
    return BYTES_PER_ACTIVATION * len(ACTIVATIONS)


def _rows(on_progress: Progress) -> Iterator[Row]:
    # The witnesses load JAX, SciPy and Hypothesis, which a stored certificate does not call for.
    from reference.arithmetic.formats import FORMATS  # noqa: PLC0415
    from verification.numbers.inputs import sampled  # noqa: PLC0415

    witnesses = [import_module(f".{name}", __package__) for name in WITNESSES]
    tasks = [
        (activation, format_) for activation in ACTIVATIONS.values() for format_ in FORMATS.values()
    ]
    done, total = 0, len(tasks) * len(witnesses)
    on_progress(done, total)
    for activation, format_ in tasks:
        inputs = sampled(activation, format_)
        for module in witnesses:
            yield from module.witness(activation, format_, inputs)
            done += 1
            on_progress(done, total)


def certify(on_progress: Progress | None = None) -> Certificate:
    """Hear every witness on every activation in every format; about half a minute.

    ``on_progress`` is called with the number of hearings done and their total.
    """
    of_these = sources()
    rows = tuple(_rows(on_progress or (lambda _done, _total: None)))
    return Certificate(rows, installed_versions(), of_these, this_machine())


def obtain(path: Path, on_progress: Progress | None = None) -> Certificate:
    """Return the certificate at ``path`` if it is of these sources; else make one and store it.

    Raises UsageError for a file that is no certificate, and for a place that cannot be written.
    """
    if exists(path):
        stored = Certificate.read(path)
        if stored.matches_sources():
            return stored
    with no_empty_folders(path.parent):
        prepare(path, expected_size())
        certificate = certify(on_progress)
        certificate.write(path)
    return certificate
