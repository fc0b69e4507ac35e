"""The third stage: why results are wrong, by what was observed of them. It calls nobody.

One reason is looked for that explains all the wrong results. Those that it does not explain are
looked at kind by kind, and then part by part: what is wrong in the tails may have another reason,
once there is one for what is wrong in practice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from verification.examination.accuracy import Accuracy
from verification.examination.tally import Part, Tally
from verification.examination.truth import Question
from verification.kinds import KINDS

from .patterns import Case, Others
from .reason import Reason

# Wrong results that a diagnosis looks at, the least of a part, and those of each other part.
DIAGNOSED = 1500
LEAST = 40
OTHERS = 400
# By what wrong results are looked at together: all, those of a kind, those of a part.
LEVELS: tuple[Callable[[Part], Any], ...] = (
    lambda _: None,
    lambda part: part.kind,
    lambda part: part,
)


@dataclass(frozen=True)
class Explanation:
    """The reason of the wrong results of each part, and ``main``, that of most of all; or None."""

    main: str | None = None
    whys: dict[Part, str | None] = field(default_factory=dict)


def explain(question: Question, seen: Accuracy) -> Explanation:
    """The reasons of all the wrong results."""
    tallies = {part: tally for part, tally in seen.tallies.items() if part.kind in KINDS}
    whys: dict[Part, str | None] = dict.fromkeys(tallies)
    main: str | None = None
    left, tried = dict(tallies), set[frozenset[Part]]()
    for level in LEVELS:
        groups: dict[Any, dict[Part, Tally]] = {}
        for part in sorted(left, key=lambda part: part.zone):
            groups.setdefault(level(part), {})[part] = left[part]
        unexplained: set[str] = set()
        for group in groups.values():
            kinds = {part.kind for part in group}
            if kinds & unexplained:
                continue
            # A kind may be all there is, or a part all of its kind.
            found = {} if frozenset(group) in tried else _explained(question, seen, group)
            tried.add(frozenset(group))
            whys |= found
            if len(group) == len(tallies) and found:
                main = next(iter(found.values()))
            if level is LEVELS[-1] and not found:
                unexplained |= kinds
        left = {part: tally for part, tally in left.items() if whys[part] is None}
    if main is None:
        main = next((why for part, why in whys.items() if part.kind == "inaccurate"), None)
    return Explanation(main, whys)


def _explained(
    question: Question, seen: Accuracy, tallies: Mapping[Part, Tally]
) -> dict[Part, str]:
    """The reason of some parts together, for each of those that it explains."""
    from .reasons import diagnose  # noqa: PLC0415  SciPy and flint where there is something wrong

    step = sum(tally.sampled for tally in tallies.values()) // DIAGNOSED + 1
    samples = {
        part: tally.sample(max(tally.sampled // step, LEAST)) for part, tally in tallies.items()
    }
    reason = diagnose(_case(question, seen, samples))
    if reason is None:
        return {}
    sizes = [x.size for x, *_ in samples.values()]
    places = np.repeat(np.arange(len(sizes)), sizes)
    return dict(_told(reason, places, list(samples)))


def _told(reason: Reason, places: Any, parts: list[Part]) -> Any:
    for number, part in enumerate(parts):
        mask = places == number
        if reason.covers(mask):
            yield part, reason.of(mask)


def _case(question: Question, seen: Accuracy, samples: Mapping[Part, Any]) -> Case:
    x, got, upstream = zip(*samples.values(), strict=True)
    factors = [part for part in upstream if part is not None]
    return Case(
        question,
        np.concatenate(x),
        np.concatenate(got),
        np.concatenate(factors) if factors else None,
        right=seen.right(),
        wrong=sum(seen.looked.get(part, 0) for part in samples),
        others=_others(seen, samples),
    )


def _others(seen: Accuracy, samples: Mapping[Part, Any]) -> Others:
    """Wrong results of the other parts."""
    x, got, upstream = next(iter(samples.values()))
    found = [(x[:0], got[:0], None if upstream is None else upstream[:0], np.empty(0))]
    for part, tally in seen.tallies.items():
        if part not in samples:
            sample = tally.sample(OTHERS)
            size = sample[0].size
            found.append((*sample, np.full(size, tally.wrong / max(size, 1))))
    xs, gots, upstreams, weights = zip(*found, strict=True)
    factors = None if upstream is None else np.concatenate(upstreams)
    return Others(np.concatenate(xs), np.concatenate(gots), factors, np.concatenate(weights))
