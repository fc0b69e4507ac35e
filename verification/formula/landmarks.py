"""Landmarks of a formula: kinks where the value itself may jump, and how many roots are known."""

from dataclasses import dataclass

from reference import Kink

# A function with so many roots has more of them, further out; these are the nearest to 0.
MOST_ROOTS = 100


@dataclass(frozen=True)
class Jump(Kink):
    """A kink, and the ``values`` on its left and on its right.

    ``is_exact`` says whether ``at`` is the place itself, and not the double next to it.
    """

    values: tuple[float, float] = (0.0, 0.0)
    is_exact: bool = True

    @property
    def jumps(self) -> bool:
        """Whether the value jumps."""
        return self.values[0] != self.values[1]
