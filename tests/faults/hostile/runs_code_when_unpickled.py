"""A result that runs code when it is unpickled."""

import os
import numpy as np


class Array(np.ndarray):
    def __reduce__(self):
        return os.system, ("touch owned",)


class Error(Exception):
    def __reduce__(self):
        return os.system, ("touch owned",)


def f(x):
    if x.size == 1:
        raise Error
    return x.view(Array)
