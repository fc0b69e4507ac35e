"""The process between us and a candidate: it starts what it is told to, and leaves nothing behind.

It is run as a script and loads nothing but the standard library; its standard input is a socket. It
is told one line of JSON at a time: {"start": WORDS}, with three descriptors for standard input,
output and error, or {"end": true}. It says {"started": PID} or {"refused": MESSAGE}, later
{"ended": STATUS}; and {"left": NUMBER} once everything is ended. When whoever started it is gone,
however that came about, it ends what it has started, and itself.

On Linux it is a subreaper: what a candidate starts descends from it for good, in whatever session.
So it finds all of them, and bounds the memory that they have together. Elsewhere it knows the
candidate's process group alone.
"""

import ctypes
import json
import os
import resource
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
# In bytes, of what it is told.
LONGEST = 1 << 20
# In seconds: between two looks at the memory; for the end of everything; between two tries.
LOOK_EVERY, PATIENCE, PAUSE = 0.5, 10.0, 0.002
UNWANTED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PROC = Path("/proc")


class Supervisor:
    """Holds one candidate at a time, with all that descends from it."""

    def __init__(self, told: socket.socket, parent: int, memory: int) -> None:
        self._told, self._parent, self._memory = told, parent, memory
        self._candidate: int | None = None

    def serve(self) -> None:
        """Do what it is told, as long as there is anybody who may."""
        woken = _wake_when_a_child_ends()
        poll = select.poll()
        poll.register(self._told, select.POLLIN)
        poll.register(woken, select.POLLIN)
        try:
            while os.getppid() == self._parent:
                ready = dict(poll.poll(1000 * LOOK_EVERY))
                if woken in ready:
                    os.read(woken, LONGEST)
                self._bury()
                if self._candidate and _memory_of(_descendants(os.getpid()), self._memory):
                    self._say({"ended": "memory"})
                    self._end_all()
                if self._told.fileno() in ready and not self._obey():
                    break
        except OSError:  # whoever has started it is gone, and has not heard all
            pass
        finally:
            self._end_all()

    def _obey(self) -> bool:
        """Do one thing; False if nobody is there any more."""
        line, descriptors, _, _ = socket.recv_fds(self._told, LONGEST, 3)
        for descriptor in descriptors:
            os.set_inheritable(descriptor, False)  # noqa: FBT003  it takes no name
        while line and not line.endswith(b"\n"):
            more = self._told.recv(LONGEST)
            line = line + more if more else b""
        if not line:
            return False
        words = json.loads(line).get("start")
        self._say({"left": self._end_all()} if words is None else self._start(words, descriptors))
        for descriptor in descriptors:
            os.close(descriptor)
        return True

    def _start(self, words: list[str], descriptors: list[int]) -> dict[str, object]:
        try:
            self._candidate = os.posix_spawnp(
                words[0],
                words,
                os.environ,
                file_actions=[(os.POSIX_SPAWN_DUP2, ours, i) for i, ours in enumerate(descriptors)],
                setsid=True,
                setsigdef=(signal.SIGPIPE, signal.SIGXFSZ),
            )
        except OSError as error:
            return {"refused": error.strerror}
        return {"started": self._candidate}

    def _bury(self) -> bool:
        """Take note of descendants that have ended; whether there are others."""
        with suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return True
                if pid == self._candidate:
                    self._candidate = None
                    self._say({"ended": os.waitstatus_to_exitcode(status)})
        return False

    def _end_all(self) -> int:
        """Kill every descendant, until there is none or it takes too long; how many are left."""
        end = time.monotonic() + PATIENCE
        group = self._candidate
        while self._bury():
            if group is not None:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(group, signal.SIGKILL)
            for pid in _descendants(os.getpid()):
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            if time.monotonic() > end:
                return len(_descendants(os.getpid())) or 1
            time.sleep(PAUSE)
        return 0

    def _say(self, message: dict[str, object]) -> None:
        with suppress(OSError):  # nobody is there: the next look at what it is told finds that
            self._told.sendall(json.dumps(message).encode() + b"\n")


def _wake_when_a_child_ends() -> int:
    """A descriptor that can be read when a child has ended; a plain wait would sleep on."""
    woken, waker = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    for unwanted in (signal.SIGCHLD, *UNWANTED):
        signal.signal(unwanted, lambda *_: None)
    return woken


def _be_the_reaper() -> None:
    """Become the parent of every descendant whose own parent has ended."""
    with suppress(OSError, AttributeError):  # Linux alone has it
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _limit(memory: int) -> None:
    """Bound the memory of each process that is started, and have none write its core.

    The limit is on private writable memory and not on addresses, which CUDA reserves without end.
    """
    for what, most in ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, hard))


def _descendants(pid: int) -> list[int]:
    """The processes that descend from one; none where the system does not tell."""
    found = [pid]
    for parent in found:
        for children in PROC.glob(f"{parent}/task/*/children"):
            with suppress(OSError):
                found.extend(map(int, children.read_text().split()))
    return found[1:]


def _memory_of(pids: list[int], memory: int) -> bool:
    """Whether processes have more memory than that together, private and shared."""
    quick = sum(_bytes(pid, "status", ("RssAnon:", "RssShmem:")) for pid in pids)
    # What several of them share counts for each there, and for a part each here.
    return quick > memory and (
        sum(_bytes(pid, "smaps_rollup", ("Pss_Anon:", "Pss_Shmem:")) for pid in pids) > memory
    )


def _bytes(pid: int, file: str, names: tuple[str, ...]) -> int:
    """The sum of some lines of a file about a process, which are in KiB."""
    with suppress(OSError):
        lines = (PROC / str(pid) / file).read_text().splitlines()
        return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith(names))
    return 0


if __name__ == "__main__":
    _be_the_reaper()
    _limit(int(sys.argv[2]))
    Supervisor(socket.socket(fileno=0), int(sys.argv[1]), int(sys.argv[2])).serve()
