"""The command as a process of its own, and what must not come of it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

# A shell that runs this in the background has told it to ignore Ctrl-C.
HEED = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
COMMAND = f"{HEED}; from figures.command import run; run()"
PYTHON = [sys.executable, "-c", COMMAND]
# In seconds: more than any command here takes, however busy the machine is.
PATIENCE = 600
MISUSE, FINDINGS = 2, 1


def halfulp(
    *arguments: str, cwd: Path, preamble: str = "", **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Run the command to its end, after a line of Python."""
    return subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-c", f"{preamble}\n{COMMAND}", *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        errors="backslashreplace",
        timeout=PATIENCE,
        check=False,
    )


def started(*arguments: str, cwd: Path) -> "subprocess.Popen[bytes]":
    """Start the command and let it run."""
    return subprocess.Popen(  # noqa: S603  our own command
        [*PYTHON, *arguments],
        cwd=cwd,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def refused(done: "subprocess.CompletedProcess[str]") -> str:
    """What is wrong with a command that ought to be misuse; nothing is if it says so in a line."""
    return wrong(done, MISUSE)


def wrong(done: "subprocess.CompletedProcess[str]", status: int) -> str:
    """What is wrong with how a command ended, but for what it says."""
    if "Traceback" in done.stderr:
        return f"a traceback: {done.stderr.strip().splitlines()[-1]}"
    if done.returncode != status:
        return f"exit status {done.returncode} instead of {status}: {done.stderr.strip()[:200]}"
    return ""


def name_of(number: int) -> str:
    """The name of a signal."""
    return signal.Signals(number).name
