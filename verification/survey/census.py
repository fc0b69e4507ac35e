"""``nox -s census``: every framework's results at all 2^32 inputs of float32, counted.

It writes ``census.json``, for `survey`. Subnormal inputs and results may count as zeros.
"""

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from functools import cache, partial
from typing import Any

import numpy as np

from reference import ACTIVATIONS, Activation
from reference.arithmetic.formats import FORMATS, Format
from reference.arithmetic.types import Array, Float64, Mask
from verification.candidates.frameworks import implementation
from verification.candidates.implementation import Implementation
from verification.errors import UsageError
from verification.examination.accuracy import differ, kinds_of
from verification.examination.truth import (
    FLUSH_TO_ZERO,
    NEXT_TO_A_ROOT,
    Question,
    answer,
    expected_of,
)
from verification.kinds import KINDS
from verification.observation.exhaustive import blocks, portions
from verification.records.files import RECORDS, write_whole
from verification.verdict.asked import TOLERANCES
from verification.work.processes import completed

from .peers import PEERS, installed_versions

CENSUS = RECORDS / "census.json"
FLOAT32 = FORMATS["float32"]
SUBJECTS = ("value", "derivative")
ALLOWED = frozenset({FLUSH_TO_ZERO})
# Results so little above the smallest normal number suffer from intermediate ones below it.
MARGIN = 256


@dataclass(frozen=True)
class Count:
    """Of ``inputs``, how many results are wrong, and how many are NaN at finite x; the worst error.

    The worst finite error in ulp is that of normal inputs away from roots of the derivative, where
    the true result is at least 256 times the smallest normal number; it is found ``at`` an input, 0
    if there is none.
    """

    inputs: int
    wrong: int
    nan: int
    worst_ulp: float
    at: float


def question_of(activation: Activation, subject: str, format_: Format) -> Question:
    """What the frameworks are asked: the default tolerance, subnormal numbers are free."""
    return Question(activation, subject, format_, TOLERANCES[format_.name], ALLOWED)


def joined(counts: Iterable[Count]) -> Count:
    """The count of all inputs together; of the worst errors, the one at the smallest input."""
    known = sorted(counts, key=lambda count: (-count.worst_ulp, count.at))
    inputs, wrong, nan = (
        sum(getattr(count, name) for count in known) for name in ("inputs", "wrong", "nan")
    )
    return Count(inputs, wrong, nan, known[0].worst_ulp, known[0].at)


def counted(question: Question, x: Array, got: Array) -> Count:
    """The count of some results."""
    found = answer(question, x, got)
    with np.errstate(all="ignore"):  # NumPy warns of signalling NaNs
        wide, computed = x.astype(np.float64), got.astype(np.float64)
    true = found.true
    inside = is_normal(question, wide, true)
    inside &= np.abs(true) >= MARGIN * 2.0**question.format_.emin
    errors = np.where(inside & np.isfinite(found.ulp), found.ulp, 0.0)
    worst = int(np.argmax(errors))
    with np.errstate(all="ignore"):
        kinds = kinds_of(question, x, got, found)
    wrong = sum(int(np.count_nonzero(mask)) for kind, mask in kinds.items() if kind in KINDS)
    lost = np.isnan(computed) & np.isfinite(wide) & ~np.isnan(true)
    at = float(wide[worst]) if errors[worst] else 0.0
    return Count(x.size, wrong, int(lost.sum()), float(errors[worst]), at)


def is_normal(question: Question, x: Float64, true: Float64) -> Mask:
    """Where x and the true result are normal or 0, and no root of the derivative is near."""
    normal = 2.0**question.format_.emin
    inside: Mask = (np.abs(true) >= normal) | (true == 0)
    inside &= (np.abs(x) >= normal) | (x == 0)
    inside &= np.isfinite(x) & np.isfinite(true)
    if question.order == 1:
        for root in question.activation.orders[1].roots:
            inside &= np.abs(x - root) >= NEXT_TO_A_ROOT
    return inside


def function_of(candidate: Implementation, subject: str) -> Callable[[Array], Array]:
    """The value or the derivative of a framework's function."""
    function = candidate.forward if subject == "value" else candidate.derivative
    assert function is not None  # noqa: S101  frameworks have both
    return function


def census(question: Question, spelling: str, numbers: Iterable[int]) -> Count:
    """The count of the shards of these numbers."""
    return joined(completed(partial(_of_portion, question, spelling), numbers, None))


def _of_portion(question: Question, spelling: str, number: int) -> Count:
    function = function_of(_candidate(spelling), question.subject)
    return joined(_of_block(question, x, function(x)) for x in blocks(question.format_, number))


_candidate = cache(implementation)


def _of_block(question: Question, x: Array, got: Array) -> Count:
    """The count of a block; results that are correctly rounded have no part in the worst error."""
    expected = expected_of(question, x, None)
    other = differ(got, expected, question.format_)
    if not other.any():
        return Count(x.size, 0, 0, 0.0, 0.0)
    return replace(counted(question, x[other], got[other]), inputs=x.size)


def read() -> dict[tuple[str, str, str], Count]:
    """The committed census by (framework, activation, subject).

    Raises UsageError if it is of other versions, or lacks a function that has a spelling.
    """
    content = json.loads(CENSUS.read_text(encoding="utf-8"))
    if content["versions"] != installed_versions():
        raise UsageError(
            f"expected a census of the installed frameworks, but {CENSUS.name} is of other "
            "versions: nox -s census counts anew"
        )
    counts = {tuple(row.pop("of")): Count(**row) for row in content["rows"]}
    spelled = {
        (peer.title, activation, subject)
        for peer in PEERS
        for activation in ACTIVATIONS
        if peer.spelling(activation, {})
        for subject in SUBJECTS
    }
    if missing := sorted({activation for _, activation, _ in spelled - counts.keys()}):
        raise UsageError(
            f"expected a census of the whole catalogue, but {CENSUS.name} lacks "
            f"{', '.join(missing)}: nox -s census counts anew"
        )
    return counts


def main() -> None:
    """Count, and write; most of an hour on two cores."""
    rows: list[dict[str, Any]] = []
    for activation in ACTIVATIONS:
        for peer in PEERS:
            spelling = peer.spelling(activation, {})
            for subject in SUBJECTS if spelling else ():
                question = question_of(ACTIVATIONS[activation], subject, FLOAT32)
                count = census(question, spelling or "", portions(FLOAT32))
                rows.append({"of": (peer.title, activation, subject), **asdict(count)})
                sys.stderr.write(f"{rows[-1]}\n")
    content = {"versions": installed_versions(), "rows": rows}
    write_whole(CENSUS, json.dumps(content, indent=1, allow_nan=False) + "\n")


if __name__ == "__main__":
    main()
