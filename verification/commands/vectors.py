"""``halfulp vectors`` and ``halfulp judge``: a device far away judged, by way of files."""

import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path

from . import delivery

# What takes long to load is imported where it is used, so that `halfulp --help` is quick.
# ruff: noqa: PLC0415


def add_commands(subparsers: "_SubParsersAction[ArgumentParser]") -> None:
    """Add ``vectors`` and ``judge``; their handlers return the exit code."""
    parser = subparsers.add_parser(
        "vectors",
        help="write the inputs of a check, for a device far away",
        description="Write the inputs of a quick check as raw values, with a README of the format.",
    )
    parser.add_argument("activation", help="of the catalogue")
    delivery.add_parameters(parser)
    parser.add_argument("--dtype", default="float32", help="float16, bfloat16, float32, float64")
    parser.add_argument(
        "-o", "--out", type=Path, required=True, metavar="DIR", help="a new or empty folder"
    )
    parser.add_argument(
        "--answers", action="store_true", help="value and derivative as well, correctly rounded"
    )
    parser.set_defaults(handler=vectors)
    parser = subparsers.add_parser(
        "judge",
        help="judge the outputs for such inputs",
        description="Judge outputs for the inputs of `halfulp vectors`. Exit 0 if they passed, 1 "
        "if not.",
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="what `halfulp vectors` wrote")
    parser.add_argument("outputs", type=Path, metavar="OUTPUTS", help="raw values, in that order")
    parser.add_argument("--derivative", type=Path, metavar="FILE", help="likewise")
    delivery.add_options(parser)
    parser.set_defaults(handler=judge)


def vectors(arguments: Namespace) -> int:
    """Write the folder, and say what is in it."""
    from verification.vectors.vectors import write
    from verification.verdict.naming import parameters_of

    out: Path = arguments.out
    parameters = parameters_of(arguments.parameters)
    count = write(
        out, arguments.activation, arguments.dtype, answers=arguments.answers, parameters=parameters
    )
    sys.stdout.write(f"{out}: {count} inputs, see {out / 'README.md'}\n")
    return 0


def judge(arguments: Namespace) -> int:
    """Judge, print the verdict, write what was asked for."""
    from verification.vectors.vectors import judge as judge_files

    delivery.prepare(arguments)
    verdict = judge_files(
        arguments.folder,
        arguments.outputs,
        arguments.derivative,
        tolerance=arguments.tolerance,
        require=arguments.require,
        allow=arguments.allow,
        strict=arguments.strict,
    )
    return delivery.deliver(verdict, arguments)
