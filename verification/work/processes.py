"""Pure functions of small tasks, computed by processes here or by a Dask cluster.

Each task's result is yielded once. What a process that died was at work on is done again.
"""

import multiprocessing
import os
import platform
import signal
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import cache, partial
from itertools import islice
from pathlib import Path
from threading import Thread
from typing import TypeVar

import reference
from verification.candidates.allocation import keep_freed_memory
from verification.errors import UsageError, WorkersLostError
from verification.records.provenance import hash_of_files

Task = TypeVar("Task")
Result = TypeVar("Result")

LOSSES_OF_A_TASK = 3


def completed(
    work: Callable[[Task], Result], tasks: Iterable[Task], scheduler: str | None
) -> Generator[Result, None, None]:
    """Yield ``work`` of each task, in the order in which they are done.

    On the cluster of the Dask scheduler at the address ``scheduler``, or in a process for each
    core here. Raises WorkersLostError where that is impossible, after all results that are not.
    """
    work = partial(_of_same_sources, work, sources())
    if scheduler is None:
        return _in_processes(work, tasks)
    from .cluster import on_cluster  # noqa: PLC0415  Dask is loaded where it is used

    return on_cluster(scheduler, work, tasks)


@cache
def sources() -> str:
    """The hash of all that computes results here."""
    root = Path(reference.__file__).parent.parent
    folders = (root / "reference", root / "verification")
    return hash_of_files(
        (
            path
            for folder in folders
            for path in folder.rglob("*")
            if path.suffix in {".py", ".json"}
        ),
        root,
    )


def _of_same_sources(work: Callable[[Task], Result], expected: str, task: Task) -> Result:
    keep_freed_memory()
    if sources() != expected:
        raise UsageError(
            f"expected workers with the sources that are here, but {platform.node()} has "
            "others: install the same version of halfulp there"
        )
    return work(task)


def _in_processes(
    work: Callable[[Task], Result], tasks: Iterable[Task]
) -> Generator[Result, None, None]:
    """The tasks over which no process has died first, then each of the others alone."""
    deaths = dict.fromkeys(tasks, 0)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    while any(times < LOSSES_OF_A_TASK for times in deaths.values()):
        untried = [task for task, times in deaths.items() if times == 0]
        again = [task for task, times in deaths.items() if 0 < times < LOSSES_OF_A_TASK]
        under_way: dict[Future[Result], Task] = {}
        processes = cores or 1 if untried else 1
        try:
            for task, result in _in_a_pool(processes, work, untried or again[:1], under_way):
                del deaths[task]
                yield result
        except BrokenProcessPool:
            for task in under_way.values():
                deaths[task] += 1
    if deaths:
        raise WorkersLostError(f"{LOSSES_OF_A_TASK} processes died over {next(iter(deaths))}")


def _in_a_pool(
    processes: int,
    work: Callable[[Task], Result],
    tasks: list[Task],
    under_way: dict[Future[Result], Task],
) -> Iterator[tuple[Task, Result]]:
    """Yield tasks with their results; ``under_way`` is kept up to date.

    If nobody waits for more, the processes end at once, with what they have started.
    """
    before = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_start_worker)
    waiting = iter(tasks)
    at_once = processes + 1 if processes > 1 else 1
    try:
        under_way |= {pool.submit(work, task): task for task in islice(waiting, at_once)}
        while under_way:
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                result = future.result()
                task = under_way.pop(future)
                under_way |= {pool.submit(work, task): task for task in islice(waiting, 1)}
                yield task, result
    except BaseException:
        for child in set(multiprocessing.active_children()) - before:
            child.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, go when the parent goes, and take one core."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
