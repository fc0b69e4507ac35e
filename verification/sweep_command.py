"""``halfulp sweep``: every input of a format, on all cores, resumable."""

import json
import multiprocessing
import os
import signal
import sys
import time
from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from .errors import UsageError

if TYPE_CHECKING:
    from .ledger import Done, Ledger
    from .sweep import Shard

# What takes long to load is imported where it is used, so that `halfulp --help` is quick.
# ruff: noqa: PLC0415

DTYPES = ("float16", "bfloat16", "float32")
ORDERS = ("0", "1", "2")
INTERRUPTED = 130
HERE = Path(__file__).parent
CERTIFIER = [HERE / name for name in ("balls.py", "enclosure.py", "sweep.py", "ulp.py")]


def add_commands(subparsers: "_SubParsersAction[ArgumentParser]") -> None:
    """Add ``sweep``; its handler takes the parsed arguments and returns the exit code."""
    parser = subparsers.add_parser(
        "sweep",
        help="certify the result for every input of a format",
        description="Evaluate every input of a format and certify each result against enclosures "
        "that are independent of the reference. Exit 1 if one is not correctly rounded.",
    )
    parser.add_argument("activation", nargs="*", help="of the catalogue (default: all)")
    parser.add_argument("--dtype", default="float32", help=" ".join(DTYPES) + " (default: float32)")
    parser.add_argument(
        "--order", default=",".join(ORDERS), help="0, 1, 2 or a list of them (default: 0,1,2)"
    )
    parser.add_argument(
        "--out", metavar="FILE", type=Path, help="certificate (default: report/sweep-DTYPE.json)"
    )
    parser.add_argument(
        "--expect", metavar="FILE", type=Path, help="an earlier certificate, to compare hashes with"
    )
    parser.add_argument("--resume", action="store_true", help="go on with an unfinished sweep")
    parser.set_defaults(handler=sweep)


def sweep(arguments: Namespace) -> int:
    """Do the shards that are left, then write the certificate."""
    from .certificate import hash_of_files, hash_of_sources, prepare, write_whole
    from .ledger import Ledger

    functions = _functions(arguments)
    out = arguments.out or Path("report") / f"sweep-{arguments.dtype}.json"
    prepare(out)
    header = {
        "dtype": arguments.dtype,
        "sources": hash_of_sources(),
        "certifier": hash_of_files(CERTIFIER, HERE),
    }
    ledger = Ledger(out.with_name(out.name + ".state"), header, resume=arguments.resume)
    if not _fill(ledger, functions):
        return INTERRUPTED
    rows = [_row(ledger, *function) for function in functions]
    write_whole(out, json.dumps(_certificate(header, rows), indent=1) + "\n")
    ledger.remove()
    _show(rows)
    sys.stdout.write(f"Written: {out}\n")
    differing = _differing(rows, arguments.expect) if arguments.expect else []
    if differing:
        sys.stderr.write(f"Other results than in {arguments.expect}: {', '.join(differing)}\n")
    return 1 if differing or any(row["wrong"] for row in rows) else 0


def _differing(rows: list[dict[str, Any]], path: Path) -> list[str]:
    """The functions whose hash is not that of the earlier certificate."""
    try:
        expected = {
            (row["activation"], row["order"]): row["sha256"]
            for row in json.loads(path.read_text(encoding="utf-8"))["rows"]
        }
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(
            f"--expect: expected a certificate of a sweep, but {path} is none"
        ) from None
    return [
        f"{row['activation']} order {row['order']}"
        for row in rows
        if row["sha256"] != expected.get((row["activation"], row["order"]))
    ]


def _functions(arguments: Namespace) -> list[tuple[str, int, str]]:
    """The (activation, order, dtype) asked for, or UsageError."""
    from reference import ACTIVATIONS

    orders = arguments.order.split(",")
    names = arguments.activation or list(ACTIVATIONS)
    for what, given, choices in (
        ("--dtype", [arguments.dtype], DTYPES),
        ("--order", orders, ORDERS),
        ("activation", names, ACTIVATIONS),
    ):
        for value in given:
            if value not in choices:
                raise UsageError(f"{what}: expected one of {', '.join(choices)}, got {value!r}")
    functions = [(name, int(order), arguments.dtype) for name in names for order in orders]
    return list(dict.fromkeys(functions))


def _fill(ledger: "Ledger", functions: Iterable[tuple[str, int, str]]) -> bool:
    """Do all shards that the ledger lacks; False if that was interrupted."""
    from .sweep import shards

    wanted = [shard for function in functions for shard in shards(*function)]
    missing = [shard for shard in wanted if shard not in ledger.done]
    inputs = sum(ledger.done[shard].summary.inputs for shard in wanted if shard in ledger.done)
    total = len(wanted) * _inputs_of(wanted[0])
    with _progress(total, inputs) as advance, _pool() as pool:
        try:
            for future in as_completed([pool.submit(_work, shard) for shard in missing]):
                done = future.result()
                ledger.add(done)
                advance(done.summary.inputs)
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            pool.shutdown(wait=False, cancel_futures=True)
            reason = "interrupted"
        except BrokenProcessPool:
            reason = "a worker process died"
        else:
            return True
    sys.stderr.write(
        f"Stopped ({reason}): {len(ledger.done)} shards are done and kept in {ledger.path}; "
        "go on with the same command and --resume.\n"
    )
    return False


def _inputs_of(shard: "Shard") -> int:
    from .sweep import SHARD
    from .ulp import FORMATS

    return min(SHARD, 1 << 8 * FORMATS[shard.dtype].dtype.itemsize)


def _pool() -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(os.cpu_count(), mp_context=context, initializer=_start_worker)


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, and go when the parent goes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_exit_with_parent, daemon=True).start()


def _exit_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(shard: "Shard") -> "Done":
    from .ledger import Done
    from .sweep import sweep as sweep_shard

    start = time.process_time()
    summary = sweep_shard(shard)
    return Done(shard, summary, time.process_time() - start)


def _row(ledger: "Ledger", activation: str, order: int, dtype: str) -> dict[str, Any]:
    """A row of the certificate; its sha256 is that of the shards' hashes in a line."""
    from .sweep import combined, shards, slice_sha256

    done = [ledger.done[shard] for shard in shards(activation, order, dtype)]
    row: dict[str, Any] = {
        "activation": activation,
        "order": order,
        "inputs": sum(d.summary.inputs for d in done),
        "by_balls": sum(d.summary.by_balls for d in done),
        "wrong": sum(d.summary.wrong for d in done),
        "examples": [example for d in done for example in d.summary.examples][:10],
        "sha256": combined(d.summary.sha256 for d in done),
        "seconds": round(sum(d.seconds for d in done)),
    }
    if dtype == "float32":
        row["slice_sha256"] = slice_sha256(activation, order)
    return row


def _certificate(header: dict[str, str], rows: list[dict[str, Any]]) -> dict[str, Any]:
    from .certificate import installed_versions, this_machine

    return {
        **header,
        "date": datetime.now(UTC).date().isoformat(),
        "versions": installed_versions(),
        "machine": this_machine(),
        "rows": rows,
    }


@contextmanager
def _progress(total: int, done: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error with the inputs done, the rate and the time left."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{(task.speed or 0) / 1e6:.1f} million inputs/s")

    columns = (
        TextColumn("{task.percentage:>5.1f} %"),
        BarColumn(),
        Rate(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), speed_estimate_period=120) as bar:
        task = bar.add_task("sweep", total=total, completed=done)
        yield lambda inputs: bar.advance(task, inputs)


def _show(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("activation", "order")
    for column in ("inputs", "by ball arithmetic", "wrong", "seconds"):
        table.add_column(column, justify="right")
    table.add_column("sha256")
    for row in rows:
        table.add_row(
            row["activation"],
            str(row["order"]),
            *(f"{row[key]:,}" for key in ("inputs", "by_balls", "wrong", "seconds")),
            row["sha256"][:16],
        )
    Console(width=120).print(table)
