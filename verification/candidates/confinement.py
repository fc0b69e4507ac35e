"""What a candidate's process may do: half of the memory, and no word on our terminal."""

import os
import signal
from contextlib import suppress
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess
from threading import Lock, Thread
from typing import NoReturn

from .trouble import Died

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

MEMORY_SHARE = 0.5
DYING = 5.0
# The leaders of the sessions that this process has started and that are not to outlive it; and
# what is held from a start until it is known here.
STARTED: set[int] = set()
STARTING = Lock()


def memory_limit() -> int:
    """Bytes that a candidate may have: half of the machine's memory."""
    return int(MEMORY_SHARE * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))


def limit_memory(pid: int = 0) -> None:
    """Limit the data of a process, by default this one, where the system can do that.

    The limit is on private writable memory and not on addresses, which CUDA reserves without end.
    """
    if resource is None:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = memory_limit()
    limits = (most if hard == resource.RLIM_INFINITY else min(most, hard), hard)
    if not pid:
        resource.setrlimit(resource.RLIMIT_DATA, limits)
    elif hasattr(resource, "prlimit"):
        with suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_DATA, limits)


def confine() -> None:
    """Begin a child: a session of its own, limited memory, standard output and error nowhere.

    It does not outlive its parent, however that ends.
    """
    if hasattr(os, "setsid"):
        os.setsid()
    Thread(target=_follow_parent, daemon=True).start()
    limit_memory()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)


def _follow_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        kill_session(os.getpid())


def end_with_started() -> NoReturn:
    """End this process and the sessions in ``STARTED``; from a thread, as it waits for a start."""
    with STARTING:
        for pid in STARTED:
            kill_session(pid)
        os._exit(1)


def kill_session(pid: int) -> None:
    """Kill a process that leads a session, and all that it started in it."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def end(child: BaseProcess) -> None:
    """Kill a child and all that it started."""
    if child.pid is not None:
        kill_session(child.pid)
        child.kill()
        child.join()


def how_it_ended(child: BaseProcess) -> Died:
    """Wait for a child that is ending, and say how it did."""
    child.join(DYING)
    return Died("it closed its connections" if child.exitcode is None else status(child.exitcode))


def status(code: int) -> str:
    """An exit status in words; a negative one is a signal."""
    if code >= 0:
        return f"exit status {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
