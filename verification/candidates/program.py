"""A program in any language: raw little-endian values on standard input, as many on its output."""

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np

from reference.arithmetic.types import Array
from verification.errors import UsageError
from verification.kinds import Access

from .calls import Caller
from .clock import Clock, late
from .confinement import STARTED, STARTING, kill_session, limit_memory, status
from .implementation import Implementation
from .trouble import Died, Hung, Nonsense

SAID = 200
MOST = 1 << 30
POLL = 0.1
BEGINNING = 12
SHELL = "<>|&;"


class Program(Caller):
    """Calls a program, which gets raw values: what their array looks like, it cannot see."""

    access = Access.CALLS | Access.MEMORY
    why_not = "a program gets raw values: what arrays look like, and what it says, is not judged"


def implementation(
    command: str | None, derivative_command: str | None, clock: Clock
) -> Implementation:
    """The implementation that the commands are; each call of a function runs its command once."""
    name = command or derivative_command or ""
    return Implementation(
        name,
        None if command is None else _program(command, clock),
        None if derivative_command is None else _program(derivative_command, clock),
        call=_pipe(command),
        derivative_call=_pipe(derivative_command),
        origin=partial(implementation, command, derivative_command, clock),
        caller=Program,
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


def _program(command: str, clock: Clock) -> Callable[[Array], Array]:
    words = _words(command)

    def run(x: Array) -> Array:
        data = little_endian(x)
        came = _output(words, data, clock)
        if len(came) != len(data):
            more = "more than " if len(came) > len(data) else ""
            counts = f"{more}{min(len(came), len(data))} bytes came for {len(data)}"
            raise Nonsense(f"{counts}, which begin with {came[:BEGINNING]!r}")
        return from_little_endian(came, x.dtype).reshape(x.shape)

    return run


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


def _output(words: list[str], data: bytes, clock: Clock) -> bytes:
    """What a program writes for ``data``, and not much more; raise Died if it does not end well.

    Its children end with it. It writes to a file, so that none of them can keep us waiting.
    """
    limit = clock.call()
    with (
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as came,
        tempfile.TemporaryFile() as said,
    ):
        given.write(data)
        given.seek(0)
        with STARTING:
            process = _started(words, given, came, said)
            STARTED.add(process.pid)
        try:
            limit_memory(process.pid)
            ended = _wait(process, clock, limit, {came.fileno(): len(data), said.fileno(): MOST})
        finally:
            kill_session(process.pid)
            process.wait()
            STARTED.discard(process.pid)
        if ended and process.returncode != 0:
            said.seek(0)
            message = said.read(SAID).decode(errors="replace").strip()
            raise Died(f"{status(process.returncode)} {message}".strip())
        came.seek(0)
        return came.read(len(data) + 1)


def _started(
    words: list[str], given: IO[bytes], came: IO[bytes], said: IO[bytes]
) -> "subprocess.Popen[bytes]":
    """The process, leading a session; UsageError if the system refuses to run the program."""
    try:
        return subprocess.Popen(  # noqa: S603  running it is what the user asks for
            words, stdin=given, stdout=came, stderr=said, start_new_session=True
        )
    except OSError as error:
        raise UsageError(
            f"expected a program, but {words[0]!r} cannot be run: {error.strerror} "
            "(a script has to begin with #! and its interpreter)"
        ) from None


def _wait(
    process: "subprocess.Popen[bytes]", clock: Clock, limit: float, files: dict[int, int]
) -> bool:
    """Wait for the end; False if a file is longer than it may be before, Hung if it is late."""

    def too_long() -> bool:
        return any(os.fstat(file).st_size > most for file, most in files.items())

    def is_over(seconds: float) -> bool:
        with suppress(subprocess.TimeoutExpired):
            process.wait(min(seconds, POLL))
        return process.returncode is not None or too_long()

    if not clock.wait(is_over, limit):
        raise Hung(late(limit))
    return process.returncode is not None
