"""Processes killed at random moments: nothing is lost or counted twice, nothing stays behind."""

import json
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from row import Choice
from running import halfulp, started, wrong

SWEEP = ["sweep", "relu", "leaky_relu", "--dtype", "float16", "--out", "sweep.json"]
CHECK = ["check", "numpy:numpy.tanh", "tanh", "--json", "verdict.json"]
VECTORS = ["vectors", "tanh", "--dtype", "float64", "--answers", "-o", "vectors"]
TIMES = 40
SEED = 16


def _undisturbed(folder, arguments):
    """Seconds that a command takes when nothing happens to it."""
    start = time.monotonic()
    done = halfulp(*arguments, cwd=folder)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return time.monotonic() - start


def _killed(folder, arguments, seconds):
    """Kill the command after some seconds; the processes that it had started."""
    process = started(*arguments, cwd=folder)
    time.sleep(seconds)
    family = _family(process)
    process.kill()
    process.wait()
    return family


def _family(process):
    """What descends from a process, nothing if it has ended."""
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _left(family):
    """What is wrong where processes are left after a while."""
    _, alive = psutil.wait_procs(family, timeout=60)
    return f"{len(alive)} processes are left" if alive else ""


def sweeps(folder: Path, choice: Choice) -> Iterator[str]:
    """A sweep is killed by SIGKILL at a random moment and resumed, until it ends.

    The certificate has the same bytes, no state and no process is left.
    """
    whole = folder / "undisturbed"
    whole.mkdir()
    seconds = _undisturbed(whole, SWEEP)
    certificate = (whole / "sweep.json").read_bytes()
    moments = random.Random(SEED)  # noqa: S311  no secret
    for number in choice.times(TIMES):
        here = folder / str(number)
        here.mkdir()
        said = _left(_killed(here, SWEEP, moments.uniform(0, 1.1 * seconds)))
        if not (here / "sweep.json").exists():
            said = said or wrong(halfulp(*SWEEP, "--resume", cwd=here), 0)
        same = (here / "sweep.json").read_bytes() == certificate
        files = sorted(path.name for path in here.iterdir())
        said = said or ("" if same else "another certificate")
        yield said or ("" if files == ["sweep.json"] else f"files are left: {files}")


def workers(folder: Path, choice: Choice) -> Iterator[str]:
    """A worker of a sweep is killed by SIGKILL at a random moment.

    The certificate has the same bytes.
    """
    whole = folder / "undisturbed"
    whole.mkdir()
    seconds = _undisturbed(whole, SWEEP)
    certificate = (whole / "sweep.json").read_bytes()
    moments = random.Random(SEED)  # noqa: S311  no secret
    for number in choice.times(TIMES // 2):
        here = folder / str(number)
        here.mkdir()
        process = started(*SWEEP, cwd=here)
        time.sleep(moments.uniform(0.3, 0.9) * seconds)
        killed = [child for child in psutil.Process(process.pid).children() if _works(child)][:1]
        for child in killed:
            child.kill()
        status = process.wait()
        same = status == 0 and (here / "sweep.json").read_bytes() == certificate
        if killed:
            yield "" if same else f"exit status {status}, or another certificate"


def _works(child):
    """Whether a process computes shards."""
    try:
        return any("spawn_main" in word for word in child.cmdline())
    except psutil.NoSuchProcess:
        return False


def checks(folder: Path, choice: Choice) -> Iterator[str]:
    """A check is ended by SIGTERM or SIGKILL at a random moment.

    Its verdict is whole or not there, and no process is left.
    """
    seconds = _undisturbed(folder, CHECK)
    (folder / "verdict.json").unlink()
    moments = random.Random(SEED)  # noqa: S311  no secret
    for number in choice.times(TIMES):
        process = started(*CHECK, cwd=folder)
        time.sleep(moments.uniform(0, 1.1 * seconds))
        family = _family(process)
        process.send_signal(signal.SIGTERM if number % 2 else signal.SIGKILL)
        process.wait()
        said = _left(family)
        if (folder / "verdict.json").exists():
            json.loads((folder / "verdict.json").read_bytes())
            (folder / "verdict.json").unlink()
        files = [path.name for path in folder.iterdir()]
        yield said or (f"files are left: {files}" if files else "")


def folders_of_vectors(folder: Path, choice: Choice) -> Iterator[str]:
    """`halfulp vectors` is killed by SIGKILL at a random moment.

    Its folder is whole, or `halfulp judge` refuses it.
    """
    whole = folder / "undisturbed"
    whole.mkdir()
    seconds = _undisturbed(whole, VECTORS)
    outputs = str(whole / "vectors" / "value.bin")
    moments = random.Random(SEED)  # noqa: S311  no secret
    for number in choice.times(TIMES // 2):
        here = folder / str(number)
        here.mkdir()
        _killed(here, VECTORS, moments.uniform(0.3, 1.0) * seconds)
        done = halfulp("judge", "vectors", outputs, cwd=here)
        manifest = (here / "vectors" / "manifest.json").exists()
        yield wrong(done, 0 if manifest else 2)


ROWS = (sweeps, workers, checks, folders_of_vectors)
