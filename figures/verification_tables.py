"""The certificate as tables of the report: a digest, what it was made with, and every row."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from math import isnan
from typing import Any

from verification.witnesses.certificate import Certificate
from verification.witnesses.row import Row

from .catalogue import Catalogue
from .wording import fixed, number

PRIMES = ("", "\u2032", "\u2033")
NOTHING = "—"
ERROR_HEAD = ("", "witness", "dtype", "inputs", "ulp", "bound", "absolute", "at x =", "")
ERROR_SIDES = ("left", "left", "left", "right", "right", "right", "right", "right", "center")


def certificate_tables(certificate: Certificate, catalogue: Catalogue) -> dict[str, Any]:
    """Return the introduction and the tables, in the shape that the template reads."""
    tables = [_digest(certificate.rows, catalogue), _tools(certificate)]
    for name, activation in catalogue.items():
        rows = [row for row in certificate.rows if row.activation == name]
        tables += _every_row(rows, activation.title)
    return {"introduction": _introduction(certificate), "tables": tables}


def _introduction(certificate: Certificate) -> str:
    rows = certificate.rows
    witnesses = {_family(row) for row in rows}
    return (
        f"Before anything was drawn, {len(witnesses)} independent witnesses were heard on "
        f"{len(rows):,} claims about the functions, at {sum(row.inputs for row in rows):,} inputs "
        f"in all; {sum(row.passed for row in rows):,} of the claims held. An error in ulp is "
        "|computed − true| / ulp(true), with the ulp of the dtype at the true value; half an ulp "
        "is correct rounding. Each row shows the input that came nearest to breaking its bound, "
        "and a bound contains what the witness itself cannot know. The certificate is about the "
        f"sources of the reference with the SHA-256 {certificate.sources[:32]}…"
    )


def _digest(rows: Sequence[Row], catalogue: Catalogue) -> dict[str, Any]:
    """Return the largest error among the rows of each function and witness.

    A row's error is that at the input nearest to its bound, so where the bound depends on the
    input this need not be the largest error there is.
    """
    families = list(dict.fromkeys(map(_family, rows)))
    functions = sorted(
        {(row.activation, row.order) for row in rows},
        key=lambda function: ([*catalogue].index(function[0]), function[1]),
    )
    body = [
        [f"{catalogue[name].title}{PRIMES[order]}"]
        + [
            _largest(
                [r for r in rows if (r.activation, r.order, _family(r)) == (name, order, family)]
            )
            for family in families
        ]
        for name, order in functions
    ]
    return {
        "heading": "Errors nearest to their bounds, in ulp, by function and witness",
        "text": (
            "The largest of the rows below, over all dtypes. A tick with a count stands for laws, "
            "which hold or do not. Where a witness is inexact itself, as differences are, its own "
            "error is part of the number."
        ),
        "columns": ["1fr", *["auto"] * len(families)],
        "alignment": ["left", *["right"] * len(families)],
        "head": ["function", *families],
        "rows": body,
    }


def _tools(certificate: Certificate) -> dict[str, Any]:
    facts = {**certificate.versions, **certificate.machine}
    return {
        "heading": "Made with",
        "text": "",
        "columns": ["auto"] * len(facts),
        "alignment": ["center"] * len(facts),
        "head": [*facts],
        "rows": [[str(fact) for fact in facts.values()]],
    }


def _every_row(rows: Sequence[Row], title: str) -> list[dict[str, Any]]:
    """Return the claims with errors, a row each, and the laws, a row for all dtypes of each."""
    claims = [[*group] for _, group in groupby(sorted(rows, key=_claim), key=_claim)]
    laws = [claim for claim in claims if not any(row.bound for row in claim)]
    errors = [row for claim in claims if claim not in laws for row in claim]
    dtypes = list(dict.fromkeys(row.dtype for row in rows))
    tables = []
    if errors:
        tables.append(
            {
                "heading": f"{title}: errors",
                "text": "",
                "columns": ["auto", "1fr", *["auto"] * (len(ERROR_HEAD) - 2)],
                "alignment": ERROR_SIDES,
                "head": ERROR_HEAD,
                "rows": [_error_cells(row) for row in errors],
            }
        )
    if laws:
        tables.append(
            {
                "heading": f"{title}: laws, and the inputs they were tried on",
                "text": "",
                "columns": ["auto", "1fr", *["auto"] * len(dtypes)],
                "alignment": ["left", "left", *["right"] * len(dtypes)],
                "head": ["", "witness", *dtypes],
                "rows": [_law_cells(claim, dtypes) for claim in laws],
            }
        )
    return tables


def _family(row: Row) -> str:
    """Return the witness without the claim it makes: "balls" for "balls, backward"."""
    return row.witness.partition(",")[0]


def _claim(row: Row) -> tuple[int, str]:
    return row.order, row.witness


def _largest(rows: Sequence[Row]) -> str:
    if not rows:
        return NOTHING
    measured = [row.ulp for row in rows if row.bound]
    held = _verdict(rows)
    return (
        fixed(max(measured)) + ("" if held == "✓" else held) if measured else f"{held} {len(rows)}"
    )


def _verdict(rows: Iterable[Row]) -> str:
    return "✓" if all(row.passed for row in rows) else "✗"


def _error_cells(row: Row) -> list[str]:
    return [
        f"f{PRIMES[row.order]}",
        row.witness,
        row.dtype,
        f"{row.inputs:,}",
        fixed(row.ulp),
        fixed(row.bound),
        number(row.absolute),
        NOTHING if row.ulp == 0 or isnan(row.where) else number(row.where, 6),
        _verdict([row]),
    ]


def _law_cells(claim: Sequence[Row], dtypes: Sequence[str]) -> list[str]:
    tried = {row.dtype: f"{row.inputs:,} {_verdict([row])}" for row in claim}
    return [
        f"f{PRIMES[claim[0].order]}",
        claim[0].witness,
        *(tried.get(dtype, NOTHING) for dtype in dtypes),
    ]
