"""``halfulp verify``: hear the witnesses, show what they say, write the certificate."""

import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from math import isnan
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verification.witnesses.certificate import Certificate, Progress
    from verification.witnesses.row import Row

# What takes long to load is imported where it is used, so that `halfulp --help` is quick.
# ruff: noqa: PLC0415

CERTIFICATE = "certificate.json"
PRIMES = ("", "'", "''")


def add_commands(subparsers: "_SubParsersAction[ArgumentParser]") -> None:
    """Add ``verify``; its handler takes the parsed arguments and returns the exit code."""
    parser = subparsers.add_parser(
        "verify",
        help="prove the reference against five witnesses and write a certificate",
        description="Prove every value and derivative against five independent witnesses, "
        "print what they found, and write DIR/certificate.json. Exit 1 if anything failed.",
    )
    parser.add_argument(
        "--out",
        metavar="DIR",
        type=Path,
        default=Path("report"),
        help="folder of the certificate (default: ./report)",
    )
    parser.add_argument(
        "--json", metavar="FILE", type=Path, help="write the certificate to FILE as well"
    )
    parser.add_argument(
        "--all", action="store_true", help="print every claim, not a line for each activation"
    )
    parser.set_defaults(handler=verify)


def verify(arguments: Namespace) -> int:
    """Certify, with a progress bar on standard error, and print what was found."""
    from verification.records.files import no_empty_folders, prepare
    from verification.witnesses.certificate import certify, expected_size

    paths = [arguments.out / CERTIFICATE, *([arguments.json] if arguments.json else [])]
    with no_empty_folders(*(path.parent for path in paths)):
        for path in paths:
            prepare(path, expected_size())
        with progress_bar("Hearing the witnesses") as on_progress:
            certificate = certify(on_progress)
        try:
            for path in paths:
                certificate.write(path)
        finally:
            show(certificate, every_claim=arguments.all)
    sys.stdout.write(f"Written: {', '.join(map(str, paths))}\n")
    return 0 if certificate.passed else 1


@contextmanager
def progress_bar(description: str) -> "Iterator[Progress]":
    """Show a progress bar on standard error while a certificate is being made."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(description, total=None)

        def on_progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield on_progress


def show(certificate: "Certificate", *, every_claim: bool) -> None:
    """Print a line for each activation, the claims if asked for, the failures, the verdict."""
    failures, total = certificate.failures, len(certificate.rows)
    lines = [*summary(certificate.rows)]
    if every_claim:
        lines += ["", *claims(certificate.rows)]
    for row in failures:
        lines += ["", *failure(row)]
    verdict = f"{len(failures)} of {total} claims failed." if failures else ""
    lines += ["", verdict or f"All {total} claims held."]
    sys.stdout.write("\n".join(lines) + "\n")


def summary(rows: "Iterable[Row]") -> Iterator[str]:
    """Yield a line for each activation: its claims, and the one that took most of its bound."""
    yield f"{'':14} {'claims':>6} {'held':>6}   the largest share of a bound, and where"
    for activation, group in groupby(rows, attrgetter("activation")):
        its = [*group]
        worst = max(its, key=attrgetter("share"))
        held = sum(row.passed for row in its)
        yield (
            f"{activation:14} {len(its):>6} {held:>6}  {100 * worst.share:>6.2f} %  "
            f"{worst.family:11} f{PRIMES[worst.order]:2} {worst.dtype:8} x = {worst.where:.4g}"
        )


def claims(rows: "Iterable[Row]") -> Iterator[str]:
    """Yield a heading for each activation and format, and a line for each claim below it."""
    for (activation, dtype), group in groupby(rows, attrgetter("activation", "dtype")):
        yield f"{activation}, {dtype}"
        yield f"     {'claim':<34} {'inputs':>7} {'ulp':>9} {'bound':>9} at x ="
        for row in group:
            mark = " " if row.passed else "!"
            where = "" if isnan(row.where) else f"{row.where:.3g}"
            yield (
                f"{mark}f{PRIMES[row.order]:2} {row.witness:<34} {row.inputs:>7} {row.ulp:>9.4g} "
                f"{row.bound:>9.4g} {where}".rstrip()
            )


def failure(row: "Row") -> tuple[str, ...]:
    """Return the lines about a claim that failed."""
    return (
        f"FAILED: {row.activation}, order {row.order}, {row.dtype}: {row.witness}",
        f"  {row.ulp:.6g} ulp ({row.absolute:.3g}) at x = {row.where!r}",
        f"  bound {row.bound:.6g} ulp, {row.inputs} inputs",
    )
