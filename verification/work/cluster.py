"""Tasks on a Dask cluster: ``dask scheduler`` and ``dask worker`` are the user's to start."""

import asyncio
import logging
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from importlib import metadata
from typing import TypeVar

from reference import __version__
from verification.errors import UsageError, WorkersLostError

try:
    from distributed import Client, KilledWorker, as_completed
    from distributed.comm import connect
except ModuleNotFoundError:
    raise UsageError("--scheduler needs Dask: python3 -m pip install distributed") from None

Task = TypeVar("Task")
Result = TypeVar("Result")

SECONDS_TO_ANSWER = 5
SECONDS_TO_COME_BACK = 120
LOSSES_IN_A_ROW = 5


def reach(address: str) -> None:
    """Raise UsageError unless a scheduler answers, and its workers have this version of ours."""
    try:
        asyncio.run(_shake_hands(address))
        with _quiet(), Client(address, set_as_default=False) as client:
            # A worker that cannot unpickle a task dies of it: nothing of ours is sent here.
            found = client.run(metadata.version, "halfulp", on_error="return")
    except (OSError, ValueError) as error:
        raise UsageError(
            f"--scheduler: expected the address of a Dask scheduler, such as tcp://host:8786, "
            f"but none answers at {address!r} ({_first_line(error)})"
        ) from None
    for worker, there in found.items():
        if there != __version__:
            raise UsageError(
                f"expected halfulp {__version__} on every worker, but {worker} has "
                f"{there if isinstance(there, str) else 'none'}: install it there"
            )


async def _shake_hands(address: str) -> None:
    """Connect and part; a `Client` would wait without end for somebody who is silent."""
    comm = await asyncio.wait_for(connect(address), SECONDS_TO_ANSWER)
    await comm.close()


def on_cluster(
    address: str, work: Callable[[Task], Result], tasks: Iterable[Task]
) -> Generator[Result, None, None]:
    """Yield the results; after a loss of the scheduler, those that are left, once it is back.

    Dask itself gives the task of a worker that died to another one, a few times.
    """
    left = dict.fromkeys(tasks)
    deadly: list[Task] = []
    losses = 0
    while left:
        try:
            with (
                _quiet(),
                Client(address, timeout=SECONDS_TO_COME_BACK, set_as_default=False) as client,
            ):
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
                raise WorkersLostError(f"the cluster is gone: {_first_line(error)}") from None
    if deadly:
        raise WorkersLostError(f"several workers died over {deadly[0]}")


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the log of a connection's end: what it comes to is said by our own errors."""
    logger = logging.getLogger("distributed")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
