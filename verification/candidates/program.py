"""A program in any language: raw little-endian values on standard input, as many on its output."""

import os
import shlex
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from reference.arithmetic.types import Array
from verification.errors import UsageError
from verification.kinds import Access

from .calls import Caller
from .clock import Clock, late
from .confinement import Confinement
from .implementation import Implementation
from .scratch import scratch
from .text import shown
from .trouble import Died, Hung, Nonsense

SAID = 200
# In bytes, of what it may say on standard error in a call.
MOST = 1 << 24
POLL = 0.1
BEGINNING = 12
SHELL = "<>|&;"


class Program(Caller):
    """Calls a program, which gets raw values: what their array looks like, it cannot see."""

    access = Access.CALLS
    why_not = "a program gets raw values: what arrays look like, and what it says, is not judged"


def implementation(
    command: str | None, derivative_command: str | None, clock: Clock
) -> Implementation:
    """The implementation that the commands are; each call of a function runs its command once."""
    name = command or derivative_command or ""
    return Implementation(
        name,
        None if command is None else _Filter(command, clock),
        None if derivative_command is None else _Filter(derivative_command, clock),
        call=_pipe(command),
        derivative_call=_pipe(derivative_command),
        origin=partial(implementation, command, derivative_command, clock),
        caller=Program,
        clock=clock,
    )


def _pipe(command: str | None) -> str:
    """A line of shell that sends one number through the command."""
    write = 'sys.stdout.buffer.write(numpy.array({x}, "{dtype}").tobytes())'
    return f"python3 -c 'import ml_dtypes, numpy, sys; {write}' | {command} | od -An -tx1"


def little_endian(x: Array) -> bytes:
    """The raw values of an array, in C's order."""
    contiguous = np.ascontiguousarray(x)
    return contiguous.astype(_little(x.dtype)).tobytes()


def from_little_endian(data: bytes, like: np.dtype[Any]) -> Array:
    """The array of raw values."""
    return np.frombuffer(data, _little(like)).astype(like)


def _little(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return dtype.newbyteorder("<") if dtype.kind == "f" else dtype


class _Filter:
    """A program as a function of arrays: each call runs it once."""

    def __init__(self, command: str, clock: Clock) -> None:
        self._words, self._clock = _words(command), clock
        self._confinement = Confinement()

    def __call__(self, x: Array) -> Array:
        data = little_endian(x)
        came = self._output(data)
        if len(came) != len(data):
            more = "more than " if len(came) > len(data) else ""
            counts = f"{more}{min(len(came), len(data))} bytes came for {len(data)}"
            raise Nonsense(f"{counts}, which begin with {came[:BEGINNING]!r}")
        return from_little_endian(came, x.dtype).reshape(x.shape)

    def _output(self, data: bytes) -> bytes:
        """What the program writes for ``data``, and not much more; Died if it does not end well.

        What it has started ends with it. It writes to a file, so that nobody can keep us waiting.
        """
        limit = self._clock.call()
        with scratch() as given, scratch() as came, scratch() as said:
            given.write(data)
            given.seek(0)
            self._start([given.fileno(), came.fileno(), said.fileno()])
            try:
                ended = self._wait(limit, {came.fileno(): len(data), said.fileno(): MOST})
                death = self._confinement.how_it_ended() if ended else None
            finally:
                self._confinement.end()
            said.seek(0)
            message = shown(said.read(4 * SAID).decode(errors="replace").strip(), SAID)
            if self._confinement.escaped:
                raise Died(self._confinement.escaped)
            if os.fstat(said.fileno()).st_size > MOST:
                raise Died(f"it wrote more than {MOST:,} bytes to standard error: {message}")
            if death is not None and self._confinement.status != 0:
                raise Died(f"{death} {message}".strip())
            came.seek(0)
            return came.read(len(data) + 1)

    def _start(self, descriptors: list[int]) -> None:
        try:
            self._confinement.start(self._words, descriptors)
        except ValueError as error:
            raise UsageError(
                f"expected a program, but {self._words[0]!r} cannot be run: {error} "
                "(a script has to begin with #! and its interpreter)"
            ) from None

    def _wait(self, limit: float, files: dict[int, int]) -> bool:
        """Wait for the end; False if a file is longer than it may be before, Hung if it is late."""

        def is_over(seconds: float) -> bool:
            return self._confinement.has_ended(min(seconds, POLL)) or any(
                os.fstat(file).st_size > most for file, most in files.items()
            )

        if not self._clock.wait(is_over, limit):
            raise Hung(late(limit))
        return self._confinement.status is not None


def _words(command: str) -> list[str]:
    """The program and its arguments; UsageError for what is no command line without a shell."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(
            f"expected a command line, but in {command!r} there is {str(error).lower()}"
        ) from None
    if not words:
        raise UsageError("expected a command line, but got an empty one")
    if _is_for_a_shell(command):
        raise UsageError(
            f"expected a program with its arguments, but {command!r} is for a shell: write "
            "--command \"sh -c '...'\""
        )
    if shutil.which(words[0]) is None:
        what = "may not be executed: chmod +x" if Path(words[0]).is_file() else "is not here"
        raise UsageError(f"expected a program that can be run, but {words[0]!r} {what}")
    return words


def _is_for_a_shell(command: str) -> bool:
    """Whether there are a shell's operators in it, outside quotes."""
    lexer = shlex.shlex(command, posix=False, punctuation_chars=SHELL)
    lexer.whitespace_split = True
    return any(set(token) <= set(SHELL) for token in lexer)
