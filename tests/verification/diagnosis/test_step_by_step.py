"""Where no mistakes are listed, the textbook formula itself explains what it loses."""

import numpy as np
import pytest

from verification import check


def naive_elu(x):
    """e^x - 1 cancels near 0."""
    with np.errstate(over="ignore"):
        return np.where(x > 0, x, np.exp(x) - 1)


def another_alpha(x):
    """Right in every step, but for another parameter."""
    return np.where(x > 0, x, np.float32(0.5) * np.expm1(np.minimum(x, 0)))


def reasons(candidate, dtype):
    """Why results of the value are wrong, by kind."""
    found = check(candidate, "elu", dtype=dtype).symptoms
    return {finding.kind: finding.why or "" for finding in found}


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_a_textbook_kernel_is_recognised(dtype):
    """By its own formula, in the format that it was evaluated in."""
    found = reasons(naive_elu, dtype)
    assert found["flushed"] == found["inaccurate"] == "exp(x) - 1 cancels"


def test_another_mistake_is_not_called_that():
    """A wrong parameter is no rounding."""
    found = reasons(another_alpha, "float32")
    assert found["inaccurate"] == "alpha is 0.5, not 1"
    assert "cancels" not in "".join(found.values())
