"""Rectifiers: a choice between x, constants and one product is made in the format itself."""

from functools import lru_cache

import numpy as np

from reference.arithmetic.choice import Chosen
from reference.arithmetic.types import Array, Mask

from .function import Function
from .guide import CACHED
from .levels import Task

NOWHERE: Mask = np.zeros(0, dtype=bool)


def only_chooses(task: Task) -> bool:
    """Whether the formula does without arithmetic on what may have been rounded."""
    return task.function.exact and _only_chooses(task.function, tuple(task.parameters.items()))


@lru_cache(maxsize=CACHED)
def _only_chooses(function: Function, parameters: tuple[tuple[str, float], ...]) -> bool:
    try:
        y = function.evaluate(Chosen(np.ones(1), is_input=True), **dict(parameters))
    except (AttributeError, TypeError):
        return False
    return isinstance(y, Chosen)


def by_choice(task: Task, x: Array, upstream: Array | None) -> tuple[Array, Mask]:  # noqa: ARG001
    """One block; NaN stays what it is."""
    y = task.formula(Chosen(x, is_input=True))
    result, in_doubt = y.value, y.in_doubt
    if result is x:
        result = x.copy()
    if np.isnan(np.maximum.reduce(x)):
        np.copyto(result, x, where=np.isnan(x))
    return result, NOWHERE if in_doubt is None else in_doubt
