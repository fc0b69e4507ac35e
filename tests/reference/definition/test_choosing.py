"""Rectifiers are chosen in the format itself, and nothing else is."""

import numpy as np

from reference import ACTIVATIONS
from reference.definition.choosing import only_chooses
from reference.definition.evaluation import evaluate
from reference.definition.function import Function
from reference.definition.guide import Guide
from reference.definition.levels import Task

IDENTITY = Function(lambda x: x, "x", exact=True)


def test_the_result_of_the_identity_is_a_new_array():
    """Although nothing is computed."""
    x = np.array([1.0, -0.0, np.nan, np.inf])
    result = evaluate(IDENTITY, x, None, {})
    assert not np.shares_memory(result, x)
    assert result.tobytes() == x.tobytes()


def test_it_is_the_rectifiers_that_choose():
    """Both of their first orders, and no order of the others."""
    choose = {
        name
        for name, activation in ACTIVATIONS.items()
        for function in activation.orders[:2]
        if only_chooses(
            Task(function, activation.parameters, np.dtype(np.float32), Guide((0, 0)), 1)
        )
    }
    assert choose == {"relu", "leaky_relu"}
