"""The folder that it runs in is gone after a call."""

import os
import shutil

FOLDER = os.getcwd()


def f(x):
    shutil.rmtree(FOLDER, ignore_errors=True)
    return x
