"""How we know: independent witnesses of what ``reference`` says, and their verdict.

``check`` judges anyone's implementation; it is loaded when it is asked for.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from verification.verdict.check import check as check

__all__ = ["check"]


def __getattr__(name: str) -> Any:
    """Import ``check`` with what it needs at its first use."""
    if name != "check":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        from verification.verdict.check import (  # noqa: PLC0415  importing a witness is light
            check,
        )
    except ModuleNotFoundError as error:
        from .installing import advice  # noqa: PLC0415  only where something is missing

        package = (error.name or "").partition(".")[0]
        if package in {"", "reference", "verification"}:
            raise
        raise ImportError(f"verification.check: {advice(package)}", name=error.name) from None

    return check
