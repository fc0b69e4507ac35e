"""Places to write to that fail: no status that means something else, and no file half written."""

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

from row import Choice
from running import FINDINGS, MISUSE, PATIENCE, PYTHON, halfulp, refused, wrong

PASSES = ["check", "numpy:numpy.tanh", "tanh", "--dtype", "float16"]
FAILS = ["check", "numpy:numpy.sin", "tanh", "--dtype", "float16"]
SWEEP = ["sweep", "relu", "--order", "0", "--dtype", "float16", "--out", "sweep.json"]
STATUSES = {"passes": (PASSES, 0), "fails": (FAILS, FINDINGS), "sweeps": (SWEEP, 0)}
ERRORS = ("2>/dev/full", "2>&-", "2> >(true)", "2> >(head -c0)")
FILES = [("--json", "v.json"), ("--junit", "v.xml"), ("--plot", "v.png")]
OUTPUTS = {">/dev/full": 2, "| true": 141, "| head -c0": 141, ">&-": 0}


def _in_a_shell(folder, arguments, ending):
    """The status of the command itself, with something behind it."""
    command = "set -o pipefail; " + '"$@" ' + ending
    return subprocess.run(  # noqa: S603  our own command
        ["bash", "-c", command, "bash", *PYTHON, *arguments],  # noqa: S607  the user's shell
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def standard_errors(folder: Path, choice: Choice) -> Iterator[str]:
    """Standard error is a full disk, closed, or a pipe that nobody reads.

    The exit status is what it would be.
    """
    for arguments, status in STATUSES.values():
        for ending in choice.of(ERRORS):
            (folder / "sweep.json").unlink(missing_ok=True)
            yield wrong(_in_a_shell(folder, arguments, ending), status)


def standard_outputs(folder: Path, choice: Choice) -> Iterator[str]:
    """Standard output is a full disk, a pipe that nobody reads, or closed.

    The exit status of what passes is 2, 141 or 0, and there is no traceback.
    """
    for ending, status in choice.of(list(OUTPUTS.items())):
        yield wrong(_in_a_shell(folder, PASSES, ending), status)


def ascii_streams(folder: Path, choice: Choice) -> Iterator[str]:
    """The terminal has only ASCII, and the words have not.

    They are written with escapes.
    """
    misuse = ["check", "numpy:numpy.∞", "tanh"]
    for arguments, status in choice.of([(FAILS, FINDINGS), (misuse, MISUSE)]):
        done = halfulp(*arguments, cwd=folder, PYTHONIOENCODING="ascii", LC_ALL="C")
        told = r"\u221e" in done.stdout + done.stderr
        yield wrong(done, status) or ("" if told else "nothing is written with an escape")


def names_of_files(folder: Path, choice: Choice) -> Iterator[str]:
    """An output has a name that is too long, no UTF-8, a folder's, a pipe's or a dangling link's.

    It is refused in a sentence, or written.
    """
    outputs = [*((PASSES, *output) for output in FILES), (SWEEP[:-2], "--out", "s.json")]
    for arguments, option, example in outputs:
        here = folder / option
        here.mkdir()
        for name in choice.of(_names(here, Path(example).suffix)):
            done = halfulp(*arguments, option, name, cwd=here)
            is_there = done.returncode != 0 or (here / name).is_file()
            yield _works_or_refuses(done) or ("" if is_there else f"{name!r} is not there")


def _names(folder, suffix):
    """Names that end so, for which there is something odd, or which are odd themselves."""
    (folder / f"folder{suffix}").mkdir()
    (folder / f"dangling{suffix}").symlink_to(folder / "nowhere" / "file")
    os.mkfifo(folder / f"fifo{suffix}")
    odd = ["x" * 300, f"{'x' * 300}/y", "folder", "dangling", "fifo", "folder/../y"]
    odd += [os.fsdecode(b"no\xffutf8"), "\x1b[31mred", "a\nb"]
    return [f"{name}{suffix}" for name in odd]


def _works_or_refuses(done):
    return wrong(done, done.returncode if done.returncode in {0, MISUSE} else MISUSE)


def links_in_the_way(folder: Path, choice: Choice) -> Iterator[str]:
    """Links to a file of the user's lie where a temporary file could be.

    The user's file is untouched.
    """
    victim = folder / "victim"
    for option, name in choice.of(
        [("--json", "v.json"), ("--junit", "v.xml"), ("--plot", "v.png")]
    ):
        victim.write_text("mine")
        for suffix in (".part", ".tmp", "~", ".new"):
            (folder / (name + suffix)).symlink_to(victim)
        said = wrong(halfulp(*PASSES, option, name, cwd=folder), 0)
        yield said or ("" if victim.read_text() == "mine" else "the user's file was written to")


def full_disks(folder: Path, choice: Choice) -> Iterator[str]:
    """The disk is full when an output is written over an older one.

    The older one stays, and the status says that it could not be written.
    """
    for size in choice.of([0, 1, 50, 200]):
        for option, name in FILES:
            (folder / name).write_text("older")
            limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({size},) * 2)"
            said = refused(halfulp(*PASSES, option, name, cwd=folder, preamble=limit))
            kept = (folder / name).read_text() == "older"
            left = {path.name for path in folder.iterdir()} - {name for _, name in FILES}
            said = said or ("" if kept else "the older one is gone")
            yield said or ("" if not left else f"files are left: {left}")


def few_descriptors(folder: Path, choice: Choice) -> Iterator[str]:
    """A process may open few files.

    The command works or refuses, and never hangs.
    """
    for most in choice.of(range(4, 40, 2)):
        limit = f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({most},) * 2)"
        yield _works_or_refuses(halfulp(*PASSES, cwd=folder, preamble=limit))
        yield _works_or_refuses(halfulp(*SWEEP, cwd=folder, preamble=limit))


def schedulers(folder: Path, choice: Choice) -> Iterator[str]:
    """`--scheduler` is no address, needs security, or nobody answers there.

    It is refused.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        silent = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
        addresses = [silent, "tls://127.0.0.1:1", "ws://127.0.0.1:1", "http://x", "tcp://x", ""]
        for address in choice.of([*addresses, "tcp://127.0.0.1:99999", "\x1b[31m"]):
            yield refused(halfulp(*SWEEP, "--scheduler", address, cwd=folder))


ROWS = (
    standard_errors,
    standard_outputs,
    ascii_streams,
    names_of_files,
    links_in_the_way,
    full_disks,
    few_descriptors,
    schedulers,
)
