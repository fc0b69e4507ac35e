"""The third stage: why results are wrong, by what was observed of them. It calls nobody.

One reason is looked for that explains all the wrong results. Those that it does not explain are
looked at kind by kind, and then part by part: what is wrong in the tails may have another reason,
once there is one for what is wrong in practice.
"""

from collections.abc import Callable, Iterator, Mapping
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
    """The reason of the wrong results of each part, or None.

    ``of_products`` is that of the results altogether, if it is about what x is multiplied by.
    """

    whys: dict[Part, str | None] = field(default_factory=dict)
    of_products: str | None = None


def explain(question: Question, seen: Accuracy) -> Explanation:
    """The reasons of all the wrong results."""
    tallies = {part: tally for part, tally in seen.tallies.items() if part.kind in KINDS}
    whys: dict[Part, str | None] = dict.fromkeys(tallies)
    if not tallies:
        return Explanation(whys)
    from .reasons import diagnose  # noqa: PLC0415  SciPy and flint where there is something wrong

    of_products: str | None = None
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
            samples = _samples(group)
            reason = None
            if frozenset(group) not in tried:
                reason = diagnose(_case(question, seen, samples))
            tried.add(frozenset(group))
            found = {} if reason is None else dict(_told(reason, samples))
            whys |= found
            if reason is not None and reason.about_factor:
                of_products = reason.sentence
            if level is LEVELS[-1] and not found:
                unexplained |= kinds
        left = {part: tally for part, tally in left.items() if whys[part] is None}
    return Explanation(whys, of_products)


def _samples(tallies: Mapping[Part, Tally]) -> dict[Part, Any]:
    """Some of the wrong results of each part."""
    step = sum(tally.sampled for tally in tallies.values()) // DIAGNOSED + 1
    return {
        part: tally.sample(max(tally.sampled // step, LEAST)) for part, tally in tallies.items()
    }


def _told(reason: Reason, samples: Mapping[Part, Any]) -> Iterator[tuple[Part, str]]:
    """The sentence of each part that a reason explains."""
    sizes = [x.size for x, *_ in samples.values()]
    places = np.repeat(np.arange(len(sizes)), sizes)
    for number, part in enumerate(samples):
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
