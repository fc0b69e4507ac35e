"""No result, and a trouble that --allow flush-to-zero allows."""

from verification.candidates import serving
from verification.candidates.floating_point import FLUSHES

nothing = {"troubles": [["mode", FLUSHES]], "result": False, "overwrote": False, "wrote": ""}
serving._told = lambda answer: (nothing, memoryview(b""))


def f(x):
    return x
