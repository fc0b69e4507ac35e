"""A candidate known by its name, in a process of its own: the truth and the verdict stay here.

Arrays go there and come back as bytes, and every comparison is made here. What that process says of
itself, that it raised or warned or wrote to its input, is no more than a kind that we know and a
text. If it ends or hangs in a call, the next call gets another process; so the smallest input that
ends it is found, and all the others are judged.
"""

import json
import os
import socket
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from secrets import token_hex
from threading import Lock
from types import TracebackType
from typing import Any, Self

import numpy as np

from reference.arithmetic.types import Array
from verification.errors import UsageError
from verification.kinds import KINDS

from . import frameworks
from .arrays import packed
from .callee import Answer, Callee
from .clock import Clock, late
from .confinement import Confinement
from .implementation import Implementation
from .text import MOST, shown
from .trouble import Died, Hung, Nonsense
from .wire import IDLE, NO_ANSWER, Exchange, Message

SERVE = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
SERVE += "from verification.candidates.serving import serve; serve()"
# What is wrong with a call that gives no result.
SILENT = {"exception", "no result", "shape"}
# Characters of a text that has been cut already; and of the reason why there is no candidate.
CUT, LONGEST = MOST + 40, 1000
# In seconds: how often the process is looked at, while there is no answer.
POLL = 0.5


@dataclass(frozen=True)
class Named:
    """How other processes make the implementation that names stand for, once for each check."""

    candidate: frameworks.Candidate
    clock: Clock = field(compare=False)
    check: str = field(default_factory=lambda: token_hex(8))

    def __call__(self) -> Implementation:
        """The implementation, in a process beside this one."""
        return _made(self)


@lru_cache(maxsize=1)
def _made(named: Named) -> Implementation:
    return Worker(named.candidate, named.clock).implementation()


class Worker:
    """The process that holds a candidate, and is replaced when it ends."""

    def __init__(self, candidate: frameworks.Candidate, clock: Clock) -> None:
        self._candidate, self._clock = candidate, clock
        self._path = json.dumps([str(Path(folder).absolute()) for folder in sys.path])
        self._confinement = Confinement()
        self._connection: socket.socket | None = None
        self._used = 0.0
        self._has_loaded = False
        self._stillborn: Died | None = None
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        had_escaped = self._confinement.escaped
        self.close()
        if kind is None and self._confinement.escaped and not had_escaped:
            name = self._candidate.name
            raise UsageError(f"there is no verdict on {name!r}: {self._confinement.escaped}")

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """End the process, and what watches over it."""
        self.end()
        self._confinement.close()

    def implementation(self) -> Implementation:
        """The implementation, its functions being calls to the process; UsageError if it is none.

        One that ends the process while it is loaded does so again when it is called: a finding.
        """
        implementation = replace(
            frameworks.described(self._candidate),
            origin=Named(self._candidate, self._clock),
            clock=self._clock,
        )
        with suppress(Died):
            self._start()
        functions = {name: Remote(self, name) for name in frameworks.subjects(self._candidate)}
        return implementation.with_functions(functions)

    def ask(
        self, message: Message, data: Sequence[memoryview], most: int
    ) -> tuple[Message, memoryview]:
        """The answer to a message, and at most some bytes with it; raise Died if there is none."""
        with self._lock:
            if self._connection is None or time.monotonic() - self._used > IDLE / 2:
                self._start()
            limit = self._clock.call()
            try:
                return self._exchange(message, data, most, limit)
            except Died:
                self.end()
                raise
            except (EOFError, OSError):
                death = self._confinement.how_it_ended()
                self.end()
                raise death from None

    def end(self) -> None:
        """End the process; the next call gets another."""
        self._confinement.end()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _start(self) -> None:
        """Start a process that has loaded the candidate; UsageError if it cannot be loaded."""
        if self._stillborn is not None:
            raise self._stillborn
        self._clock.call()
        self.end()
        self._begin()
        try:
            answer, _ = self._exchange(
                {"candidate": self._candidate.to_message()}, [], 0, self._clock.left()
            )
            if refused := _text(answer, "refused"):
                raise Died(refused) if self._has_loaded else UsageError(refused)
            self._has_loaded = True
        except Hung:
            self._stillborn = Hung("it is not loaded in time (see --timeout)")
        except (EOFError, OSError):
            self._stillborn = Died(f"{self._confinement.how_it_ended()} while it was loaded")
        except Died as refusal:
            self._stillborn = refusal
        if self._stillborn is not None:
            self.end()
            raise self._stillborn

    def _begin(self) -> None:
        """Start Python in a process whose standard output and error go nowhere."""
        self._connection, theirs = socket.socketpair()
        self._connection.setblocking(False)  # noqa: FBT003  it takes no name
        words = [sys.executable, "-P", "-c", SERVE, self._path]
        with theirs, Path(os.devnull).open("wb") as nowhere:
            descriptors = [theirs.fileno(), nowhere.fileno(), nowhere.fileno()]
            try:
                self._confinement.start(words, descriptors)
            except ValueError as error:
                name = self._candidate.name
                raise UsageError(f"no process can be started for {name!r}: {error}") from None

    def _exchange(
        self, message: Message, data: Sequence[memoryview], most: int, limit: float
    ) -> tuple[Message, memoryview]:
        assert self._connection is not None  # noqa: S101  the process is started
        exchange = Exchange(self._connection, message, data, most)

        def is_over(seconds: float) -> bool:
            if exchange.is_over(min(seconds, POLL)):
                return True
            # Its children may hold the connection open when it has ended.
            if self._confinement.has_ended(0.0) and not exchange.is_over(0.0):
                raise EOFError
            return False

        if not self._clock.wait(is_over, limit):
            raise Hung(late(limit))
        if self._confinement.has_ended(0.0):
            raise EOFError
        self._used = time.monotonic()
        return exchange.answer


class Remote(Callee):
    """A function in the process of a worker."""

    def __init__(self, worker: Worker, subject: str) -> None:
        self._worker, self._subject = worker, subject

    def call(self, *arguments: Array, warns: bool = True, reuse: bool = False) -> Answer:
        """See `Callee`."""
        return self._ask("call", arguments, warns=warns, reuse=reuse)

    def overwrites(self, arguments: tuple[Array, ...], others: tuple[Array, ...]) -> Answer:
        """See `Callee`."""
        return self._ask("overwrites", (*arguments, *others))

    def writes(self, *arguments: Array) -> Answer:
        """See `Callee`."""
        return self._ask("writes", arguments)

    def _ask(self, what: str, arguments: tuple[Array, ...], **options: bool) -> Answer:
        looks, data = zip(*map(packed, arguments), strict=True)
        message = {"do": what, "subject": self._subject, "arrays": looks, "options": options}
        shape = np.broadcast_shapes(*(argument.shape for argument in arguments))
        like = np.empty(shape, arguments[0].dtype)
        came = self._worker.ask(message, data, like.nbytes)
        try:
            answer = _answer(*came, like, needs_reason=what == "call")
        except Nonsense:
            self._worker.end()
            raise
        if any("MemoryError" in detail for _, detail in answer.troubles):
            self._worker.end()
        return answer


def _answer(message: Message, data: memoryview, like: Array, *, needs_reason: bool) -> Answer:
    """The answer that came, if it is one; where there is no result, it may need a reason."""
    told = message.get("troubles")
    if not isinstance(told, list) or not all(map(_is_trouble, told)):
        raise Nonsense(NO_ANSWER)
    troubles = tuple((kind, shown(detail, CUT)) for kind, detail in told)
    result: Array | None = None
    if message.get("result") is True and len(data) == like.nbytes:
        result = np.frombuffer(data, like.dtype).reshape(like.shape)
    elif needs_reason and not SILENT & {kind for kind, _ in troubles}:
        raise Nonsense(NO_ANSWER)
    return Answer(result, troubles, message.get("overwrote") is True, _text(message, "wrote"))


def _is_trouble(told: Any) -> bool:
    is_pair = isinstance(told, list) and len(told) == 2  # noqa: PLR2004  kind and detail
    return is_pair and all(isinstance(part, str) for part in told) and told[0] in KINDS


def _text(message: Message, name: str) -> str:
    """A text that has been cut there already, unless somebody else has sent it."""
    text = message.get(name, "")
    if not isinstance(text, str):
        raise Nonsense(NO_ANSWER)
    return shown(text, LONGEST)
