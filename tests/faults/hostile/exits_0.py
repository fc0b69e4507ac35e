"""An end with status 0."""

import os


def f(x):
    os._exit(0)
