"""A candidate that changes the processor's floating-point mode is told, and does not mislead us."""

import ctypes
import platform
import sys

import numpy as np
import pytest

from reference import tanh
from verification.candidates.floating_point import FLUSHES, ROUNDS, deviation
from verification.verdict.check import check

pytestmark = pytest.mark.skipif(
    not (sys.platform == "linux" and platform.machine() == "x86_64"),
    reason="the modes are set by the bits of x86-64, where glibc keeps them",
)
FLUSH, UPWARD, CHOP = 0x8040, 0x4000, 0x6000
MXCSR = slice(28, 32)


def switch(bits):
    """Set bits of the control register for SSE."""
    library = ctypes.CDLL(None)
    environment = ctypes.create_string_buffer(512)
    library.fegetenv(environment)
    register = int.from_bytes(environment[MXCSR], "little") | bits
    environment[MXCSR] = register.to_bytes(4, "little")
    library.fesetenv(environment)


@pytest.fixture
def default_mode():
    """Go back to the default mode, however the test ends."""
    yield
    ctypes.CDLL(None).fesetenv(ctypes.c_void_p(-1))


@pytest.mark.usefixtures("default_mode")
@pytest.mark.parametrize(("bits", "said"), [(FLUSH, FLUSHES), (UPWARD, ROUNDS), (CHOP, ROUNDS)])
def test_one_that_changes_the_mode_in_a_call_fails(bits, said):
    """It is judged in its own mode at the next call, and leaves the process as it wants."""

    def changes(x):
        switch(bits)
        return np.tanh(x.astype(np.float64)).astype(x.dtype)

    found = {finding.kind: finding for finding in check(changes, "tanh").symptoms}
    assert found["mode"].detail.startswith(said)
    assert ("flushed" in found) is (bits == FLUSH)
    assert deviation() == said


@pytest.mark.usefixtures("default_mode")
def test_one_that_has_changed_the_mode_when_it_was_loaded_fails():
    """As a library that is linked with -ffast-math does; we do not flush where it does."""
    judged = check(np.tanh, "tanh", dtype="float64").inputs
    switch(FLUSH)
    verdict = check(lambda x: x * 1.0, "tanh", dtype="float64", allow=["flush-to-zero"])
    assert verdict.inputs == judged
    assert "mode" not in {finding.kind for finding in verdict.symptoms}
    kinds = {finding.kind for finding in check(tanh, "tanh").symptoms}
    assert {"mode", "flushed"} <= kinds


def test_one_that_sets_the_mode_back_has_not_changed_it():
    """Many a library flushes for as long as it computes."""

    def careful(x):
        switch(FLUSH)
        ctypes.CDLL(None).fesetenv(ctypes.c_void_p(-1))
        return tanh(x)

    assert check(careful, "tanh")


@pytest.mark.usefixtures("default_mode")
def test_one_that_changes_the_mode_while_its_input_is_shrunk_fails():
    """It is wrong at large numbers, and changes the mode when it is given one of them alone."""

    def changes(x):
        y = np.tanh(x.astype(np.float64)).astype(x.dtype)
        y[np.abs(x) > 3] *= x.dtype.type(0.875)
        if x.shape == (1,) and 3 < abs(float(x[0])) < 70:
            switch(UPWARD)
        return y

    found = {finding.kind: finding for finding in check(changes, "tanh").symptoms}
    assert {"inaccurate", "mode"} <= set(found)
    assert 3 < abs(found["mode"].at) < 70
