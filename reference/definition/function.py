"""One function of one real variable, as data: its formula and the facts about it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .facts import Facts
from .guide import Guide


@dataclass(frozen=True, eq=False, repr=False)
class Function:
    """One function of one real variable: the value or a derivative of an activation.

    Two of them are equal only if they are the same one, by which results are kept.

    formula: its text, in the language of `verification.formula`.
    evaluate: the same by hand, over the number types of `reference.arithmetic`.
    facts: limits, bounds, roots and symmetry for the default parameters.
    guides: what the arithmetic needs of them, in formats up to float32 and in float64.
    exact: `evaluate` needs no more than one rounding, that of a product with upstream included.
    """

    evaluate: Callable[..., Any]
    formula: str
    facts: Facts | None = None
    guides: tuple[Guide, Guide] | None = None
    exact: bool = False

    def __repr__(self) -> str:
        return f"<{self.formula}>"

    @property
    def limits(self) -> tuple[float, float]:
        """The limits at -inf and at +inf, with the sign that a zero has there."""
        return self._known.limits

    @property
    def bounds(self) -> tuple[float, float]:
        """Infimum and supremum over the reals, as the nearest doubles."""
        return self._known.bounds

    @property
    def roots(self) -> tuple[float, ...]:
        """The doubles nearest to the points where the sign changes, rising."""
        return self._known.roots

    @property
    def symmetry(self) -> str:
        """Whether it is "even" or "odd"; empty if neither."""
        return self._known.symmetry

    @property
    def _known(self) -> Facts:
        if self.facts is None:
            raise LookupError(
                f"the facts about {self.formula} are not in reference/facts.json yet: "
                "python -m verification.formula.facts derives them"
            )
        return self.facts
