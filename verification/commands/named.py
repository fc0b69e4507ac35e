"""What ``halfulp check`` is told of a candidate that is known by name."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from verification.errors import UsageError

if TYPE_CHECKING:
    from verification.candidates.frameworks import Candidate
    from verification.candidates.frameworks.takes import Takes

# What takes long to load is imported where it is used, so that `halfulp --help` is quick.
# ruff: noqa: PLC0415

OPTIONS = (
    *("framework", "derivative", "second", "backward", "backward_takes"),
    *("only", "device", "in_place", "packed", "shape", "no_layout"),
)


def add_options(parser: ArgumentParser) -> None:
    """Add what says more about a candidate that is known by name."""
    parser.add_argument("--framework", metavar="NAME", help="whose arrays it takes, such as torch")
    parser.add_argument("--derivative", metavar="NAME", help="another function, for the derivative")
    parser.add_argument(
        "--second",
        metavar="NAME",
        help="a function for the second derivative, or autodiff: torch, jax and tensorflow derive "
        "their own derivative",
    )
    parser.add_argument(
        "--backward",
        metavar="NAME",
        help="another function, of x and upstream; of two inputs it gives two gradients",
    )
    parser.add_argument(
        "--backward-takes",
        metavar="ARGUMENTS",
        help="what that takes, in its order: x, out (the result of forward) and dy (upstream), in "
        "parentheses what is one tuple, as in '(x,out),dy'; default: x,dy. A second input is y, "
        "default: x,y,dy",
    )
    parser.add_argument(
        "--only", choices=["value"], help="do not judge the framework's own derivative"
    )
    parser.add_argument("--device", help="of torch, jax and cupy: cpu, cuda, cuda:1, mps, gpu, tpu")
    parser.add_argument(
        "--in-place",
        action="store_true",
        default=None,
        help="the result is left in the argument, that of backward in dy; of two inputs in x, and "
        "the gradients in x and y",
    )
    parser.add_argument(
        "--packed",
        choices=["gate-first", "gate-second", "interleaved"],
        help="two inputs come in one array, along its last axis: x and then y, y and then x, or "
        "by turns; x is the gate",
    )
    parser.add_argument(
        "--shape",
        metavar="N,M",
        help="the only shape that it takes: 64,1024; of packed inputs that of each",
    )
    parser.add_argument(
        "--no-layout",
        action="store_true",
        default=None,
        help="it takes contiguous arrays alone; how it takes others is not judged",
    )


def candidate(arguments: Namespace, inputs: int) -> "Candidate":
    """The candidate that the arguments name, a function of so many arrays; or UsageError."""
    from verification.candidates.frameworks import Candidate
    from verification.verdict.asked import format_of

    return Candidate(
        arguments.implementation,
        framework=arguments.framework,
        device=arguments.device,
        derivative=arguments.derivative,
        backward=arguments.backward,
        takes=_takes(arguments),
        only_value=arguments.only is not None,
        shape=_shape(arguments.shape),
        in_place=arguments.in_place is not None,
        dtype=format_of(arguments.dtype).name,
        inputs=inputs,
        packed=arguments.packed,
        second=arguments.second,
        contiguous=arguments.no_layout is not None,
    )


def _takes(arguments: Namespace) -> "Takes | None":
    """The arguments of the function that is named for backward."""
    from verification.candidates.frameworks.takes import parsed

    if arguments.backward_takes is None:
        return None
    if arguments.backward is None:
        raise UsageError("--backward-takes is for the function of --backward")
    return parsed(arguments.backward_takes)


def _shape(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    lengths = text.split(",")
    if not all(length.isdecimal() for length in lengths):
        raise UsageError(f"expected a shape such as 64,1024, but got {text!r}")
    return tuple(map(int, lengths))
