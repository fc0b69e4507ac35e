"""A reason for wrong results: a sentence, and which of them it explains."""

from collections.abc import Callable
from dataclasses import dataclass

from reference.arithmetic.types import Mask

# What explains more explains it all: the order of the tables decides.
CERTAIN = 0.97
# By how much a later reason has to be better than an earlier one, of 2 in all.
MARGIN = 0.1
# What a mistake in a part of the inputs loses by that, of 2 in all.
OF_A_PART = 0.15


@dataclass(frozen=True)
class Reason:
    """A sentence, which of the wrong results it explains, and which of them number by number.

    ``tell`` gives the sentence about a part of them, where that is another one. A mistake that is
    made ``in_part`` of the inputs comes after one that is made everywhere. One ``about_factor`` is
    about what x is not: upstream, or the other input of a gate.
    """

    sentence: str
    explained: Mask
    exactly: Mask
    tell: Callable[[Mask], str] | None = None
    in_part: bool = False
    about_factor: bool = False

    def of(self, part: Mask) -> str:
        """The sentence about a part of the wrong results."""
        return self.sentence if self.tell is None else self.tell(part)

    @property
    def share(self) -> float:
        """The share of the wrong results that it explains."""
        return min(float(self.explained.mean()), CERTAIN)

    def is_better_than(self, other: "Reason") -> bool:
        """Whether it explains more results, and hits more numbers, by a margin in all."""
        return self.score > other.score + MARGIN

    @property
    def score(self) -> float:
        """The share that it explains and the share that it hits."""
        return self.share + float(self.exactly.mean()) - self.in_part * OF_A_PART

    def covers(self, part: Mask) -> bool:
        """Whether it explains most of this part of the wrong results."""
        return 2 * int(self.explained[part].sum()) >= int(part.sum())
