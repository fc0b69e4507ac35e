"""What functions of the same numbers have in common is computed once: an exponential, the tail.

Within `sharing`, a `shared` function keeps its results by the identity of its argument. Nobody
writes to such a result.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any


class _Local(threading.local):
    kept: dict[tuple[Any, int], tuple[Any, Any]] | None = None


_LOCAL = _Local()


@contextmanager
def sharing() -> Iterator[None]:
    """Keep results, in this thread, until the end of the block."""
    _LOCAL.kept = {}
    try:
        yield
    finally:
        _LOCAL.kept = None


def shared(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function of one number whose results are kept within `sharing`."""

    @wraps(function)
    def kept_or_computed(x: Any) -> Any:
        kept = _LOCAL.kept
        if kept is None:
            return function(x)
        key = function, id(x)
        if key not in kept:
            kept[key] = function(x), x  # x with it, so that its identity stays its own
        return kept[key][0]

    return kept_or_computed
