"""Beside an earlier commit, in one run: each version in a process of its own, by turns."""

import json
import subprocess
import sys
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path

from looked_up import RECTIFIERS
from table import Section, geometric_mean

from reference import ACTIVATIONS

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ROUNDS = 5
# What the later version shall halve: float64, and calls on few elements.
WORKLOADS = {
    "float64, 2^18": ("float64", 1 << 18),
    "float64, 1,000": ("float64", 1000),
    "float64, 1": ("float64", 1),
    "float32, 1,000": ("float32", 1000),
    "float32, 1": ("float32", 1),
}


class Version:
    """A process that measures one call at a time, with ``reference`` from a folder."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(  # noqa: S603  our own
            [sys.executable, str(HERE / "serve.py")],
            cwd=folder,
            env={"PYTHONPATH": f"{folder}:{HERE}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *call: object) -> float | None:
        """Seconds of a call; None for a function that this version lacks."""
        self._process.stdin.write(json.dumps(call) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def end(self) -> None:
        """Let it go."""
        self._process.stdin.close()
        self._process.wait()


def beside(commit: str) -> Section:
    """The shares of the earlier version's time that this one takes."""
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.run(  # noqa: S603  our own repository
            ["git", "archive", commit, "reference"],  # noqa: S607  likewise
            cwd=ROOT,
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        with tarfile.open(fileobj=BytesIO(archive)) as tar:
            tar.extractall(folder, filter="data")
        versions = {"before": Version(Path(folder)), "now": Version(ROOT)}
        try:
            rows = [_row(name, versions) for name in ACTIVATIONS if name not in RECTIFIERS]
        finally:
            for version in versions.values():
                version.end()
    rows = [row for row in rows if row is not None]
    columns = list(zip(*(shares for _, shares in rows), strict=True))
    means = [geometric_mean([share for pair in column for share in pair]) for column in columns]
    return Section(
        f"This version's time as a share of that at {commit}: value, derivative",
        ("function", *WORKLOADS),
        [(name, *(f"{a:.2f}, {b:.2f}" for a, b in shares)) for name, shares in rows],
        "Geometric means: "
        + ", ".join(f"{mean:.2f} ({what})" for what, mean in zip(WORKLOADS, means, strict=True))
        + ". Both versions took turns in one run.",
    )


def _row(name, versions):
    """A function's shares, by workload and order."""
    shares = []
    for dtype, size in WORKLOADS.values():
        pair = []
        for order in (0, 1):
            best = dict.fromkeys(versions, float("inf"))
            for _ in range(ROUNDS):
                for key, version in versions.items():
                    measured = version(name, order, dtype, size)
                    if measured is None:
                        return None
                    best[key] = min(best[key], measured)
            pair.append(best["now"] / best["before"])
        shares.append(tuple(pair))
    return name, shares
