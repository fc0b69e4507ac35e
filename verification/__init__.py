"""How we know: independent witnesses of what ``reference`` says, and their verdict.

``check`` judges anyone's implementation; it is loaded when it is asked for.
"""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from verification.verdict.check import check as check

__all__ = ["check"]

# What a check loads, when it comes to that.
NEEDED = ("ml_dtypes", "scipy", "flint")


def __getattr__(name: str) -> Any:
    """Import ``check`` with what it needs at its first use."""
    if name != "check":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    missing = next((package for package in NEEDED if find_spec(package) is None), None)
    if missing is not None:
        from .installing import advice  # noqa: PLC0415  only where something is missing

        raise ImportError(f"verification.check: {advice(missing)}", name=missing)
    from verification.verdict.check import check  # noqa: PLC0415  importing a witness is light

    return check
