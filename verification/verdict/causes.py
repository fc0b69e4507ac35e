"""One finding for each cause: what has one reason, or looks like one mistake, is put together."""

from collections.abc import Iterable
from typing import Any

from verification.kinds import KINDS

from .finding import Finding, Symptom

# Wrong numbers without a reason: of one subject they are taken for one mistake.
NUMBERS = ("wrong sign", "flushed", "inaccurate")
# Of several subjects, these have one cause.
OF_ALL = ("length", "layout", "not deterministic", "state", "mode", "shared result")


def by_cause(symptoms: Iterable[Symptom]) -> tuple[Finding, ...]:
    """The findings, what costs most in practice first."""
    groups: dict[Any, list[Symptom]] = {}
    for symptom in symptoms:
        groups.setdefault(_cause(symptom), []).append(symptom)
    found = map(Finding.of, groups.values())
    return tuple(sorted(found, key=lambda finding: finding.rank))


def _cause(symptom: Symptom) -> tuple[str, ...]:
    kind = symptom.kind
    if symptom.why is not None:
        return "why", symptom.why
    if kind in OF_ALL:
        return ("kind", kind)
    role = "value" if symptom.subject == "value" else "slope"
    if kind in NUMBERS or KINDS[kind].follows:
        return "numbers", role
    return kind, role, symptom.detail
