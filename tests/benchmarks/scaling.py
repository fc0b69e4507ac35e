"""A sweep on one worker and on two, its memory, and what follows for a thousand cores."""

import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psutil
from distributed import Client, wait
from table import Section

SWEEP = ["sweep", "tanh", "--dtype", "float32"]
COMMAND = "from figures.command import run; run()"
TASKS = 4000
CORES = 1000
SHARDS = 256
FUNCTIONS = 7
ORDERS = 3
FRAMEWORKS = 5
SUBJECTS = 2
BUSY = 0.5  # of its time the scheduler may spend on handing out shards


@contextmanager
def cluster(workers):
    """A scheduler and ``workers`` workers of one thread, each a process on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    place = ["--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    options = [address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    processes = [_dask("scheduler", *place)]
    processes += [_dask("worker", *options) for _ in range(workers)]
    with Client(address, timeout=60) as client:
        client.wait_for_workers(workers)
    yield address, [process.pid for process in processes[1:]]
    for process in reversed(processes):
        process.terminate()
        process.wait()


def _dask(role, *options):
    command = [sys.executable, "-m", f"distributed.cli.dask_{role}", *options]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603  Dask's own


def _swept(address, pids, orders):
    """Wall-clock seconds of a sweep, and the peaks of memory: of the client, of a worker, in MB."""
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "sweep.json")
        arguments = [*SWEEP, "--order", orders, "--out", out, "--scheduler", address]
        start = time.perf_counter()
        client = subprocess.Popen(  # noqa: S603  our own command
            [sys.executable, "-c", COMMAND, *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        peaks = [0, 0]
        while client.poll() is None:
            peaks = [max(peaks[0], _memory(client.pid)), max(peaks[1], *map(_memory, pids))]
            time.sleep(0.2)
        assert client.returncode == 0
        return time.perf_counter() - start, *peaks


def _memory(pid):
    try:
        return round(psutil.Process(pid).memory_info().rss / 1e6)
    except psutil.NoSuchProcess:
        return 0


def scaling():
    """The same sweep on one worker and on two; twice the sweep for its memory."""
    rows, times = [], {}
    for workers, orders in ((1, "0"), (2, "0"), (2, "0,1")):
        with cluster(workers) as (address, pids):
            wall, client, worker = _swept(address, pids, orders)
        times[workers, orders] = wall
        shards = SHARDS * len(orders.split(","))
        rows.append((str(workers), orders, str(shards), f"{wall:.0f}", str(client), str(worker)))
    efficiency = times[1, "0"] / times[2, "0"] / 2
    section = Section(
        "A sweep of tanh in float32 on a Dask cluster of this machine",
        ("workers", "orders", "shards", "seconds", "client's peak, MB", "worst worker's peak, MB"),
        rows,
        f"Efficiency from one worker to two: {efficiency:.2f}.",
    )
    return section, times[1, "0"]


def overhead():
    """Seconds that the scheduler takes for a task that does nothing."""
    with cluster(2) as (address, _), Client(address) as client:
        wait(client.map(abs, range(100)))
        start = time.perf_counter()
        wait(client.map(abs, range(100, 100 + TASKS)))
        return (time.perf_counter() - start) / TASKS


def model(function_seconds, check_seconds, task_seconds):
    """What a thousand cores would take, by the constants measured above."""
    rows = []
    for what, tasks, work in (
        ("the catalogue, three orders, certified", FUNCTIONS * ORDERS, function_seconds),
        (
            f"{FRAMEWORKS} frameworks x {FUNCTIONS} functions, value and derivative, checked",
            FRAMEWORKS * FUNCTIONS * SUBJECTS,
            check_seconds,
        ),
    ):
        shards, total = tasks * SHARDS, tasks * work
        shard = work / SHARDS
        ideal, dispatch = total / CORES, shards * task_seconds
        wall = max(ideal, dispatch) + shard
        rows.append(
            (
                what,
                f"{shards:,}",
                f"{total / 3600:.1f}",
                f"{shard:.2f}",
                f"{ideal:.0f}",
                f"{dispatch:.0f}",
                f"{wall:.0f}",
                f"{shard / task_seconds:,.0f}",
            )
        )
    smallest = CORES * task_seconds / BUSY
    per_input = function_seconds / 2**32
    return Section(
        f"A model of {CORES:,} cores, on paper, with the constants measured here",
        (
            "work in float32",
            "shards of 2^24",
            "core hours",
            "seconds a shard",
            f"work / {CORES:,} cores, s",
            "dispatch, s",
            "in all, s",
            "cores at which the scheduler saturates",
        ),
        rows,
        f"A task costs the scheduler {task_seconds * 1e3:.2f} ms. `cores` workers ask for "
        "cores / (seconds a shard) tasks a second, and it hands out "
        f"{1 / task_seconds:,.0f}: to keep it below {BUSY:.0%} busy with {CORES:,} cores a shard "
        f"has to last {smallest:.1f} s or more, 2^{_bits(smallest / per_input)} inputs of a sweep. "
        "The two 16-bit formats are 2^16 inputs each, less than one shard for all functions "
        "together; float64 cannot be tried in full (2^64 inputs: "
        f"{per_input * 2**64 / CORES / 3.15e7:,.0f} years of {CORES:,} cores a function at this "
        "rate), and is checked at stratified inputs.",
    )


def _bits(inputs):
    return max(24, (int(inputs) - 1).bit_length())
