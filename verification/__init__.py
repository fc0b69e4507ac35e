"""How we know: independent witnesses of what ``reference`` says, and their verdict.

``check`` judges anyone's implementation, and a ``Candidate`` is one by name with all that can be
said of it; they are loaded when they are asked for.
"""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from verification.candidates.frameworks import Candidate as Candidate
    from verification.verdict.check import check as check

__all__ = ["Candidate", "check"]

# What a check loads, when it comes to that.
NEEDED = ("ml_dtypes", "scipy", "flint")


def __getattr__(name: str) -> Any:
    """Import ``check`` or ``Candidate`` with what they need at their first use."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    missing = next((package for package in NEEDED if find_spec(package) is None), None)
    if missing is not None:
        from .installing import advice  # noqa: PLC0415  only where something is missing

        raise ImportError(f"verification.{name}: {advice(missing)}", name=missing)
    if name == "Candidate":
        from verification.candidates.frameworks import Candidate  # noqa: PLC0415  likewise

        return Candidate
    from verification.verdict.check import check  # noqa: PLC0415  importing a witness is light

    return check
