"""A candidate that cannot be called: its results are on file."""

from dataclasses import dataclass

from reference.arithmetic.types import Array, Mask
from verification.kinds import Access

from .calls import Caller


@dataclass
class Recorded(Caller):
    """A candidate that is known at some inputs only: the function gives results, and where."""

    access = Access.NONE
    why_not = "recorded results: what the function does besides computing is not judged"

    def __call__(self, *arguments: Array, warns: bool = True, reuse: bool = False) -> Array | None:  # noqa: ARG002  a Caller's
        """Return the results, None if one of them is not known."""
        [x] = arguments
        results, known = self.resiliently(x.reshape(-1), warns=warns)
        return results.reshape(x.shape) if known.all() else None

    def resiliently(self, *arguments: Array, warns: bool = True) -> tuple[Array, Mask]:  # noqa: ARG002  a Caller's
        """Results, and where they are known."""
        results, known = self.function(*arguments)
        return results, known
