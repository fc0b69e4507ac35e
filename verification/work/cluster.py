"""Tasks on a Dask cluster: ``dask scheduler`` and ``dask worker`` are the user's to start."""

import asyncio
import time
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from importlib import metadata
from threading import Thread
from typing import TypeVar

from distributed import Client, KilledWorker, as_completed

from reference import __version__
from verification.errors import UsageError, WorkersLostError

from .scheduler import EXPECTED, SECONDS_TO_ANSWER, connection_to, first_line, quiet, workers_at
from .watch import watched

Task = TypeVar("Task")
Result = TypeVar("Result")

SECONDS_TO_COME_BACK = 600
SECONDS_BETWEEN_TRIES = 1
LOSSES_IN_A_ROW = 5


def reach(address: str) -> None:
    """Raise UsageError unless a scheduler answers, and its workers have this version of ours."""
    with quiet():
        try:
            with _client(address) as client:
                # A worker that cannot unpickle a task dies of it: nothing of ours is sent here.
                found = client.run(metadata.version, "halfulp", on_error="return")
        except (OSError, ValueError) as error:
            raise UsageError(
                f"{EXPECTED}, but none answers at {address!r} "
                f"({first_line(error.__cause__ or error)})"
            ) from None
    for worker, there in found.items():
        if there != __version__:
            raise UsageError(
                f"expected halfulp {__version__} on every worker, but {worker} has "
                f"{there if isinstance(there, str) else 'none'}: install it there"
            )


def on_cluster(
    address: str, work: Callable[[Task], Result], tasks: Iterable[Task]
) -> Generator[Result, None, None]:
    """Yield the results; after a loss of the scheduler, those that are left, once it is back.

    Dask itself gives the task of a worker that died to another one, a few times. Without any
    worker it waits for one, without end; of that `watched` tells.
    """
    left = dict.fromkeys(tasks)
    deadly: list[Task] = []
    losses = 0
    with watched(address):
        while left:
            try:
                with _connected(address) as client:
                    futures = {client.submit(work, task, pure=False): task for task in left}
                    for future in as_completed(list(futures), loop=client.loop):
                        task = futures.pop(future)
                        try:
                            result = future.result()
                        except KilledWorker:
                            deadly.append(task)
                            del left[task]
                            continue
                        del left[task]
                        losses = 0
                        yield result
            except (CancelledError, OSError) as error:
                losses += 1
                if losses == LOSSES_IN_A_ROW:
                    raise WorkersLostError(f"the cluster is gone: {first_line(error)}") from None
    if deadly:
        raise WorkersLostError(f"several workers died over {deadly[0]}")


def _connected(address: str) -> Client:
    """A client of the scheduler, for which it waits; WorkersLostError if none comes back."""
    deadline = time.monotonic() + SECONDS_TO_COME_BACK
    while True:
        try:
            return _client(address)
        except OSError as error:
            if time.monotonic() >= deadline:
                raise WorkersLostError(
                    f"no scheduler has answered at {address} for {SECONDS_TO_COME_BACK} seconds "
                    f"({first_line(error)})"
                ) from None
        time.sleep(SECONDS_BETWEEN_TRIES)


def _client(address: str) -> Client:
    """A client, made by a thread of its own: one that Ctrl-C leaves half made ends in an error."""
    made: Future[Client] = Future()

    def make() -> None:
        try:
            made.set_result(_connect(address))
        except BaseException as error:  # noqa: BLE001  it is raised by whoever waits
            made.set_exception(error)

    thread = Thread(target=make)
    try:
        thread.start()
        return made.result()
    finally:
        with suppress(RuntimeError):  # it has not begun
            thread.join()


def _connect(address: str) -> Client:
    """A client; OSError if no scheduler answers. Somebody silent it would wait for without end."""
    asyncio.run(workers_at(address, connection_to(address)))
    return Client(address, timeout=SECONDS_TO_ANSWER, set_as_default=False)
