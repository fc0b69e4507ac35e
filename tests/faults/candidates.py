"""Candidates that misbehave: none passes, none takes us along, and nothing of them is left."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil
from row import Choice
from running import FINDINGS, halfulp, wrong

HOSTILE = Path(__file__).parent / "hostile"


def hostile_functions(folder: Path, choice: Choice) -> Iterator[str]:
    """A function forges a verdict, patches us, ends, or takes away the folders it runs in.

    It fails, exit status 1.
    """
    for path in choice.of(sorted(HOSTILE.glob("*.py"))):
        here = folder / path.stem
        temporary = here / "temporary"
        temporary.mkdir(parents=True)
        shutil.copy(path, here)
        arguments = ["check", f"numpy:{path.stem}.f", "tanh", "--allow", "flush-to-zero"]
        mark = str(here)
        done = halfulp(*arguments, cwd=here, TMPDIR=str(temporary), MARK=mark)
        owned = "its code ran here" if (here / "owned").exists() else ""
        yield wrong(done, FINDINGS) or owned or _left(mark)


def hostile_programs(folder: Path, choice: Choice) -> Iterator[str]:
    """A program crashes, hangs, writes without end, or leaves daemons behind.

    It fails, exit status 1, and no process is left.
    """
    for path in choice.of(sorted((HOSTILE / "programs").iterdir())):
        shutil.copy(path, folder)
        mark = str(folder / path.name)
        arguments = ["check", "--command", f"./{path.name}", "tanh", "--timeout", "30"]
        done = halfulp(*arguments, cwd=folder, MARK=mark)
        yield wrong(done, FINDINGS) or _left(mark)


def _left(mark):
    """What is wrong where processes with this mark are left."""
    left = [process for process in psutil.process_iter() if _is_marked(process, mark)]
    return f"{len(left)} processes are left" if left else ""


def _is_marked(process, mark):
    try:
        return process.environ().get("MARK") == mark
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


ROWS = (hostile_functions, hostile_programs)
