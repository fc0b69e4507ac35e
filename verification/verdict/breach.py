"""What the breach of a law costs, by the results that break it."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from reference.arithmetic.types import Array
from verification.examination.accuracy import Accuracy
from verification.examination.complaint import Complaint
from verification.examination.truth import Question, answer
from verification.examination.zone import costs

from .finding import Symptom


def with_costs(
    question: Question, seen: Accuracy, complaints: Iterable[Complaint], symptoms: Iterable[Symptom]
) -> list[Symptom]:
    """The symptoms; those of broken laws with what the dearest result costs that breaks them."""
    dearest: dict[str, float] = {}
    for complaint in complaints:
        if not complaint.legal:
            cost = max(_cost(question, seen, complaint), dearest.get(complaint.kind, 0.0))
            dearest[complaint.kind] = cost
    return [
        symptom
        if symptom.worst is not None
        else replace(symptom, cost=dearest.get(symptom.kind, symptom.cost))
        for symptom in symptoms
    ]


def _cost(question: Question, seen: Accuracy, complaint: Complaint) -> float:
    x, got, upstream = complaint.x.reshape(-1), complaint.got, complaint.upstream
    if got is None:
        x, got, upstream = _results_at(question, seen, x)
    elif upstream is None and question.has_factor:
        upstream = np.ones_like(x)
    if not x.size:
        return 0.0
    with np.errstate(all="ignore"):
        result = answer(question, x, got, upstream)
        cost = np.where(result.ulp > 0, costs(question, got, result, upstream), 0.0)
    return float(cost.max())


def _results_at(question: Question, seen: Accuracy, x: Array) -> tuple[Array, Array, Array | None]:
    """The results that were counted at these inputs."""
    bits = question.format_.bits
    places = np.isin(np.ascontiguousarray(seen.x).view(bits), np.ascontiguousarray(x).view(bits))
    factor = None if seen.upstream is None else seen.upstream[places]
    return seen.x[places], seen.got[places], factor
