"""What ``check`` and ``judge`` have in common: how exact, and where the verdict goes."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from verification.errors import UsageError
from verification.grade import REQUIRED, Grade

from .terminal import told_on_output

if TYPE_CHECKING:
    from verification.verdict.verdict import Verdict

# The options that name a file to be written.
WRITTEN = ("json", "junit", "markdown", "plot", "write_known")
PLOTS = (".png", ".svg", ".pdf")
# Those of them that are text, which standard output may get in the place of the verdict's lines.
TEXTS = ("json", "junit", "markdown")
OUTPUT = Path("-")

# What takes long to load is imported where it is used, so that `halfulp --help` is quick.
# ruff: noqa: PLC0415


def add_parameters(parser: ArgumentParser) -> None:
    """Add the option that sets parameters of the activation."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        dest="parameters",
        metavar="NAME=NUMBER",
        help="a parameter of the activation, such as negative_slope=0.2; repeat it for several",
    )


def add_options(parser: ArgumentParser) -> None:
    """Add the options of a verdict."""
    parser.add_argument("--tolerance", type=float, metavar="ULP", help="default: 4; 16-bit: 1")
    parser.add_argument(
        "--strict",
        action="store_true",
        help="no allowance next to roots, nor for signs of zeros, order, symmetry and layout",
    )
    parser.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="NAME",
        help="flush-to-zero: subnormal numbers may count as 0; length: the last bits may depend "
        "on the length of the array; repeat it for both",
    )
    parser.add_argument(
        "--require",
        choices=REQUIRED,
        default=str(Grade.ACCURATE),
        help="the grade that passes; default: accurate, within the tolerance in ulp; close is what "
        "assert_close lets pass",
    )
    parser.add_argument(
        "--all", action="store_true", help="print every finding, not the first ones"
    )
    parser.add_argument(
        "--known", type=Path, metavar="FILE", help="accepted findings: others alone count"
    )
    parser.add_argument(
        "--write-known", type=Path, metavar="FILE", help="accept what is found, for a review"
    )
    parser.add_argument(
        "--json",
        type=Path,
        metavar="FILE",
        help="write the verdict as JSON; to standard output, and nothing else there, with -",
    )
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write it as JUnit XML, for CI")
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="write it as a comment for a pull request"
    )
    parser.add_argument(
        "--github", action="store_true", help="print annotations for a workflow of GitHub"
    )
    parser.add_argument(
        "--plot", type=Path, metavar="FILE", help="draw the error in ulp, as .png, .svg or .pdf"
    )


def prepare(arguments: Namespace) -> None:
    """Refuse places that cannot be written before the work, and load what writes the verdict.

    Later a candidate may have changed the files that Python loads it from.
    """
    from reference.arithmetic.formats import FORMATS
    from verification.records.files import prepare as prepare_one
    from verification.verdict import junit, known, plot  # noqa: F401  loaded in time

    written = {name: getattr(arguments, name) for name in WRITTEN}
    paths = [path for path in written.values() if path]
    if len(set(paths)) < len(paths):
        options = ", ".join(f"--{name.replace('_', '-')}" for name in WRITTEN)
        raise UsageError(f"expected a file for each of {options}, but two are one")
    if arguments.plot and arguments.plot.suffix not in PLOTS:
        ends = ", ".join(PLOTS)
        raise UsageError(f"--plot: expected a name that ends in {ends}, but got {arguments.plot}")
    if arguments.github and (name := on_output(arguments)) is not None:
        raise UsageError(
            f"expected --{name} - or --github, as standard output is for one of them, but got both"
        )
    for path in paths:
        if path != OUTPUT:
            prepare_one(path)
    arguments.accepted = () if arguments.known is None else known.read(arguments.known)
    if arguments.plot:
        plot.draw(arguments.plot.suffix[1:], "", [], FORMATS["float32"], 1.0)


def on_output(arguments: Namespace) -> str | None:
    """The option that standard output is for, and nothing else; None if there is none."""
    return next((name for name in TEXTS if getattr(arguments, name) == OUTPUT), None)


def deliver(verdict: "Verdict", arguments: Namespace) -> int:
    """Write what was asked for, print the verdict in any case, and return the exit code."""
    from verification.verdict import known
    from verification.verdict.verdict import SHOWN

    try:
        if arguments.write_known:
            for said in known.write(arguments.write_known, verdict):
                sys.stderr.write(f"Not accepted: {said}.\n")
            arguments.accepted = known.read(arguments.write_known)
        verdict = known.without(verdict, arguments.accepted)
        _write(verdict, arguments)
    finally:
        if (name := on_output(arguments)) is not None:
            sys.stdout.write(_text(verdict, name))
        else:
            told = verdict.told(None if arguments.all else SHOWN)
            sys.stdout.write(f"{told_on_output(told)}\n")
        if arguments.github:
            sys.stdout.write(verdict.to_annotations())
    return 0 if verdict.passed else 1


def _write(verdict: "Verdict", arguments: Namespace) -> None:
    from verification.records.files import write_whole

    for name in TEXTS:
        path = getattr(arguments, name)
        if path and path != OUTPUT:
            write_whole(path, _text(verdict, name))
    if arguments.plot:
        verdict.plot(arguments.plot)


def _text(verdict: "Verdict", name: str) -> str:
    """The verdict as the option of this name has it."""
    from verification.verdict.junit import to_junit

    if name == "json":
        return verdict.to_json() + "\n"
    return to_junit(verdict) if name == "junit" else verdict.to_markdown()
