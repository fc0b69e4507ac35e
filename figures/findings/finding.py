"""What a finding is: a sentence, the numbers in it, and whether they bear it out.

A finding takes a catalogue and returns its sentence, the numbers in it, and whether it holds.
The sentence says what was measured; ``holds`` compares the numbers with the claim.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What was found, the measured numbers it states, and whether they bear out the claim."""

    topic: str
    sentence: str
    numbers: Mapping[str, float]
    holds: bool


class FindingError(Exception):
    """A finding that its own numbers contradict: the report must not be made."""
