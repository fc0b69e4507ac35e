"""A program in any language: raw little-endian values on standard input, as many on its output."""

import shlex
import subprocess
from collections.abc import Callable
from functools import partial

import numpy as np

from reference.arithmetic.types import Array

from .errors import UsageError
from .implementation import Implementation


def implementation(
    command: str | None, derivative_command: str | None, timeout: float
) -> Implementation:
    """The implementation that the commands are; each call of a function runs its command once."""
    name = command or derivative_command or ""
    return Implementation(
        name,
        None if command is None else _program(command, timeout),
        None if derivative_command is None else _program(derivative_command, timeout),
        call=_pipe(command),
        derivative_call=_pipe(derivative_command),
        origin=partial(implementation, command, derivative_command, timeout),
    )


def _pipe(command: str | None) -> str:
    """A line of shell that sends one number through the command."""
    write = "import numpy, sys; sys.stdout.buffer.write(numpy.{dtype}({x}).tobytes())"
    return f"python3 -c '{write}' | {command} | xxd -p"


def _program(command: str, timeout: float) -> Callable[[Array], Array]:
    words = shlex.split(command)
    if not words:
        raise UsageError("expected a command line, but got an empty one")

    def run(x: Array) -> Array:
        little = x.dtype.newbyteorder("<") if x.dtype.kind == "f" else x.dtype
        data = np.ascontiguousarray(x).astype(little).tobytes()
        try:
            done = subprocess.run(  # noqa: S603  running it is what the user asks for
                words, input=data, capture_output=True, timeout=timeout, check=False
            )
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"no end within {timeout:g} s") from None
        except OSError as error:
            raise UsageError(f"{command!r} cannot be run: {error.strerror}") from None
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip()[-200:]
            raise RuntimeError(f"exit status {done.returncode} {said}".strip())
        if len(done.stdout) != len(data):
            raise ValueError(f"{len(done.stdout)} bytes came for {len(data)}")
        return np.frombuffer(done.stdout, little).astype(x.dtype).reshape(x.shape)

    return run
