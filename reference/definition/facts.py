"""Facts about the activations, read from ``facts.json``: generated and certified, never typed.

``python -m verification.formula.facts`` derives them from the formula texts by ball arithmetic.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from .guide import Guide


@dataclass(frozen=True)
class Facts:
    """What is known of one function for certain parameters.

    limits: at -inf and at +inf, with the sign that a zero has there.
    bounds: infimum and supremum over the reals, as the nearest doubles.
    roots: the doubles nearest to the points where the sign changes, rising.
    symmetry: "even", "odd" or "".
    """

    limits: tuple[float, float]
    bounds: tuple[float, float]
    roots: tuple[float, ...]
    symmetry: str


@dataclass(frozen=True)
class Kink:
    """A point where the first or the second derivative jumps, and what is chosen there.

    ``left``, ``right`` and ``chosen`` are first derivatives, ``second`` has the same three of the
    second one. What is chosen of the first is an element of the subdifferential.
    """

    at: float
    left: float
    right: float
    chosen: float
    reason: str
    second: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Choice:
    """Which side's derivatives are taken at a kink: "left" or "right"; and why."""

    side: str
    reason: str

    def of(self, left: float, right: float) -> float:
        """The one of two numbers that is chosen."""
        return left if self.side == "left" else right


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(files("reference").joinpath("facts.json").read_bytes())
    return content


def entry(name: str) -> dict[str, Any] | None:
    """What the file has about an activation; None where it has nothing yet."""
    return _content().get(name)


def facts_of(content: dict[str, Any]) -> Facts:
    """The facts about one function of an entry."""
    return Facts(
        limits=_pair(content["limits"]),
        bounds=_pair(content["bounds"]),
        roots=tuple(map(float, content["roots"])),
        symmetry=content["symmetry"],
    )


def guides_of(content: dict[str, Any]) -> tuple[Guide, Guide]:
    """What the arithmetic needs of it, for formats up to float32 and for float64."""
    roots = tuple(map(float, content["roots"]))
    expansion = content["expansion"]
    narrow, wide = (
        Guide(
            limits=_pair(content["limits"]),
            saturation=float(saturation),
            cancelling_roots=tuple(root for root in roots if root != 0),
            expansion=None if expansion is None else tuple(expansion),
            starts_at_zero=content["starts_at_zero"],
        )
        for saturation in content["saturation"]
    )
    return narrow, wide


def kinks_of(content: dict[str, Any], choices: dict[str, Choice]) -> tuple[Kink, ...]:
    """The kinks of an entry, with what is chosen at each."""
    kinks = []
    for kink in content["kinks"]:
        choice = choices[kink["place"]]
        first, second = _pair(kink["first"]), _pair(kink["second"])
        chosen = (*second, choice.of(*second))
        kinks.append(
            Kink(float(kink["at"]), *first, choice.of(*first), choice.reason, second=chosen)
        )
    return tuple(kinks)


def _pair(numbers: list[Any]) -> tuple[float, float]:
    """Two numbers, of which JSON has infinities as strings."""
    first, second = map(float, numbers)
    return first, second
