"""The third stage: why results are wrong, by what was observed of them. It calls nobody."""

from dataclasses import dataclass, field

import numpy as np

from verification.examination.accuracy import Accuracy, Tally
from verification.examination.truth import Question
from verification.kinds import KINDS

from .patterns import Case
from .reasons import diagnose

# Wrong results that a diagnosis looks at, and the least of a kind.
DIAGNOSED = 1500
LEAST = 40


@dataclass(frozen=True)
class Explanation:
    """The reason of each kind of wrong results, and ``main``, that of most of them; or None."""

    main: str | None = None
    whys: dict[str, str | None] = field(default_factory=dict)


def explain(question: Question, seen: Accuracy) -> Explanation:
    """The reason for all the wrong results, of the kinds that it explains; else their own."""
    kinds = {kind: tally for kind, tally in seen.tallies.items() if kind in KINDS}
    if not kinds:
        return Explanation()
    step = sum(tally.sampled for tally in kinds.values()) // DIAGNOSED + 1
    cases = {kind: _case(question, seen, {kind: tally}, step) for kind, tally in kinds.items()}
    joint = diagnose(_case(question, seen, kinds, step))
    places = np.repeat(list(kinds), [case.x.size for case in cases.values()])
    whys: dict[str, str | None] = {}
    for kind, case in cases.items():
        if joint is not None and joint.covers(places == kind):
            whys[kind] = joint.of(places == kind)
        else:
            reason = diagnose(case)
            whys[kind] = None if reason is None else reason.sentence
    main = whys.get("inaccurate") if joint is None else joint.sentence
    return Explanation(main, whys)


def _case(question: Question, seen: Accuracy, tallies: dict[str, Tally], step: int) -> Case:
    """Every ``step``-th wrong result of each kind; more of a kind that has few."""
    samples = [tally.sample(max(tally.sampled // step, LEAST)) for tally in tallies.values()]
    x, got, upstream = zip(*samples, strict=True)
    factors = [part for part in upstream if part is not None]
    return Case(
        question,
        np.concatenate(x),
        np.concatenate(got),
        np.concatenate(factors) if factors else None,
        right=seen.right(),
        wrong=sum(seen.looked.get(kind, 0) for kind in tallies),
    )
