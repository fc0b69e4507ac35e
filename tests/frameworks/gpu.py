"""``nox -s gpu``: the adapters on a GPU, and kernels in Triton that pass or fail as they should."""

import sys
from pathlib import Path

import torch

from figures.command import main

# Each with its activation and the status that the check has to have.
KERNELS = (("relu", "relu", 0), ("leaky_relu", "leaky_relu", 0))
KERNELS += (("scaled_silu", "silu", 1), ("relu_but_the_last", "relu", 1))
FUNCTIONS = ("relu", "gelu", "silu", "sigmoid", "leaky_relu")
DTYPES = ("float16", "bfloat16", "float32", "float64")


def run() -> int:
    """The number of checks that did not end as they should."""
    device = "cuda" if torch.cuda.is_available() else ""
    if not device:
        sys.stdout.write("There is no GPU here, so nothing was run on one.\n")
        return 0
    wrong = 0
    for name, activation, expected in KERNELS:
        options = ("--framework", "torch", "--only", "value", "--device", device)
        status = main(["check", f"triton_kernels:{name}", activation, *options])
        wrong += status != expected
    for name in FUNCTIONS:
        for dtype in DTYPES:
            options = ("--device", device, "--dtype", dtype)
            status = main(["check", f"torch:torch.nn.functional.{name}", name, *options])
            wrong += status not in {0, 1} or (name == "relu" and status != 0)
    sys.stdout.write(f"{wrong} checks did not end as they should\n")
    return wrong


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    sys.exit(run() > 0)
