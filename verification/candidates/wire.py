"""Messages between us and a candidate's process: a line of JSON, and raw bytes behind it.

Nothing is unpickled on either side. `Exchange` is ours: it waits for no longer than it is told, and
takes no more than it has asked for, whatever the other side does. `Respondent` is theirs.
"""

import json
import select
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from .trouble import Nonsense

# In bytes: of a line, which says how many follow it; and what is read at once.
MOST = 1 << 16
PIECE = 1 << 20
# In seconds: a process that nobody asks for longer ends, and is started again when it is asked.
IDLE = 600.0
NO_ANSWER = "its process sent something that is no answer"

NOTHING = memoryview(b"")

Message = dict[str, Any]


def _line(message: Message, size: int) -> bytes:
    return json.dumps({**message, "bytes": size}).encode() + b"\n"


class Exchange:
    """One question, and the answer to it: a message, and at most ``most`` bytes behind it."""

    def __init__(
        self, connection: socket.socket, message: Message, data: Sequence[memoryview], most: int
    ) -> None:
        self._connection = connection
        line = _line(message, sum(map(len, data)))
        self._left = [part for part in (memoryview(line), *data) if part]
        self._came = bytearray()
        self._most = most
        self._message: Message | None = None

    @property
    def answer(self) -> tuple[Message, memoryview]:
        """What came, once it is there."""
        assert self._message is not None  # noqa: S101  it is there
        return self._message, memoryview(self._came)

    def is_over(self, seconds: float) -> bool:
        """Go on for some seconds; whether the answer is there.

        Raises EOFError or OSError if nobody is there, Nonsense for what is no answer.
        """
        end = time.monotonic() + seconds
        poll = select.poll()
        while not self._is_whole():
            poll.register(self._connection, select.POLLIN | (select.POLLOUT if self._left else 0))
            events = dict(poll.poll(1000 * max(0.0, end - time.monotonic())))
            happened = events.get(self._connection.fileno())
            if happened is None:
                return False
            if happened & select.POLLOUT:
                self._send()
            if happened & ~select.POLLOUT:
                self._take()
        return True

    def _send(self) -> None:
        first, *rest = self._left
        with suppress(BlockingIOError):
            first = first[self._connection.send(first[:PIECE]) :]
        self._left = [first, *rest] if first else rest

    def _take(self) -> None:
        piece = self._connection.recv(PIECE)
        if not piece:
            raise EOFError
        self._came += piece
        if self._message is None:
            line, newline, rest = self._came.partition(b"\n")
            if newline:
                self._message, self._came = _parsed(line, self._most), rest
            elif len(line) > MOST:
                raise Nonsense(NO_ANSWER)

    def _is_whole(self) -> bool:
        if self._message is None:
            return False
        if len(self._came) > self._message["bytes"]:
            raise Nonsense(NO_ANSWER)
        is_whole: bool = len(self._came) == self._message["bytes"]
        return is_whole


def _parsed(line: bytearray, most: int) -> Message:
    try:
        message = json.loads(line)
        fits = type(message["bytes"]) is int and 0 <= message["bytes"] <= most
    except (ValueError, TypeError, KeyError, RecursionError):
        fits = False
    if not fits:
        raise Nonsense(NO_ANSWER)
    answer: Message = message
    return answer


class Respondent:
    """The other end, in the candidate's process: it is asked, and answers."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._file = connection.makefile("rb")

    def asked(self) -> tuple[Message, memoryview] | None:
        """The next message and its bytes; None if nobody is there any more, or asks for long."""
        poll = select.poll()
        poll.register(self._connection, select.POLLIN)
        line = self._file.readline() if poll.poll(1000 * IDLE) else b""
        if not line:
            return None
        message = json.loads(line)
        return message, memoryview(self._file.read(message["bytes"]))

    def answer(self, message: Message, data: memoryview = NOTHING) -> None:
        """Send a message with some bytes."""
        self._connection.sendall(_line(message, len(data)))
        self._connection.sendall(data)
