"""``halfulp sweep``: every input of a format, on all cores, resumable."""

import json
import sys
import time
from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verification.errors import UsageError

from .delivery import add_parameters

if TYPE_CHECKING:
    from verification.sweep.ledger import Done, Ledger
    from verification.sweep.shard import Shard

# What takes long to load is imported where it is used, so that `halfulp --help` is quick.
# ruff: noqa: PLC0415

DTYPES = ("float16", "bfloat16", "float32")
ORDERS = ("0", "1", "2")
INTERRUPTED = 130
# What each row of a certificate has.
ROW = {"activation": str, "order": int, "sha256": str} | dict.fromkeys(
    ("inputs", "by_balls", "wrong"), int
)


def add_commands(subparsers: "_SubParsersAction[ArgumentParser]") -> None:
    """Add ``sweep``; its handler takes the parsed arguments and returns the exit code."""
    parser = subparsers.add_parser(
        "sweep",
        help="certify the result for every input of a format",
        description="Evaluate every input of a format and certify each result against enclosures "
        "that are independent of the reference. Exit 1 if one is not correctly rounded.",
    )
    parser.add_argument(
        "activation",
        nargs="*",
        help="of the catalogue, such as elu or 'elu[alpha=0.3]' (default: all)",
    )
    parser.add_argument("--dtype", default="float32", help=" ".join(DTYPES) + " (default: float32)")
    parser.add_argument(
        "--order", default=",".join(ORDERS), help="0, 1, 2 or a list of them (default: 0,1,2)"
    )
    add_parameters(parser)
    parser.add_argument(
        "--out", metavar="FILE", type=Path, help="certificate (default: report/sweep-DTYPE.json)"
    )
    parser.add_argument(
        "--expect", metavar="FILE", type=Path, help="an earlier certificate, to compare hashes with"
    )
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="of a Dask cluster (default: all cores here)"
    )
    parser.add_argument("--resume", action="store_true", help="go on with an unfinished sweep")
    parser.set_defaults(handler=sweep)


def sweep(arguments: Namespace) -> int:
    """Do the shards that are left, then write the certificate."""
    from verification.records.files import prepare, write_whole
    from verification.sweep.ledger import Ledger

    functions = _functions(arguments)
    expected = _expected(arguments.expect)
    out = arguments.out or Path("report") / f"sweep-{arguments.dtype}.json"
    prepare(out)
    _refuse_to_replace(out, functions)
    if arguments.scheduler is not None:
        from verification.work.cluster import reach

        reach(arguments.scheduler)
    header = _header(arguments.dtype, functions)
    with Ledger(out.with_name(out.name + ".state"), header, resume=arguments.resume) as ledger:
        if not _fill(ledger, functions, arguments.scheduler):
            return INTERRUPTED
        rows = [_row(ledger, function) for function in functions]
        try:
            write_whole(out, json.dumps(_certificate(header, rows), indent=1) + "\n")
        except UsageError as error:
            raise UsageError(f"{error}; {_kept(ledger)}") from None
        seconds = sum(done.seconds for done in ledger.done.values())
        ledger.remove()
    _show(rows)
    sys.stdout.write(f"Written: {out} ({seconds:,.0f} core seconds)\n")
    differing = _differing(_hashes(rows), expected)
    if differing:
        sys.stderr.write(f"Other results than in {arguments.expect}: {', '.join(differing)}\n")
    return 1 if differing or any(row["wrong"] for row in rows) else 0


def _differing(found: dict[str, str], expected: dict[str, str] | None) -> list[str]:
    if expected is None:
        return []
    return [name for name, sha256 in found.items() if expected.get(name) != sha256]


def _hashes(rows: list[dict[str, Any]]) -> dict[str, str]:
    """The hash of all results of each function."""
    return {_name(row): row["sha256"] for row in rows}


def _name(row: dict[str, Any]) -> str:
    from verification.verdict.naming import named

    return f"{named(row['activation'], row.get('parameters', {}))} order {row['order']}"


def _function_name(function: "Shard") -> str:
    return _name({**asdict(function), "parameters": dict(function.parameters)})


def _expected(path: Path | None) -> dict[str, str] | None:
    """The hashes in an earlier certificate, if one is given."""
    if path is None:
        return None
    found = _hashes_in(path)
    if found is None:
        raise UsageError(f"--expect: expected a certificate of a sweep, but {path} is none")
    return found


def _hashes_in(path: Path) -> dict[str, str] | None:
    """The hashes in a certificate; None if the file is none."""
    from verification.records.reading import from_json, read_regular

    try:
        rows = from_json(read_regular(path))["rows"]
        return _hashes(rows) if all(map(_is_row, rows)) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _is_row(row: dict[str, Any]) -> bool:
    """Whether it has what `_row` gives, each of its type; KeyError for one that it lacks."""
    numbers = row.get("parameters", {}).values()
    return all(type(row[name]) is kind for name, kind in ROW.items()) and all(
        type(number) in {int, float} for number in numbers
    )


def _refuse_to_replace(out: Path, functions: Iterable["Shard"]) -> None:
    """UsageError if a file is there that is no certificate, or has rows that would be lost."""
    if not out.is_file() or out.stat().st_size == 0:
        return
    rows = _hashes_in(out)
    lost = None if rows is None else rows.keys() - set(map(_function_name, functions))
    if lost is None or lost:
        what = f"a certificate that also has {', '.join(sorted(lost))}" if lost else "another file"
        raise UsageError(
            f"expected to write a certificate at {out}, but there is {what}: choose another --out, "
            "or take it away"
        )


def _functions(arguments: Namespace) -> list["Shard"]:
    """The first shard of each function asked for, or UsageError."""
    from reference import ACTIVATIONS
    from verification.formula.setting import setting
    from verification.sweep.shard import Shard
    from verification.verdict.naming import parameters_of, parsed

    orders = arguments.order.split(",")
    named = [parsed(text) for text in arguments.activation or ACTIVATIONS]
    for what, given, choices in (
        ("--dtype", [arguments.dtype], DTYPES),
        ("--order", orders, ORDERS),
        ("activation", [name for name, _ in named], ACTIVATIONS),
    ):
        for value in given:
            if value not in choices:
                raise UsageError(f"{what}: expected one of {', '.join(choices)}, got {value!r}")
    for_all = parameters_of(arguments.parameters)
    functions = []
    for name, parameters in named:
        known = ACTIVATIONS[name]
        chosen = {**for_all, **parameters}
        setting(known, chosen)
        chosen = {key: value for key, value in chosen.items() if value != known.parameters[key]}
        functions += [
            Shard(name, int(order), arguments.dtype, 0, tuple(sorted(chosen.items())))
            for order in orders
        ]
    return list(dict.fromkeys(functions))


def _fill(ledger: "Ledger", functions: Iterable["Shard"], scheduler: str | None) -> bool:
    """Do all shards that the ledger lacks; False if that was interrupted."""
    from verification.errors import WorkersLostError
    from verification.sweep.shard import inputs_of
    from verification.work.processes import completed
    from verification.work.progress import progress

    wanted = [shard for function in functions for shard in function.all_of_it()]
    missing = [shard for shard in wanted if not _is_done(ledger, shard)]
    if stale := sum(shard in ledger.done for shard in missing):
        sys.stderr.write(f"Shards of other sources in {ledger.path}, done anew: {stale}.\n")
    inputs = [sum(map(inputs_of, some)) for some in (wanted, missing)]
    with progress("sweep", inputs[0], inputs[0] - inputs[1]) as advance:
        try:
            with closing(completed(_work, missing, scheduler)) as results:
                for done in results:
                    ledger.add(done)
                    advance(done.summary.inputs)
        except KeyboardInterrupt:
            sys.stderr.write(f"Interrupted: {_kept(ledger)}.\n")
            return False
        except WorkersLostError as error:
            raise UsageError(f"{error}: {_kept(ledger)}") from None
    return True


def _is_done(ledger: "Ledger", shard: "Shard") -> bool:
    """Whether a shard is done, with the sources that are here."""
    done = ledger.done.get(shard)
    return done is not None and done.sources == _sources_of(shard.activation)


def _kept(ledger: "Ledger") -> str:
    return (
        f"{len(ledger.done)} shards are done and kept in {ledger.path}; go on with the same "
        "command and --resume"
    )


def _work(shard: "Shard") -> "Done":
    from verification.sweep.ledger import Done
    from verification.sweep.shard import sweep as sweep_shard

    start = time.process_time()
    summary = sweep_shard(shard)
    return Done(shard, _sources_of(shard.activation), summary, time.process_time() - start)


@cache
def _sources_of(name: str) -> str:
    from reference import ACTIVATIONS
    from verification.witnesses.certificate import sources_of

    return sources_of(ACTIVATIONS[name])


def _header(dtype: str, functions: Iterable["Shard"]) -> dict[str, Any]:
    """What makes a sweep: shards are shared with no other."""
    from verification.records.provenance import hash_of_sources, installed_versions

    return {
        "dtype": dtype,
        "functions": sorted(map(_function_name, functions)),
        "certifier": hash_of_sources("verification.sweep.shard"),
        "numpy": installed_versions()["numpy"],
    }


def _row(ledger: "Ledger", function: "Shard") -> dict[str, Any]:
    """A row of the certificate; its sha256 is that of the shards' hashes in a line."""
    from verification.sweep.shard import combined, slice_sha256

    done = [ledger.done[shard] for shard in function.all_of_it()]
    row: dict[str, Any] = {
        "activation": function.activation,
        **({"parameters": dict(function.parameters)} if function.parameters else {}),
        "order": function.order,
        "sources": _sources_of(function.activation),
        "inputs": sum(d.summary.inputs for d in done),
        "by_balls": sum(d.summary.by_balls for d in done),
        "wrong": sum(d.summary.wrong for d in done),
        "examples": [example for d in done for example in d.summary.examples][:10],
        "sha256": combined(d.summary.sha256 for d in done),
    }
    if function.dtype == "float32":
        row["slice_sha256"] = slice_sha256(function)
    return row


def _certificate(header: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    from verification.records.provenance import installed_versions, this_machine

    return {
        "dtype": header["dtype"],
        "certifier": header["certifier"],
        "versions": installed_versions(),
        "machine": this_machine(),
        "rows": rows,
    }


def _show(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("function")
    for column in ("inputs", "by ball arithmetic", "wrong"):
        table.add_column(column, justify="right")
    table.add_column("sha256")
    for row in rows:
        table.add_row(
            escape(_name(row)),
            *(f"{row[key]:,}" for key in ("inputs", "by_balls", "wrong")),
            row["sha256"][:16],
        )
    console = Console(width=120)
    with console.capture() as shown:
        console.print(table)
    sys.stdout.write(shown.get())
