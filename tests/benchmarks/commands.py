"""What ``halfulp check`` costs a user, from the start of the process to the verdict."""

import re
import subprocess
import sys

from table import Section
from timing import seconds

CHECKS = (
    ("numpy:numpy.tanh", "tanh"),
    ("torch:torch.nn.functional.gelu", "gelu"),
    ("torch:torch.nn.functional.silu", "silu"),
    ("jax:jax.nn.gelu?approximate=False", "gelu"),
    ("jax:jax.nn.silu", "silu"),
)
COMMAND = "import sys; from figures.command import main; sys.exit(main(sys.argv[1:]))"


def commands():
    """One framework after the other, in float32."""
    rows = []
    for candidate, name in CHECKS:
        command = [sys.executable, "-c", COMMAND, "check", candidate, name, "--dtype", "float32"]
        said = []

        def call(command=command, said=said):
            said.append(subprocess.run(command, capture_output=True, text=True, check=False).stdout)  # noqa: S603  our own

        best = seconds({"check": call}, rounds=1)
        results = re.search(r"(\d+) results", said[-1])
        rows.append(
            (candidate, name, f"{best['check']:.1f}", f"{int(results[1]):,}" if results else "")
        )
    return Section(
        "halfulp check in float32, from the start of the process to the verdict",
        ("candidate", "function", "s", "results"),
        rows,
        "Value and, where a framework derives it, derivative and backward, with the reasons for "
        "what is wrong.",
    )
