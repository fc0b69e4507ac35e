"""What tests of verdicts share: fewer numbers, where the promise is not their subject."""

import pytest

from verification.observation import grid


@pytest.fixture(autouse=True)
def few_numbers(request, monkeypatch):
    """Every 2^16th number of float32, unless a test is marked with ``whole_promise``."""
    if request.node.get_closest_marker("whole_promise") is None:
        monkeypatch.setattr(grid, "FINEST", grid.COARSEST)
