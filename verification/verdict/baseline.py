"""What a verdict is compared with: another one, of this moment or stored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from verification.candidates.text import said_by
from verification.errors import UsageError
from verification.examination.accuracy import SIGN_OF_ZERO
from verification.examination.cells import Cells
from verification.kinds import KINDS
from verification.records.reading import from_json, read_regular

from .finding import Symptom
from .verdict import Verdict


@dataclass(frozen=True)
class Baseline:
    """How far off an implementation is, by subject, and what it does (subject and kind)."""

    name: str
    of: tuple[str, str]
    cells: Mapping[str, Cells]
    symptoms: frozenset[tuple[str, str]]

    @classmethod
    def of_verdict(cls, verdict: Verdict) -> Self:
        """That of a verdict of this moment."""
        symptoms = frozenset((symptom.subject, symptom.kind) for symptom in verdict.symptoms)
        of = verdict.of, verdict.dtype
        return cls(verdict.implementation, of, verdict.errors, symptoms)

    @classmethod
    def read(cls, path: Path) -> Self:
        """That of a stored verdict, or UsageError."""
        try:
            content = from_json(read_regular(path))
            found = [one for finding in content["findings"] for one in (finding, *finding["also"])]
            symptoms = frozenset((one["subject"], one["kind"]) for one in found)
            errors = content["errors"].items()
            cells = {name: Cells.from_json(part["largest"]) for name, part in errors}
            of = str(content["of"]), str(content["dtype"])
            return cls(str(content["implementation"]), of, cells, symptoms)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(
                f"expected a verdict of halfulp, as --json writes it, but {path}: {said_by(error)}"
            ) from None

    def require_the_same(self, of: str, dtype: str) -> None:
        """UsageError for a verdict about something else."""
        if self.of != (of, dtype):
            raise UsageError(
                f"expected a baseline as {of} in {dtype}, but it is as {' in '.join(self.of)}"
            )

    def excuses(self, symptom: Symptom) -> bool:
        """Whether it misbehaves, or breaks a law, as this does; wrong results are compared."""
        known = (symptom.subject, symptom.kind) in self.symptoms
        is_compared = symptom.worst is not None and symptom.kind != SIGN_OF_ZERO
        return known and not is_compared and not KINDS[symptom.kind].silent

    def beside(self, errors: Mapping[str, Cells]) -> Iterator[str]:
        """Where the other one is better and where worse, a line for each subject."""
        for subject, theirs in self.cells.items():
            ours = errors.get(subject)
            if ours is None:
                continue
            names = theirs.largest.keys() | ours.largest.keys()
            pairs = [(ours.largest.get(n, 0.5), theirs.largest.get(n, 0.5)) for n in names]
            better, worse = (sum(map(test, pairs)) for test in (_is_better, _is_worse))
            yield (
                f"{subject} beside {self.name}: better in {better} stretches of an eighth of a "
                f"binade, worse in {worse}, alike elsewhere"
            )


def _is_better(pair: tuple[float, float]) -> bool:
    ours, theirs = pair
    return 2 * ours < theirs


def _is_worse(pair: tuple[float, float]) -> bool:
    ours, theirs = pair
    return ours > 2 * theirs
