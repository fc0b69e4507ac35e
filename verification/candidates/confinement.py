"""The place of a candidate's processes: half of the memory, and an end with us at the latest.

They are started by a supervisor, a process between us and them (see there).
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from verification.errors import UsageError

from .trouble import Died

MEMORY_SHARE = 0.5
SUPERVISOR = Path(__file__).with_name("supervisor.py")
PIECE = 1 << 16
# In seconds: for a supervisor's answer, which comes at once if the machine lets it; for an end.
PATIENCE, DYING = 20.0, 5.0
BY_MEMORY = "ended, as it and what it had started took more than half of the machine's memory"
SUPERVISOR_LOST = "it ended the process that watches over it"


def memory_limit() -> int:
    """Bytes that a candidate may have: half of the machine's memory."""
    return int(MEMORY_SHARE * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))


class Confinement:
    """The place of one program at a time, and of all that it starts.

    ``status`` says how the program ended: an exit status, negative for a signal, or a sentence; it
    is None as long as the program runs. ``escaped`` is a sentence where a process may be left.
    """

    def __init__(self) -> None:
        self.status: int | str | None = None
        self.escaped = ""
        self._program = 0
        self._supervisor: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._heard = b""

    def start(self, words: Sequence[str], descriptors: Sequence[int]) -> None:
        """Start a program with these for its standard input, output and error.

        Raises ValueError with the system's reason if it refuses, Died if nobody can say whether it
        has started, and UsageError where programs cannot be confined.
        """
        self.end()
        if self._line is None:
            self._hire()
        self.status = None
        message = self._ask({"start": [*words]}, descriptors)
        if "refused" in message:
            raise ValueError(message["refused"])
        if "started" not in message:
            raise Died(SUPERVISOR_LOST)
        self._program = message["started"]

    def has_ended(self, seconds: float) -> bool:
        """Wait for the end of the program, for some seconds."""
        end = time.monotonic() + seconds
        while self.status is None:
            try:
                message = self._next(end)
            except (EOFError, OSError):
                self._lose()
                return True
            if message is None:
                return False
            self._note(message)
        return True

    def how_it_ended(self) -> Died:
        """Wait for a program that is ending, and say how it did."""
        if not self.has_ended(DYING):
            return Died("it closed its connections")
        return Died(self.status if isinstance(self.status, str) else in_words(self.status or 0))

    def end(self) -> None:
        """End the program and all that it has started, as far as possible: see ``escaped``."""
        if self._program:
            left = self._ask({"end": True}).get("left")
            self._program = 0
            if left:
                self.escaped = f"{left} of its processes cannot be ended"

    def close(self) -> None:
        """End everything, the supervisor too, which a later start would replace."""
        if self._line is not None:
            self._line.close()
            self._line = None
        if self._supervisor is not None:
            with suppress(subprocess.TimeoutExpired):
                self._supervisor.wait(PATIENCE)
            self._supervisor = None

    def __del__(self) -> None:
        self.close()

    def _hire(self) -> None:
        if not hasattr(socket, "send_fds"):
            raise UsageError(
                "expected Linux or macOS, where a candidate can be confined: on this system, call "
                "verification.check with a function"
            )
        self._line, theirs = socket.socketpair()
        words = [sys.executable, "-I", "-S", str(SUPERVISOR), str(os.getpid()), str(memory_limit())]
        with theirs:
            self._supervisor = subprocess.Popen(  # noqa: S603  our own
                words, stdin=theirs.fileno(), start_new_session=True
            )
        self._heard = b""

    def _ask(self, message: dict[str, Any], descriptors: Sequence[int] = ()) -> dict[str, Any]:
        """Tell the supervisor something; its answer, nothing if it is lost."""
        assert self._line is not None  # noqa: S101  it is hired
        end = time.monotonic() + PATIENCE
        with suppress(EOFError, OSError):
            socket.send_fds(self._line, [json.dumps(message).encode() + b"\n"], [*descriptors])
            while answer := self._next(end):
                if "ended" not in answer:
                    return answer
                self._note(answer)
        self._lose()
        return {}

    def _next(self, end: float) -> dict[str, Any] | None:
        """What the supervisor says next, None if that is nothing before a time."""
        assert self._line is not None  # noqa: S101  it is hired
        poll = select.poll()
        poll.register(self._line, select.POLLIN)
        while b"\n" not in self._heard:
            if not poll.poll(1000 * max(0.0, end - time.monotonic())):
                return None
            piece = self._line.recv(PIECE)
            if not piece:
                raise EOFError
            self._heard += piece
        line, _, self._heard = self._heard.partition(b"\n")
        message: dict[str, Any] = json.loads(line)
        return message

    def _note(self, message: dict[str, Any]) -> None:
        """Take the first thing that is said of an end."""
        if self.status is None:
            ended = message["ended"]
            self.status = BY_MEMORY if ended == "memory" else ended

    def _lose(self) -> None:
        """The supervisor is gone, or does not answer: end what is known, and do without."""
        if self._program:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._program, signal.SIGKILL)
        if self._supervisor is not None:
            self._supervisor.kill()
        self.close()
        self._program, self.status, self.escaped = 0, SUPERVISOR_LOST, SUPERVISOR_LOST


def in_words(code: int) -> str:
    """An exit status in words; a negative one is a signal."""
    if code >= 0:
        return f"exit status {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
