"""``halfulp check``: anyone's implementation judged, from the command line.

The candidate runs in a process of its own, and all judgement is made here.
"""

import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verification.candidates.limits import EXHAUSTIVE, QUICK
from verification.errors import UsageError

from . import delivery, named
from .intervals import OPTION
from .page import Page

if TYPE_CHECKING:
    from verification.candidates.implementation import Implementation

# What takes long to load is imported where it is used, so that `halfulp --help` is quick.
# ruff: noqa: PLC0415

SHORT = {"fp16": "float16", "bf16": "bfloat16", "f32": "float32", "f64": "float64"}
SHORT |= {"f16": "float16", "fp32": "float32", "fp64": "float64"}
LONGEST = 1e6
INTERRUPTED = 130
BASELINE = "--baseline: "


def add_commands(subparsers: "_SubParsersAction[ArgumentParser]") -> None:
    """Add ``check``; its handler takes the parsed arguments and returns the exit code."""
    parser = subparsers.add_parser(
        "check",
        help="judge an implementation: is it right, and if not, where and why",
        description="Judge an implementation of an activation. Exit 0 if it passed, 1 if not, "
        "or if there was no time for all of it.",
        add_help=False,
    )
    parser.add_argument("-h", "--help", action=Page, nargs=0, help="print this page")
    parser.add_argument(
        "implementation",
        nargs="?",
        metavar="IMPLEMENTATION",
        help="such as torch:torch.nn.functional.gelu; none with --command",
    )
    parser.add_argument(
        "activation", nargs="?", metavar="ACTIVATION", help="of the catalogue, such as gelu"
    )
    parser.add_argument(
        "--formula",
        metavar="TEXT",
        help="in the place of ACTIVATION: any formula, such as 'x * sigmoid(beta * x)', with "
        "--set for its parameters",
    )
    delivery.add_parameters(parser)
    parser.add_argument(
        "--dtype",
        type=lambda text: SHORT.get(text, text),
        default="float32",
        help="float16, bfloat16, float32, float64, or fp16, bf16, f32, f64",
    )
    named.add_options(parser)
    parser.add_argument(
        OPTION,
        type=_interval,
        action="append",
        metavar="LOW HIGH",
        help="judge only these inputs: --domain -20 20, repeated for several, or --domain finite",
    )
    parser.add_argument(
        "--baseline",
        metavar="NAME",
        help="another implementation, or the .json of a verdict: only what is more than twice as "
        "far off, or misbehaves where that does not, is wrong",
    )
    parser.add_argument(
        "--exhaustive",
        action="store_true",
        help="every input of the format; out of time, it tells which it has tried, and fails with "
        "exit 1: what was not tried has not passed",
    )
    parser.add_argument(
        "--state",
        metavar="FOLDER",
        type=Path,
        help="if exhaustive: keep finished portions there, and go on with those that are there, "
        "unless the candidate's file or the question is another one",
    )
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster, if exhaustive")
    parser.add_argument("--command", help="a program that maps raw values to raw values")
    parser.add_argument("--derivative-command", help="likewise, for the derivative")
    parser.add_argument(
        "--timeout",
        type=float,
        metavar="S",
        help="for the whole check, a tenth of it for a single call "
        f"(default: {QUICK:g}; {EXHAUSTIVE:g} with --exhaustive)",
    )
    parser.add_argument(
        "--untrusted",
        action="store_true",
        help="it may be made to pass a check: numbers are drawn anew, and nothing that its process "
        "says of itself is believed",
    )
    parser.add_argument(
        "--seed", type=int, metavar="N", help="of the numbers that are drawn, to draw the same"
    )
    delivery.add_options(parser)
    parser.set_defaults(handler=check)


def check(arguments: Namespace) -> int:
    """Judge, print the verdict, write what was asked for."""
    from verification.errors import WorkersLostError
    from verification.verdict.check import check as judge
    from verification.verdict.naming import parameters_of
    from verification.work.looking import shown

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
    _one_candidate(arguments)
    try:
        with (
            shown(quietly=delivery.on_output(arguments) is not None),
            _candidate(arguments) as implementation,
            _baseline(arguments) as baseline,
        ):
            verdict = judge(
                implementation,
                arguments.activation,
                formula=arguments.formula,
                parameters=parameters_of(arguments.parameters),
                dtype=arguments.dtype,
                domain=_domain(arguments.domain),
                tolerance=arguments.tolerance,
                require=arguments.require,
                baseline=baseline,
                exhaustive=arguments.exhaustive,
                allow=arguments.allow,
                strict=arguments.strict,
                scheduler=arguments.scheduler,
                state=arguments.state,
                untrusted=arguments.untrusted,
                seed=arguments.seed,
            )
    except WorkersLostError as error:
        kept = f"; {_kept(arguments.state)}" if arguments.state else ""
        raise UsageError(f"the check cannot be ended: {error}{kept}") from None
    except KeyboardInterrupt:
        if arguments.state is None:
            raise
        sys.stderr.write(f"Interrupted: {_kept(arguments.state)}.\n")
        return INTERRUPTED
    except UsageError as error:
        if str(error).startswith(BASELINE.removeprefix("--")):
            raise UsageError(f"--{error}") from None
        raise
    if verdict.unfinished and arguments.state is not None:
        sys.stderr.write(f"Not finished: {_kept(arguments.state)}.\n")
    return delivery.deliver(verdict, arguments)


def _kept(state: Path) -> str:
    from verification.observation.kept import PATTERN

    done = len([*state.rglob(PATTERN)])
    return f"{done} portions are done and kept in {state}; go on with the same command"


def _prepare_cluster(arguments: Namespace) -> None:
    if not arguments.exhaustive:
        raise UsageError("--scheduler is for a check that is --exhaustive: a quick one runs here")
    from verification.work.cluster import reach

    reach(arguments.scheduler)


def _one_candidate(arguments: Namespace) -> None:
    """Find out which of the arguments is the implementation, and which the activation."""
    commands = (arguments.command, arguments.derivative_command)
    if arguments.formula is None and arguments.activation is None:
        arguments.implementation, arguments.activation = None, arguments.implementation
    if arguments.formula is not None and arguments.activation is not None:
        raise UsageError(
            f"expected ACTIVATION or --formula, but got both, {arguments.activation!r} and "
            f"{arguments.formula!r}"
        )
    if (arguments.implementation is None) == (commands == (None, None)):
        asked = arguments.activation or arguments.formula
        got = "both" if arguments.implementation else f"{asked!r} alone" if asked else "none"
        raise UsageError(
            "expected IMPLEMENTATION ACTIVATION, such as torch:torch.nn.functional.gelu gelu, or "
            f"--command with ACTIVATION, or --formula in its place, but got {got}"
        )
    if arguments.activation is not None and ":" in arguments.activation:
        raise UsageError(
            f"expected IMPLEMENTATION ACTIVATION, but got {arguments.activation!r} for the "
            f"activation: did you mean {arguments.activation} {arguments.implementation}?"
        )
    given = [name for name in named.OPTIONS if getattr(arguments, name) is not None]
    if arguments.implementation is None and given:
        option = given[0].replace("_", "-")
        raise UsageError(f"--{option} is for IMPLEMENTATION, and a --command gets raw values")


def _inputs(arguments: Namespace) -> int:
    """Of how many arrays the candidate has to be a function."""
    from verification.formula.activation import Gated, of_formula
    from verification.verdict.naming import parameters_of

    if arguments.formula is None:
        return 1
    activation = of_formula(arguments.formula, parameters_of(arguments.parameters))
    if not isinstance(activation, Gated):
        return 1
    if arguments.packed is not None and activation.gate != "x":
        raise UsageError(
            f"--packed: expected a formula with the gate of x, but {arguments.formula!r} has that "
            "of y: write it with x and y exchanged"
        )
    return 2


def _interval(text: str) -> list[str]:
    """The words of one interval, or UsageError."""
    from verification.examination.domain import Domain

    words = text.split()
    Domain.of(_domain([words]))
    return words


def _domain(intervals: list[list[str]] | None) -> Any:
    """The pairs of numbers, or "finite"."""
    if intervals is not None and all(words == ["finite"] for words in intervals):
        return "finite"
    return intervals


@contextmanager
def _baseline(arguments: Namespace) -> "Iterator[Implementation | str | None]":
    """What it is compared with: a stored verdict, or an implementation in a process of its own."""
    from verification.candidates.clock import Clock
    from verification.candidates.frameworks import Candidate
    from verification.candidates.isolation import Worker
    from verification.verdict.asked import format_of
    from verification.verdict.check import STORED

    name = arguments.baseline
    if name is None or name.endswith(STORED):
        yield name
        return
    dtype = format_of(arguments.dtype).name
    candidate = Candidate(name, dtype=dtype, inputs=_inputs(arguments))
    with Worker(candidate, Clock(arguments.timeout)) as worker:
        try:
            implementation = worker.implementation()
        except UsageError as error:
            raise UsageError(f"{BASELINE}{error}") from None
        yield implementation


@contextmanager
def _candidate(arguments: Namespace) -> "Iterator[Implementation]":
    """The implementation, in processes that end with this."""
    from verification.candidates.clock import Clock
    from verification.candidates.isolation import Worker
    from verification.candidates.program import implementation

    clock, inputs = Clock(arguments.timeout), _inputs(arguments)
    if arguments.implementation is None:
        if inputs > 1:
            raise UsageError("a program takes one array: a function of two inputs has to be named")
        yield implementation(arguments.command, arguments.derivative_command, clock)
        return
    candidate = named.candidate(arguments, inputs)
    with Worker(candidate, clock) as worker:
        yield worker.implementation()
