"""Whether a function takes what it will be given; one that does not is misuse, and no finding."""

import inspect

import numpy as np

from reference.arithmetic.formats import FORMATS
from verification.candidates.text import said_by, shown
from verification.errors import UsageError

from .framework import Function


def has_signature(function: Function) -> bool:
    """Whether it says what it takes; a function of compiled code may not."""
    try:
        inspect.signature(function)
    except (ValueError, TypeError):
        return False
    return True


def require_signature(function: Function, count: int, name: str) -> None:
    """UsageError for a function that says that it takes something else."""
    if not has_signature(function):
        return
    signature = inspect.signature(function)
    try:
        signature.bind(*range(count))
    except TypeError as error:
        raise UsageError(
            f"{name!r}: expected a function of {_arrays(count)}, but it takes "
            f"{shown(str(signature))}: {error}"
        ) from None


def attempt(function: Function, count: int, name: str, dtype: str, *, any_error: bool) -> None:
    """Try a function with small arrays; UsageError if it says that its arguments are others.

    Where ``any_error`` says so, there is no other way to find that out.
    """
    array = np.full(1, 0.5).astype(FORMATS[dtype].dtype)
    try:
        function(*(array.copy() for _ in range(count)))
    except UsageError:
        raise
    except Exception as error:  # noqa: BLE001  it is a candidate's own
        if any_error or (isinstance(error, TypeError) and "argument" in str(error)):
            raise UsageError(
                f"{name!r}: expected a function that takes {_arrays(count)} of {dtype}, but it "
                f"says: {said_by(error)}"
            ) from None


def _arrays(count: int) -> str:
    return "one array" if count == 1 else f"{count} arrays"
