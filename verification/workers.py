"""Pure functions of small tasks, computed by processes here or by a Dask cluster.

Whatever dies on the way, each task's result is yielded once: what was lost is computed again.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from threading import Thread
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

LOSSES_IN_A_ROW = 5


class WorkersLostError(Exception):
    """The processes that did the work are gone; some results are still to come."""


def completed(
    work: Callable[[Task], Result], tasks: Iterable[Task], scheduler: str | None
) -> Iterator[Result]:
    """Yield ``work`` of each task, in the order in which they are done.

    On the cluster of the Dask scheduler at the address ``scheduler``, or in a process for each
    core here. Raises WorkersLostError if that breaks down again and again without a result.
    """
    attempt = partial(_in_processes, work)
    if scheduler is not None:
        from .cluster import on_cluster  # noqa: PLC0415  Dask is loaded where it is used

        attempt = partial(on_cluster, scheduler, work)
    left = dict.fromkeys(tasks)
    losses = 0
    while left:
        try:
            for task, result in attempt(list(left)):
                del left[task]
                losses = 0
                yield result
        except WorkersLostError:
            losses += 1
            if losses == LOSSES_IN_A_ROW:
                raise


def _in_processes(
    work: Callable[[Task], Result], tasks: list[Task]
) -> Iterator[tuple[Task, Result]]:
    pool = ProcessPoolExecutor(
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start_worker,
    )
    try:
        futures = {pool.submit(work, task): task for task in tasks}
        for future in as_completed(futures):
            yield futures.pop(future), future.result()
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # while what is under way comes to its end
        raise
    except BrokenProcessPool:
        raise WorkersLostError("a worker process died") from None
    finally:
        pool.shutdown(cancel_futures=True)


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, and go when the parent goes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_exit_with_parent, daemon=True).start()


def _exit_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
