"""A candidate in a process of its own: if that ends or hangs in a call, the next call gets another.

So the smallest input that ends it is found, and all the others are judged. What needs the same
memory as the candidate (offsets, layouts, shared results) or its output cannot be looked at from
here.
"""

import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

import numpy as np

from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array
from verification.errors import UsageError
from verification.kinds import Access

from .calls import Caller
from .clock import Clock, late
from .confinement import confine, end, how_it_ended
from .implementation import Implementation
from .trouble import Died, Hung, Trouble

Build = Callable[[], Implementation]


class Worker:
    """The process that holds the candidate ``name``; ``build`` makes the implementation in it."""

    def __init__(self, name: str, build: Build, format_: Format, clock: Clock) -> None:
        self._name, self._build, self._format, self._clock = name, build, format_, clock
        self._process: Any = None
        self._connection: Any = None
        self._stillborn: Died | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()

    def implementation(self) -> Implementation:
        """The implementation, its functions being calls to the process.

        One that ends the process while it is loaded has a forward, so that there is a finding.
        """
        try:
            described, names = self._start()
        except Died:
            described, names = Implementation(self._name, None), ["value"]
        described = replace(described, caller=Isolated)
        return described.with_functions({name: partial(self.call, name) for name in names})

    def call(self, name: str, *arguments: Array, warns: bool = True) -> tuple[Any, list[Trouble]]:
        """Result and troubles of one call; raise Died if there was no end to it."""
        if self._process is None:
            self._start()
        limit = self._clock.call()
        try:
            self._connection.send((name, arguments, warns))
            answer: tuple[Any, list[Trouble]] = self._receive(limit)
        except Died:
            self._end()
            raise
        except (EOFError, OSError):
            death = how_it_ended(self._process)
            self._end()
            raise death from None
        if any(_is_out_of_memory(trouble) for trouble in answer[1]):
            self._end()
        return answer

    def _start(self) -> tuple[Implementation, list[str]]:
        """Start a process; return what its implementation is, and the names of its functions."""
        if self._stillborn is not None:
            raise self._stillborn
        self._clock.call()
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._build, self._format))
        self._process.start()
        theirs.close()
        try:
            started = self._receive(self._clock.left())
        except Hung:
            self._stillborn = Hung("it is not loaded in time (see --timeout)")
        except (EOFError, OSError):
            self._stillborn = Died(f"{how_it_ended(self._process)} while it was loaded")
        if self._stillborn is not None:
            self._end()
            raise self._stillborn
        if isinstance(started, UsageError):
            self._end()
            raise started
        implementation, names = started
        return implementation, names

    def _receive(self, limit: float) -> Any:
        if not self._clock.wait(self._connection.poll, limit):
            raise Hung(late(limit))
        return self._connection.recv()

    def _end(self) -> None:
        if self._process is not None:
            end(self._process)
            self._connection.close()
            self._process = None


def _is_out_of_memory(trouble: Trouble) -> bool:
    return trouble.kind == "exception" and "MemoryError" in trouble.detail


def _serve(connection: Connection, build: Build, format_: Format) -> None:
    """Answer calls until nobody asks any more."""
    confine()
    try:
        implementation = build()
    except UsageError as error:
        connection.send(error)
        return
    functions = implementation.functions
    described = replace(implementation, origin=None).with_functions({})
    connection.send((described, list(functions)))
    while True:
        try:
            name, arguments, warns = connection.recv()
        except EOFError:
            return
        caller = Caller(name, functions[name], format_)
        result = caller(*arguments, warns=warns)
        connection.send((result, list(caller.troubles.values())))


@dataclass
class Isolated(Caller):
    """Calls a function by way of a `Worker`; what ended it once is not tried again."""

    access = Access.CALLS | Access.ARRAYS
    why_not = (
        "in a process of its own, as it ends or hangs: offset and layout of its arrays, whose "
        "memory a result is, and what compiled code writes are not judged"
    )

    fatal: set[int] = field(default_factory=set)

    def __call__(self, *arguments: Array, warns: bool = True) -> Array | None:
        """Return the result, None if none came; troubles are kept."""
        bits = np.ascontiguousarray(arguments[0]).view(self.format_.bits).reshape(-1)
        if self.fatal and np.isin(bits, list(self.fatal)).any():
            return None
        result: Array | None
        try:
            result, troubles = self.function(*arguments, warns=warns)
        except Died as death:
            self.died(death, arguments)
            if bits.size == 1:
                self.fatal.add(int(bits[0]))
            return None
        for trouble in troubles:
            self.keep(trouble)
        return result

    def guarded(self, arguments: tuple[Array, ...], *, warns: bool = True) -> Array | None:
        """The same: the call is guarded where it happens."""
        return self(*arguments, warns=warns)
