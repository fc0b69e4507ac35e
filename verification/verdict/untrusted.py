"""A check of candidates that may have been made to pass it: drawn numbers, no word believed."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from verification.candidates.frameworks.candidate import Candidate
from verification.candidates.text import type_of
from verification.errors import UsageError
from verification.kinds import BY_ITS_WORD, KINDS

from .verdict import Verdict

ITS_WORD = "untrusted: what only its own process can know is not judged"
SEED_BITS = 32


def seed_of(seed: int | None, *, untrusted: bool) -> int | None:
    """The seed of the numbers that are drawn, a new one where none is given; None for no draw."""
    if seed is None:
        return secrets.randbits(SEED_BITS) if untrusted else None
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise UsageError(f"expected a seed that is an integer, 0 or more, but got {seed!r}")
    return seed


def by_name(
    things: Mapping[str, Any], framework: str | None, device: str | None, inputs: int
) -> Candidate:
    """The candidate that names stand for; UsageError for a function, which shares this process."""
    value = things.get("value")
    if isinstance(value, Candidate):
        return value
    for thing in things.values():
        if not isinstance(thing, str):
            raise UsageError(
                "untrusted: expected a name such as 'numpy:my_module.gelu', which another process "
                f"can load, but got a {type_of(thing)}, which shares this one"
            )
    if value is None:
        raise UsageError("untrusted: expected the name of a forward function, but there is none")
    return Candidate(
        value,
        framework,
        device,
        derivative=things.get("derivative"),
        second=things.get("second"),
        backward=things.get("backward"),
        inputs=inputs,
    )


def without_its_word(verdict: Verdict) -> Verdict:
    """The verdict, in which what the candidate's process says of itself proves nothing."""
    not_judged = {*verdict.not_judged, *BY_ITS_WORD}
    return replace(
        verdict,
        not_judged=tuple(kind for kind in KINDS if kind in not_judged),
        why_not="; ".join(filter(None, (verdict.why_not, ITS_WORD))),
    )
