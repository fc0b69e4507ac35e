"""The verdict on what was observed: examined, explained and told. It calls nobody."""

from collections.abc import Iterable, Mapping

import numpy as np

from verification.candidates.floating_point import FLUSHES
from verification.candidates.implementation import Implementation
from verification.candidates.text import shown
from verification.candidates.trouble import Trouble
from verification.diagnosis.explain import explain
from verification.errors import UsageError
from verification.examination.accuracy import Accuracy
from verification.examination.cells import DISTANT
from verification.examination.complaint import Complaint
from verification.examination.examine import examine
from verification.examination.observed import Observed
from verification.examination.truth import FLUSH_TO_ZERO, Question, expected_of
from verification.formula.activation import OfFormula
from verification.grade import Grade
from verification.kinds import KINDS
from verification.numbers.ulp import doubles

from .asked import Asked
from .breach import with_costs
from .causes import by_cause
from .finding import Symptom
from .reporting import Reporter
from .verdict import Convention, Excused, Verdict

OUT_OF_TIME = "the time is used up (see --timeout)"


def judged(
    asked: Asked, implementation: Implementation, observed: Mapping[str, Observed]
) -> Verdict:
    """The verdict on what was observed: examined, explained and told, without another call."""
    symptoms: list[Symptom] = []
    excused: list[Excused] = []
    conventions: list[Convention] = []
    grades: dict[str, str] = {}
    for name, found in observed.items():
        question = asked.question(name)
        complaints = examine(question, found)
        grade = _grade(found.seen, complaints)
        complaints = [c for c in complaints if c.legal or c.grade > asked.require]
        reporter = Reporter(question, implementation, found, explain(question, found.seen))
        troubles = [t for t in found.troubles if not _is_allowed(t, question)]
        legal = [t for t in troubles if t.kind == "warning" and not asked.strict]
        grave = [t for t in troubles if t.kind != "warning" or asked.strict]
        met = reporter.symptoms(grave, complaints)
        for symptom in with_costs(question, found.seen, complaints, met):
            if asked.baseline is not None and asked.baseline.excuses(symptom):
                because = f"{asked.baseline.name} does so too"
                excused.append(Excused(name, symptom.kind, because))
            else:
                symptoms.append(symptom)
        is_told = any(one.subject == name and one.kind in DISTANT for one in symptoms)
        is_off = found.seen.grade > asked.require and found.seen.worst_ulp > asked.tolerance
        if asked.baseline is not None and is_off and not is_told:
            because = f"no more than twice as far off as {asked.baseline.name} thereabouts"
            excused.append(Excused(name, "inaccurate", because))
        grades[name] = str(Grade.BROKEN if grave else grade)
        conventions += reporter.conventions(legal, complaints)
    expired = next(filter(None, (found.expired for found in observed.values())), "")
    untried = [
        f"of the {name} {found.untried}" for name, found in observed.items() if found.untried
    ]
    if expired and not symptoms and not untried:
        raise UsageError(f"expected the check to end in time, but {expired}")
    unfinished = "; ".join(filter(None, (OUT_OF_TIME if untried else "", *untried, expired)))
    accuracies = {name: found.seen for name, found in observed.items()}
    if not symptoms and not all(seen.inputs for seen in accuracies.values()):
        raise UsageError("expected results that can be judged, but none came")
    caller = implementation.caller
    errors = {name: seen.cells for name, seen in accuracies.items() if seen.inputs}
    return Verdict(
        implementation=shown(implementation.name),
        activation=asked.activation.name,
        dtype=asked.format_.name,
        tolerance=asked.tolerance,
        parameters=asked.parameters,
        allowances=tuple(asked.allowances(accuracies)),
        findings=by_cause(symptoms),
        conventions=tuple(conventions),
        inputs={name: seen.inputs for name, seen in accuracies.items()},
        grades=grades,
        require=str(asked.require),
        errors=errors,
        beside=() if asked.baseline is None else tuple(asked.baseline.beside(errors)),
        histogram={name: seen.histogram.counts for name, seen in accuracies.items()},
        worst_ulp={name: seen.worst_ulp for name, seen in accuracies.items() if seen.inputs},
        profile={name: (seen.x, seen.ulp) for name, seen in accuracies.items()},
        not_judged=tuple(KINDS) if unfinished else caller.not_judged(),
        why_not="; ".join(filter(None, (implementation.why_not, caller.why_not, unfinished))),
        seed=asked.seed,
        domain="" if asked.domain is None else str(asked.domain),
        promise={name: found.promise for name, found in observed.items()},
        wrong={name: seen.wrong for name, seen in accuracies.items()},
        strict=asked.strict,
        allow=tuple(sorted(asked.allow)),
        exhaustive=asked.exhaustive,
        excused=tuple(excused),
        unfinished=unfinished,
    )


def _grade(seen: Accuracy, complaints: Iterable[Complaint]) -> Grade:
    """The grade of a subject that misbehaves in no call: that of its worst result or broken law."""
    if not seen.inputs:
        return Grade.BROKEN
    return max([seen.grade, *(complaint.grade for complaint in complaints)])


def _is_allowed(trouble: Trouble, question: Question) -> bool:
    """Whether a trouble is none: flushing that is allowed, and a warning of what overflows.

    No activation of the catalogue does so; a formula may, or have no value.
    """
    if trouble.kind == "warning" and isinstance(question.activation, OfFormula):
        x, *upstream = trouble.arguments
        expected = expected_of(question, x, upstream[0] if upstream else None)
        return not np.isfinite(doubles(expected)).all()
    is_flushing = trouble.kind == "mode" and trouble.detail == FLUSHES
    return is_flushing and FLUSH_TO_ZERO in question.allow
