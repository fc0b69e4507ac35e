"""A function that takes contiguous arrays alone."""

from verification.candidates.calls import Caller


class Contiguous(Caller):
    """Calls such a function: how it takes other arrays is not asked of it."""

    why_not = "the function gets contiguous arrays alone: how it takes others is not judged"

    @classmethod
    def not_judged(cls) -> tuple[str, ...]:
        """See `Caller`."""
        return (*super().not_judged(), "layout")
