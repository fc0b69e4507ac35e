"""The ``halfulp`` command and what it is followed by: ``verify``, ``sweep``, ``check``, ...

Everything heavy is imported by the handlers, so that ``halfulp --help`` answers at once.
"""

import argparse
import errno
import signal
import sys
import traceback
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from verification.commands import check as check_command
from verification.commands import sweep as sweep_command
from verification.commands import vectors as vectors_command
from verification.commands.intervals import joined
from verification.commands.verify import CERTIFICATE, add_commands, progress_bar
from verification.errors import UsageError

from . import streams

if TYPE_CHECKING:
    from verification.witnesses.certificate import Certificate, Progress

# What takes long to load is imported by the handlers.
# ruff: noqa: PLC0415

PACKAGES = ("reference", "verification", "figures")
DEFAULT_FOLDER = Path("report")
INTERRUPTED = 130
BUG = 70  # EX_SOFTWARE of sysexits.h
TOO_MANY_FILES = {errno.EMFILE, errno.ENFILE}


class Version(argparse.Action):
    """Print the version, which takes long to look up, only where it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print it and exit."""
        from reference import __version__

        sys.stdout.write(f"halfulp {__version__}\n")
        parser.exit()


class Parser(argparse.ArgumentParser):
    """An argument parser that raises UsageError instead of printing its usage and exiting."""

    def error(self, message: str) -> NoReturn:
        """Raise what went wrong, with the way to find out more."""
        raise UsageError(f"{message} (see '{self.prog} --help')")


def run() -> NoReturn:
    """Run the command as a process of its own, which ends in order.

    Neither a second Ctrl-C disturbs that, nor standard output or error that cannot be written to.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt_once)
    streams.prepare()
    try:
        status = _status()
        sys.stdout.flush()
    except streams.OutputError as error:
        streams.abandon_output()
        status = streams.NOBODY_READS if error.nobody_reads else _complain(str(error), 2)
    sys.exit(status)


def _status() -> int:
    """The exit status of the command; what nobody has foreseen has one of its own."""
    try:
        return main()
    except SystemExit as ended:  # of --help and --version
        return int(ended.code or 0)
    except KeyboardInterrupt:
        return INTERRUPTED
    except streams.OutputError:
        raise
    except BaseException:  # noqa: BLE001  it is told
        traceback.print_exc()
        return _complain("this is a bug of Halfulp: please report it, with the lines above", BUG)


def _interrupt_once(*_signal: object) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 1 when something was found wrong, or 2 on bad usage."""
    try:
        words = sys.argv[1:] if argv is None else argv
        arguments = _parser().parse_args([*joined(words)])
        status: int = arguments.handler(arguments)
    except UsageError as error:
        return _complain(str(error), 2)
    except KeyboardInterrupt:
        return _complain("interrupted", INTERRUPTED)
    except OSError as error:
        if error.errno not in TOO_MANY_FILES:
            raise
        return _complain(
            f"expected to open more files, but: {error.strerror}; raise the limit (ulimit -n)", 2
        )
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in PACKAGES:
            raise
        from verification.installing import advice

        return _complain(advice(error.name.partition(".")[0]), 2)
    return status


def _parser() -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = Parser(
        prog="halfulp",
        description="The reference for activation functions: verify it, draw it, report on it.",
    )
    parser.add_argument("--version", action=Version, nargs=0, help="print the version")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    add_commands(commands)
    sweep_command.add_commands(commands)
    check_command.add_commands(commands)
    vectors_command.add_commands(commands)
    report = commands.add_parser(
        "report",
        help="verify, then draw every figure and typeset the report",
        description="Verify, then draw every figure and typeset DIR/report.pdf, with what the "
        "witnesses said beside it as DIR/verification.csv.",
    )
    report.set_defaults(handler=_report)
    figures = commands.add_parser(
        "figures",
        help="verify, then draw figures",
        description="Verify, then draw figures into DIR/figures, the plotted numbers beside each.",
    )
    figures.add_argument("--only", nargs="+", metavar="ID", help="figures such as 3b; else all")
    figures.add_argument("--format", nargs="+", metavar="FORMAT", help="svg, pdf, png; else all")
    figures.set_defaults(handler=_figures)
    for command in (report, figures):
        command.add_argument(
            "--out",
            type=Path,
            default=DEFAULT_FOLDER,
            metavar="DIR",
            help="where to write (default: ./%(default)s)",
        )
    return parser


def _report(arguments: argparse.Namespace) -> int:
    from .findings.finding import FindingError
    from .report.making import REPORT, staging, write_report

    out: Path = arguments.out
    with staging(out) as folder:
        certificate = _certificate(out)
        if not certificate.passed:
            return _refuse(certificate)
        try:
            write_report(folder, certificate, _tell)
        except FindingError as error:
            return _complain(f"a finding does not hold, so there is no report. {error}", 1)
    sys.stdout.write(f"{out / REPORT}\n")
    return 0


def _figures(arguments: argparse.Namespace) -> int:
    from .report.making import FIGURES, chosen_examples, chosen_formats, staging, write_figures

    numbers, formats = chosen_examples(arguments.only), chosen_formats(arguments.format)
    out: Path = arguments.out
    with staging(out) as folder:
        certificate = _certificate(out)
        if not certificate.passed:
            return _refuse(certificate)
        write_figures(folder, numbers, formats, _tell)
    sys.stdout.write(f"{out / FIGURES}: {', '.join(numbers)}\n")
    return 0


def _certificate(out: Path) -> "Certificate":
    """Return the stored certificate, or a new one; only then there is a progress bar."""
    from verification.witnesses.certificate import obtain

    with ExitStack() as stack:
        bars: list[Progress] = []

        def on_progress(done: int, total: int) -> None:
            if not bars:
                bars.append(stack.enter_context(progress_bar("Hearing the witnesses")))
            bars[0](done, total)

        return obtain(out / CERTIFICATE, on_progress)


def _tell(doing: str) -> None:
    """Say on standard error what takes its time."""
    sys.stderr.write(f"{doing}\n")
    sys.stderr.flush()


def _refuse(certificate: "Certificate") -> int:
    """Print the rows that failed."""
    rows = "".join(
        f"\n  {row.activation} order {row.order}, {row.witness}, {row.dtype}: "
        f"{row.ulp:.4g} ulp ({row.absolute:.3g}) at x = {row.where!r}, bound {row.bound:.4g} ulp"
        for row in certificate.failures
    )
    return _complain(f"the verification failed, so nothing is drawn:{rows}", 1)


def _complain(message: str, status: int) -> int:
    sys.stderr.write(f"halfulp: {message}\n")
    return status
