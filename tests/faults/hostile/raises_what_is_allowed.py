"""No result, and an exception whose name --allow flush-to-zero would allow."""

from verification.candidates.floating_point import FLUSHES

Flush = type(FLUSHES, (Exception,), {})


def f(x):
    raise Flush
