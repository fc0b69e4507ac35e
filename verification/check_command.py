"""``halfulp check``: anyone's implementation judged, from the command line.

The candidate runs in a process of its own: if it crashes, hangs or leaves, that is the finding.
"""

import multiprocessing
import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import UsageError

if TYPE_CHECKING:
    from .implementation import Implementation
    from .verdict import Verdict

# What takes long to load is imported where it is used, so that `halfulp --help` is quick.
# ruff: noqa: PLC0415


def add_commands(subparsers: "_SubParsersAction[ArgumentParser]") -> None:
    """Add ``check``; its handler takes the parsed arguments and returns the exit code."""
    parser = subparsers.add_parser(
        "check",
        help="judge an implementation: is it right, and if not, where and why",
        description="Judge an implementation of an activation. Exit 0 if it passed, 1 if not.",
    )
    parser.add_argument(
        "target",
        nargs="+",
        metavar="[IMPLEMENTATION] ACTIVATION",
        help="torch:torch.nn.functional.gelu gelu; with --command the activation alone",
    )
    parser.add_argument("--dtype", default="float32", help="float16, bfloat16, float32, float64")
    parser.add_argument("--tolerance", type=float, metavar="ULP", help="default: 4; 16-bit: 1")
    parser.add_argument("--exhaustive", action="store_true", help="every input of the format")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster, if exhaustive")
    parser.add_argument("--strict", action="store_true", help="no allowance next to roots")
    parser.add_argument("--allow", action="append", default=[], help="such as flush-to-zero")
    parser.add_argument("--command", help="a program that maps raw values to raw values")
    parser.add_argument("--derivative-command", help="likewise, for the derivative")
    parser.add_argument("--timeout", type=float, default=300.0, metavar="S", help="(default: 300)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the verdict as JSON")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw the error in ulp")
    parser.set_defaults(handler=check)


def check(arguments: Namespace) -> int:
    """Judge in a child process, print the verdict, write what was asked for."""
    from .certificate import prepare, write_whole

    for path in (arguments.json, arguments.plot):
        if path:
            prepare(path)
    outcome = _in_child(arguments)
    if isinstance(outcome, UsageError):
        raise outcome
    if isinstance(outcome, str):
        sys.stdout.write(f"FAILED: {' '.join(arguments.target)}: {outcome}\n")
        return 1
    sys.stdout.write(f"{outcome}\n")
    if arguments.json:
        write_whole(arguments.json, outcome.to_json() + "\n")
    if arguments.plot:
        outcome.plot(arguments.plot)
    return 0 if outcome.passed else 1


def _in_child(arguments: Namespace) -> "Verdict | UsageError | str":
    """The verdict, what the user did wrong, or how the candidate's process ended."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    del arguments.handler
    child = context.Process(target=_judge, args=(theirs, arguments))
    child.start()
    theirs.close()
    try:
        if not ours.poll(arguments.timeout):
            return f"no end within {arguments.timeout:g} s (see --timeout)"
        outcome: Verdict | UsageError = ours.recv()
    except EOFError:
        child.join()
        return f"the process ended with exit status {child.exitcode} in the middle of the check"
    finally:
        child.kill()
        child.join()
    return outcome


def _judge(connection: Connection, arguments: Namespace) -> None:
    from .oracle import check as judge

    outcome: Any
    try:
        implementation, activation = _target(arguments)
        outcome = judge(
            implementation,
            activation,
            dtype=arguments.dtype,
            tolerance=arguments.tolerance,
            exhaustive=arguments.exhaustive,
            allow=arguments.allow,
            strict=arguments.strict,
            scheduler=arguments.scheduler,
        )
    except UsageError as error:
        outcome = error
    except ModuleNotFoundError as error:
        outcome = UsageError(f"the package {error.name!r} is not installed here")
    connection.send(outcome)


def _target(arguments: Namespace) -> "tuple[Implementation, str]":
    from . import external, frameworks

    *names, activation = arguments.target
    commands = arguments.command or arguments.derivative_command
    if len(names) != (0 if commands else 1):
        raise UsageError(
            "expected IMPLEMENTATION ACTIVATION, such as torch:torch.nn.functional.gelu gelu, or "
            f"--command with ACTIVATION alone, but got {' '.join(arguments.target)!r}"
        )
    if commands:
        return external.implementation(
            arguments.command, arguments.derivative_command, arguments.timeout
        ), activation
    return frameworks.implementation(names[0]), activation
