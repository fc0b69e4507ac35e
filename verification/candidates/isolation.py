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
from dataclasses import dataclass, field
from functools import lru_cache
from math import prod
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Any, Self

import numpy as np

from reference.arithmetic.types import Array
from verification.errors import UsageError
from verification.kinds import KINDS

from .arrays import packed
from .callee import Answer, Callee
from .clock import Clock, late
from .confinement import Confinement
from .implementation import Implementation
from .text import shown
from .trouble import Died, Hung, Nonsense
from .wire import IDLE, NO_ANSWER, Exchange, Message

SERVE = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
SERVE += "from verification.candidates.serving import serve; serve()"
SUBJECTS = ("value", "derivative", "backward")
CALLS = ("call", "derivative_call", "backward_call", "before_float64")
# Characters of a text that has been cut already.
LONGEST = 1000


@dataclass(frozen=True)
class Named:
    """How other processes make the implementation that a name stands for, once for each check."""

    name: str
    clock: Clock = field(compare=False)
    check: str = field(default_factory=lambda: token_hex(8))

    def __call__(self) -> Implementation:
        """The implementation, in a process beside this one."""
        return _made(self)


@lru_cache(maxsize=1)
def _made(named: Named) -> Implementation:
    return Worker(named.name, named.clock).implementation()


class Worker:
    """The process that holds a candidate, and is replaced when it ends."""

    def __init__(self, name: str, clock: Clock) -> None:
        self._name, self._clock = name, clock
        self._path = json.dumps([str(Path(folder).absolute()) for folder in sys.path])
        self._confinement = Confinement()
        self._connection: socket.socket | None = None
        self._used = 0.0
        self._stillborn: Died | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.end()
        self._confinement.close()

    def implementation(self) -> Implementation:
        """The implementation, its functions being calls to the process; UsageError if it is none.

        One that ends the process while it is loaded has a forward, so that there is a finding.
        """
        try:
            functions, calls = self._start()
        except Died:
            functions, calls = ["value"], dict.fromkeys(CALLS, "")
        return Implementation(
            self._name,
            None,
            call=calls["call"],
            derivative_call=calls["derivative_call"],
            backward_call=calls["backward_call"],
            before_float64=calls["before_float64"],
            origin=Named(self._name, self._clock),
        ).with_functions({name: Remote(self, name) for name in functions})

    def ask(
        self, message: Message, data: Sequence[memoryview], most: int
    ) -> tuple[Message, memoryview]:
        """The answer to a message, and at most some bytes with it; raise Died if there is none."""
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

    def _start(self) -> tuple[list[str], dict[str, str]]:
        """Start a process; the names of its functions, and how a user would call them."""
        if self._stillborn is not None:
            raise self._stillborn
        self._clock.call()
        self.end()
        self._begin()
        try:
            message, _ = self._exchange({"name": self._name}, [], 0, self._clock.left())
            return _description(message)
        except Hung:
            self._stillborn = Hung("it is not loaded in time (see --timeout)")
        except Nonsense as nonsense:
            self._stillborn = nonsense
        except (EOFError, OSError):
            self._stillborn = Died(f"{self._confinement.how_it_ended()} while it was loaded")
        self.end()
        raise self._stillborn

    def _begin(self) -> None:
        """Start Python in a process that writes nowhere."""
        self._connection, theirs = socket.socketpair()
        self._connection.setblocking(False)  # noqa: FBT003  it takes no name
        words = [sys.executable, "-c", SERVE, self._path]
        with theirs, Path(os.devnull).open("wb") as nowhere:
            self._confinement.start(words, [theirs.fileno(), nowhere.fileno(), nowhere.fileno()])

    def _exchange(
        self, message: Message, data: Sequence[memoryview], most: int, limit: float
    ) -> tuple[Message, memoryview]:
        assert self._connection is not None  # noqa: S101  the process is started
        exchange = Exchange(self._connection, message, data, most)
        if not self._clock.wait(exchange.is_over, limit):
            raise Hung(late(limit))
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
        dtype = arguments[0].dtype
        most = dtype.itemsize * prod(shape)
        answer, came = self._worker.ask(message, data, most)
        troubles = _troubles(answer)
        if any("MemoryError" in detail for _, detail in troubles):
            self._worker.end()
        if len(came) not in (0, most):
            raise Nonsense(NO_ANSWER)
        has_result = answer.get("result") is True and len(came) == most
        result = np.frombuffer(came, dtype).reshape(shape) if has_result else None
        overwrote = answer.get("overwrote") is True
        return Answer(result, troubles, overwrote, _text(answer, "wrote"))


def _description(message: Message) -> tuple[list[str], dict[str, str]]:
    """What a process says of its implementation; UsageError if it says that there is none."""
    if refused := _text(message, "refused"):
        raise UsageError(refused)
    told = message.get("functions")
    if not isinstance(told, list):
        raise Nonsense(NO_ANSWER)
    functions = [name for name in SUBJECTS if name in told]
    return functions, {name: _text(message, name) for name in CALLS}


def _troubles(message: Message) -> tuple[tuple[str, str], ...]:
    """The troubles that a process tells of, of kinds that we know."""
    try:
        return tuple((_known(kind), _cut(detail)) for kind, detail in message["troubles"])
    except (KeyError, TypeError, ValueError):
        raise Nonsense(NO_ANSWER) from None


def _known(kind: Any) -> str:
    """The kind, or ValueError."""
    return list(KINDS)[list(KINDS).index(kind)]


def _text(message: Message, name: str) -> str:
    return _cut(message.get(name, ""))


def _cut(text: Any) -> str:
    """A text that has been cut there already, unless somebody else has sent it."""
    if not isinstance(text, str):
        raise Nonsense(NO_ANSWER)
    return shown(text, LONGEST)
