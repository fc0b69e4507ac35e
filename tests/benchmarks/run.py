"""All benchmarks, one after the other: ``nox -s benchmark`` writes tests/benchmarks/RESULTS.md."""

import argparse
import platform
from importlib import metadata
from pathlib import Path

import arrays
import before
import commands
import judging
import looked_up
import psutil
import scaling
import starting

RESULTS = Path(__file__).parent / "RESULTS.md"
PACKAGES = ("numpy", "torch", "jax", "scipy", "mpmath", "python-flint", "distributed", "gmpy2")


def machine():
    """Describe the processor, its cores, the memory and the versions."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = f"{lines[0].split(':')[1].strip()} ({platform.machine()})"
    memory = psutil.virtual_memory().total / 2**30
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    return (
        f"{model}, {psutil.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python "
        f"{platform.python_version()}, {versions}"
    )


def sections(commit):
    """Each as soon as it is measured."""
    yield arrays.float32()
    yield arrays.float64()
    yield looked_up.short()
    yield looked_up.rectifiers()
    yield looked_up.together()
    if commit:
        yield before.beside(commit)
    yield arrays.growth()
    yield arrays.small()
    yield arrays.threads()
    yield starting.starting()
    yield commands.commands()
    checks, check_seconds = judging.judging()
    yield checks
    sweeps, function_seconds = scaling.scaling()
    yield sweeps
    yield scaling.model(function_seconds, check_seconds, scaling.overhead())


def main():
    """Print the sections, and write them into the file."""
    parser = argparse.ArgumentParser(description="Measure, print, and write RESULTS.md.")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--before", metavar="COMMIT", help="measure beside an earlier commit, too")
    arguments = parser.parse_args()
    head = (
        "Written by `nox -s benchmark`. Each row was measured side by side in one run; only the "
        f"ratios mean much on a shared machine. {machine()}."
    )
    parts = ["# Benchmarks", head]
    for part in parts:
        print(part, end="\n\n")  # noqa: T201  what a benchmark is for
    for section in sections(arguments.before):
        print(section.markdown(), end="\n\n", flush=True)  # noqa: T201  likewise
        parts.append(section.markdown())
    arguments.out.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
