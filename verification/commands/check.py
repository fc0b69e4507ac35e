"""``halfulp check``: anyone's implementation judged, from the command line.

The candidate runs in a process of its own. A first look has the whole check in it. If it ends or
hangs there, a second look has only the candidate in it, and gets it another one each time.
"""

import multiprocessing
import traceback
from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from verification.errors import UsageError

from . import delivery

if TYPE_CHECKING:
    from verification.candidates.clock import Clock
    from verification.candidates.implementation import Implementation
    from verification.verdict.verdict import Verdict

# What takes long to load is imported where it is used, so that `halfulp --help` is quick.
# ruff: noqa: PLC0415

QUICK, EXHAUSTIVE, LONGEST = 300.0, 3600.0, 1e6


def add_commands(subparsers: "_SubParsersAction[ArgumentParser]") -> None:
    """Add ``check``; its handler takes the parsed arguments and returns the exit code."""
    parser = subparsers.add_parser(
        "check",
        help="judge an implementation: is it right, and if not, where and why",
        description="Judge an implementation of an activation. Exit 0 if it passed, 1 if not.",
    )
    parser.add_argument(
        "implementation",
        nargs="?",
        metavar="IMPLEMENTATION",
        help="such as torch:torch.nn.functional.gelu; none with --command",
    )
    parser.add_argument("activation", metavar="ACTIVATION", help="of the catalogue, such as gelu")
    delivery.add_parameters(parser)
    parser.add_argument("--dtype", default="float32", help="float16, bfloat16, float32, float64")
    parser.add_argument("--exhaustive", action="store_true", help="every input of the format")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster, if exhaustive")
    parser.add_argument("--command", help="a program that maps raw values to raw values")
    parser.add_argument("--derivative-command", help="likewise, for the derivative")
    parser.add_argument(
        "--timeout",
        type=float,
        metavar="S",
        help="for all calls, a tenth of it for a single one; as much again if one ends or hangs "
        f"(default: {QUICK:g}; {EXHAUSTIVE:g} with --exhaustive)",
    )
    delivery.add_options(parser)
    parser.set_defaults(handler=check)


def check(arguments: Namespace) -> int:
    """Judge, print the verdict, write what was asked for."""
    from verification.candidates.clock import Clock
    from verification.errors import WorkersLostError

    delivery.prepare(arguments)
    if arguments.timeout is None:
        arguments.timeout = EXHAUSTIVE if arguments.exhaustive else QUICK
    if not 0 < arguments.timeout <= LONGEST:
        raise UsageError(
            f"--timeout has to be more than 0 and at most {LONGEST:g} seconds, not "
            f"{arguments.timeout:g}"
        )
    if arguments.scheduler is not None:
        _prepare_cluster(arguments)
    del arguments.handler
    _one_candidate(arguments)
    clock = Clock(arguments.timeout)
    if arguments.implementation is not None:
        verdict = _first_look(arguments, clock)
        if verdict is None:
            verdict = _second_look(arguments)
    else:
        from verification.candidates.program import implementation

        programs = implementation(arguments.command, arguments.derivative_command, clock)
        try:
            verdict = _judge(arguments, programs)
        except WorkersLostError as error:
            raise UsageError(f"the check cannot be ended: {error}") from None
    return delivery.deliver(verdict, arguments)


def _prepare_cluster(arguments: Namespace) -> None:
    if not arguments.exhaustive:
        raise UsageError("--scheduler is for a check that is --exhaustive: a quick one runs here")
    from verification.work.cluster import reach

    reach(arguments.scheduler)


def _one_candidate(arguments: Namespace) -> None:
    commands = (arguments.command, arguments.derivative_command)
    if (arguments.implementation is None) == (commands == (None, None)):
        got = "both" if arguments.implementation else f"{arguments.activation!r} alone"
        raise UsageError(
            "expected IMPLEMENTATION ACTIVATION, such as torch:torch.nn.functional.gelu gelu, or "
            f"--command with ACTIVATION, but got {got}"
        )


def _judge(arguments: Namespace, implementation: "Implementation") -> "Verdict":
    from verification.verdict.check import check as judge
    from verification.verdict.naming import parameters_of

    return judge(
        implementation,
        arguments.activation,
        parameters=parameters_of(arguments.parameters),
        dtype=arguments.dtype,
        tolerance=arguments.tolerance,
        exhaustive=arguments.exhaustive,
        allow=arguments.allow,
        strict=arguments.strict,
        scheduler=arguments.scheduler,
    )


def _first_look(arguments: Namespace, clock: "Clock") -> "Verdict | None":
    """The verdict of a child that holds the check and the candidate; None if it ended or hung."""
    from verification.candidates.confinement import end

    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_look, args=(theirs, arguments, clock))
    child.start()
    theirs.close()
    try:
        outcome = _outcome(ours, clock, exhaustive=arguments.exhaustive)
    except EOFError:
        return None
    finally:
        end(child)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _outcome(ours: Connection, clock: "Clock", *, exhaustive: bool) -> "Verdict | Exception | None":
    """Wait for the outcome; before each call of the candidate there comes a None.

    But not from the other processes of an exhaustive check.
    """
    limit = clock.left()
    while clock.wait(ours.poll, limit):
        outcome: Verdict | Exception | None = ours.recv()
        if outcome is not None:
            return outcome
        limit = clock.left() if exhaustive else clock.limit()
    return None


def _look(connection: Connection, arguments: Namespace, clock: "Clock") -> None:
    """Judge in this process, and send the outcome; what is the candidate's doing, it does not."""
    from verification.candidates.confinement import confine
    from verification.errors import WorkersLostError

    confine()
    outcome: Any
    try:
        implementation = _ticking(_named(arguments.implementation), connection, clock)
        outcome = _judge(arguments, implementation)
    except UsageError as error:
        outcome = error
    except WorkersLostError as error:
        if arguments.scheduler is None:
            return
        outcome = UsageError(f"the check cannot be ended: {error}")
    except MemoryError:
        return
    except Exception:  # noqa: BLE001  the parent says it
        outcome = RuntimeError(traceback.format_exc())
    connection.send(outcome)


def _named(name: str) -> "Implementation":
    from verification.candidates import frameworks

    try:
        return frameworks.implementation(name)
    except UsageError:
        raise
    except ModuleNotFoundError as error:
        raise UsageError(f"the package {error.name!r} is not installed here") from None
    except (Exception, SystemExit) as error:  # noqa: BLE001  its import is its doing
        raise UsageError(f"{name!r} cannot be imported: {type(error).__name__}: {error}") from None


def _ticking(
    implementation: "Implementation", connection: Connection, clock: "Clock"
) -> "Implementation":
    """The implementation, sending a None before each call, as long as there is time for it."""

    def ticking(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            clock.call()
            connection.send(None)
            return function(*arguments)

        return call

    functions = implementation.functions
    return implementation.with_functions({name: ticking(f) for name, f in functions.items()})


def _second_look(arguments: Namespace) -> "Verdict":
    """The verdict with nothing but the candidate in a child, which is replaced when it ends."""
    from verification.candidates.clock import Clock
    from verification.candidates.isolation import Worker
    from verification.verdict.check import format_of

    name = arguments.implementation
    clock = Clock(arguments.timeout)
    with Worker(name, partial(_named, name), format_of(arguments.dtype), clock) as worker:
        return _judge(arguments, worker.implementation())
