"""What it costs to start: the import, and the command's help."""

import subprocess
import sys

from table import Section
from timing import seconds

CALLS = {
    "import numpy": "import numpy",
    "import reference": "import reference",
    "halfulp --help": "from figures.command import main; main(['--help'])",
}


def starting():
    """In processes of their own."""

    def call(code):
        command = [sys.executable, "-c", code]
        return lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True)  # noqa: S603  our own

    best = seconds({"python": call("pass"), **{name: call(code) for name, code in CALLS.items()}})
    rows = [(name, f"{(best[name] - best['python']) * 1e3:.0f}") for name in CALLS]
    beyond = (best["import reference"] - best["import numpy"]) * 1e3
    says = f"`import reference` costs {beyond:.0f} ms beyond NumPy's own."
    return Section("Start, in ms beyond Python's own", ("what", "ms"), rows, says)
