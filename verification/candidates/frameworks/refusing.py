"""What no candidate can be, which its parts show before anything is imported."""

from verification.errors import UsageError

from .c import C
from .candidate import AUTODIFF, Candidate
from .known import FRAMEWORKS
from .part import Parts


def require_sense(parts: Parts, candidate: Candidate) -> None:
    """UsageError for a candidate that asks of its framework what that does not have."""
    value, backward = parts.get("value"), parts.get("backward")
    framework = None if value is None else value.framework
    if candidate.second == AUTODIFF and (framework is None or framework.second is None):
        able = ", ".join(known.name for known in FRAMEWORKS.values() if known.second is not None)
        whose = "nobody knows which" if framework is None else framework.name
        raise UsageError(f"expected a function of {able} for a second autodiff, not of {whose}")
    if candidate.packed is not None and framework is C:
        raise UsageError("expected x and y side by side for C, which knows no rows to pack them in")
    if candidate.inputs > 1 and backward is not None and getattr(backward.framework, "file", None):
        raise UsageError(
            f"{backward.name!r}: expected a function that gives two gradients, but one in a file "
            "gives one array"
        )
