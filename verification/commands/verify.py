"""``halfulp verify``: hear the witnesses, show what they say, write the certificate."""

import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Iterator
from contextlib import contextmanager
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

    from verification.witnesses.certificate import Certificate, Progress
    from verification.witnesses.row import Row

# What takes long to load is imported where it is used, so that `halfulp --help` is quick.
# ruff: noqa: PLC0415

CERTIFICATE = "certificate.json"
WIDTH = 150


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
    parser.set_defaults(handler=verify)


def verify(arguments: Namespace) -> int:
    """Certify, with a progress bar on standard error, and print the table."""
    from verification.records.files import prepare
    from verification.witnesses.certificate import certify

    paths = [arguments.out / CERTIFICATE, *([arguments.json] if arguments.json else [])]
    for path in paths:
        prepare(path)
    with progress_bar("Hearing the witnesses") as on_progress:
        certificate = certify(on_progress)
    for path in paths:
        certificate.write(path)
    show(certificate)
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


def show(certificate: "Certificate") -> None:
    """Print a table of all rows, then the failures again, then the verdict."""
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    console.print(table("What the witnesses found", certificate.rows))
    failures, total = certificate.failures, len(certificate.rows)
    if failures:
        console.print(table("What failed", failures))
        console.print(f"{len(failures)} of {total} claims failed.")
    else:
        console.print(f"All {total} claims held.")


def table(title: str, rows: "tuple[Row, ...]") -> "Table":
    """Rows as a table; ``where`` is the input nearest to, or furthest past, its bound."""
    from rich.table import Table

    heads = ("activation", "witness", "order", "dtype", "inputs", "ulp", "bound", "absolute")
    result = Table(title=title)
    for head in heads:
        result.add_column(head, justify="left" if head in {"activation", "witness"} else "right")
    result.add_column("where", justify="right")
    result.add_column("verdict")
    for row in rows:
        result.add_row(
            row.activation,
            row.witness,
            str(row.order),
            row.dtype,
            str(row.inputs),
            f"{row.ulp:.6g}",
            f"{row.bound:.6g}",
            f"{row.absolute:.3g}",
            "" if isnan(row.where) else repr(row.where),
            "held" if row.passed else "[bold red]FAILED",
        )
    return result
