"""The folder of temporary files is gone after a call."""

import os
import shutil


def f(x):
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
    return x
