"""The certificate as a reader of the report takes it in: who testified, and one matrix."""

from collections.abc import Iterable, Sequence
from importlib import metadata
from typing import Any

from figures.measuring.demonstrated import Catalogue
from figures.measuring.wording import listing
from reference import __version__
from verification.witnesses.certificate import Certificate
from verification.witnesses.row import Row

PRIMES = ("", "\u2032", "\u2033")
NOTHING = "—"
WITNESSES = {
    "autodiff": (
        "JAX differentiates the textbook form automatically, in float64; a running error bound "
        "says how far JAX itself can be off."
    ),
    "differences": (
        "Finite differences of the reference's own values, extrapolated by SciPy, against the "
        "derivative of the next order. They are inexact, and their bound says by how much."
    ),
    "balls": (
        "Ball arithmetic: power series with proved error bounds, evaluated as precisely as it "
        "takes to decide whether a result is correctly rounded."
    ),
    "extremes": (
        "Hypothesis searches for inputs that break a law: NaN and infinities only where they "
        "belong, the right zeros, the same result in every memory layout."
    ),
    "identities": (
        "Laws between results that need no true value: reflection, symmetry, order, bounds, "
        "roots, limits."
    ),
}
DRAWN_WITH = ("matplotlib", "typst")


def verification(certificate: Certificate, catalogue: Catalogue) -> dict[str, Any]:
    """Return the texts and the matrix, in the shape that the template reads."""
    families = list(dict.fromkeys(row.family for row in certificate.rows))
    return {
        "introduction": _introduction(certificate, families),
        "witnesses": [[family, WITNESSES.get(family, "")] for family in families],
        "families": families,
        "matrix": [
            _line(certificate.rows, activation.name, activation.title, order, families)
            for activation in catalogue.values()
            for order in range(len(PRIMES))
        ],
        "made_with": _made_with(certificate),
    }


def _introduction(certificate: Certificate, families: Sequence[str]) -> str:
    rows = certificate.rows
    return (
        f"Before anything was drawn, {len(families)} independent witnesses were heard on "
        f"{len(rows):,} claims about the functions, at {sum(row.inputs for row in rows):,} inputs "
        f"in all; {sum(row.passed for row in rows):,} of the claims held. An error in ulp is "
        "|computed − true| / ulp(true), with the ulp of the dtype at the true value; half an ulp "
        "is correct rounding. Each claim has a bound for the error, which contains what the "
        "witness itself cannot know. All claims are in verification.csv beside this report. The "
        "certificate is about the sources of the reference with the SHA-256 "
        f"{certificate.fingerprint[:32]}…"
    )


def _line(
    rows: Iterable[Row], name: str, title: str, order: int, families: Sequence[str]
) -> dict[str, Any]:
    its = [row for row in rows if (row.activation, row.order) == (name, order)]
    return {
        "title": title,
        "first": order == 0,
        "order": f"f{PRIMES[order]}",
        "cells": [_cell([row for row in its if row.family == family]) for family in families],
    }


def _cell(rows: Sequence[Row]) -> dict[str, Any]:
    """Return the largest share of a bound among the claims, a tick for laws, and the inputs."""
    if not rows:
        return {"share": NOTHING, "inputs": "", "held": True}
    held = all(row.passed for row in rows)
    shares = [row.share for row in rows if row.bound]
    said = f"{_percent(max(shares))} %" if shares else "✓"
    return {
        "share": said if held else f"✗ {said}".removesuffix(" ✓"),
        "inputs": f"{sum(row.inputs for row in rows):,}",
        "held": held,
    }


def _percent(share: float) -> str:
    """Write a share of a bound to a tenth of a per cent, and 0 for nothing at all."""
    return f"{100 * share:.1f}" if share else "0"


def _made_with(certificate: Certificate) -> str:
    versions = {"halfulp": __version__, **certificate.versions}
    versions |= {name: metadata.version(name) for name in DRAWN_WITH}
    tools = listing(f"{name} {version}" for name, version in versions.items())
    return f"{tools}; {', '.join(certificate.machine.values())}."
