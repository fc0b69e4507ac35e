"""Every row of the certificate as a table for other programs: CSV, beside the report."""

import csv
from collections.abc import Iterable
from dataclasses import astuple, fields
from pathlib import Path

from verification.witnesses.row import Row


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write a line for each claim; a number reads back to the same double."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(field.name for field in fields(Row))
        writer.writerows(astuple(row) for row in rows)
