"""Selection by bits, against `numpy.where`."""

import numpy as np
import pytest

from reference.arithmetic.selection import select

PAYLOAD = np.array([0x7FF8000000001234, 0xFFF8000000000001], np.uint64).view(np.float64)
SPECIAL = np.concatenate([[0.0, -0.0, 1.5, -np.inf, np.inf, 5e-324], PAYLOAD])


@pytest.mark.parametrize("otherwise", [SPECIAL[::-1].copy(), -0.0], ids=["array", "scalar"])
@pytest.mark.parametrize("chosen", [SPECIAL, 1.0], ids=["array", "scalar"])
def test_bits_are_those_of_where(chosen, otherwise):
    """For all pairs of a number and a condition, payloads and signs of zeros included."""
    for condition in (np.arange(SPECIAL.size) % 2 == 0, np.arange(SPECIAL.size) % 3 == 0):
        expected = np.where(condition, chosen, otherwise)
        selected = select(condition, chosen, otherwise)
        assert selected.view(np.uint64).tolist() == expected.view(np.uint64).tolist()
