"""What a call may do that it should not, as data; and the errors for a call that has no end."""

from dataclasses import dataclass
from math import inf

from reference.arithmetic.types import Array
from verification.numbers.arrangement import Arrangement

# What is said of a call that has been made twice.
REPEATED = "the first call gives other bits than the same call, repeated"


class Died(Exception):  # noqa: N818  its message ends the sentence "the process ..."
    """The candidate's process ended, or had to be ended, in the middle of a call."""

    kind = "crash"


class Hung(Died):
    """It had to be ended, because no result came in time."""

    kind = "hang"


class Nonsense(Died):
    """It gave something that is no result."""

    kind = "no result"


class Expired(Died):
    """It was not called, because there was no time left."""


@dataclass(frozen=True)
class Trouble:
    """What a call did that it should not, and the arguments that it did it with.

    ``arrays`` says how they lay in memory; copies of them lie in another way.
    """

    kind: str
    detail: str
    arguments: tuple[Array, ...]
    arrays: tuple[Arrangement, ...] = ()

    def __post_init__(self) -> None:
        """Look at the arguments, as long as nobody has copied them."""
        if not self.arrays:
            object.__setattr__(self, "arrays", tuple(map(Arrangement.of, self.arguments)))

    @property
    def size(self) -> float:
        """How many elements it takes; what happens without any may be about just that."""
        return self.arguments[0].size or inf
