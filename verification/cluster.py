"""Tasks on a Dask cluster: ``dask scheduler`` and ``dask worker`` are the user's to start."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import TypeVar

from .errors import UsageError
from .workers import WorkersLostError

try:
    from distributed import Client, KilledWorker, as_completed
except ModuleNotFoundError:
    raise UsageError("--scheduler needs Dask: python3 -m pip install distributed") from None

Task = TypeVar("Task")
Result = TypeVar("Result")

SECONDS_TO_ANSWER = 5
SECONDS_TO_COME_BACK = 120


def reach(address: str) -> None:
    """Raise UsageError unless a scheduler answers."""
    try:
        with _quiet(), Client(address, timeout=SECONDS_TO_ANSWER, set_as_default=False):
            pass
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            f"--scheduler: expected the address of a Dask scheduler, such as tcp://host:8786, "
            f"but none answers at {address!r} ({str(error).splitlines()[0]})"
        ) from None


def on_cluster(
    address: str, work: Callable[[Task], Result], tasks: list[Task]
) -> Iterator[tuple[Task, Result]]:
    """Yield tasks with their results; WorkersLostError if the scheduler or too many workers go.

    Dask itself gives the task of a worker that died to another one.
    """
    try:
        with (
            _quiet(),
            Client(address, timeout=SECONDS_TO_COME_BACK, set_as_default=False) as client,
        ):
            futures = {client.submit(work, task, pure=False): task for task in tasks}
            for future in as_completed(list(futures), loop=client.loop):
                result = future.result()
                yield futures.pop(future), result
    except (CancelledError, KilledWorker, OSError) as error:
        raise WorkersLostError(str(error).splitlines()[0]) from None


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
