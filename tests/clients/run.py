"""``nox -s clients``: public implementations judged by name; writes tests/clients/RESULTS.md."""

import json
import os
import shlex
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from clients import CLIENTS, Client

from verification.records.files import write_whole

RESULTS = Path(__file__).with_name("RESULTS.md")
PACKAGES = (
    *("numpy", "torch", "transformers", "keras", "tensorflow-cpu", "thinc", "flax", "jax"),
    *("onnxruntime", "mlx", "tinygrad", "scikit-learn", "scipy", "paddlepaddle"),
    "array-api-strict",
)
COMMAND = "from figures.command import run; run()"
HEAD = """# Public implementations, judged by name

Written by tests/clients/run.py, which `nox -s clients` runs, with {versions}, without a GPU.
{judged} of {all} were judged. Each row is what stands behind `halfulp check`; no line of code was
written for any. *All numbers* has the grades of value, derivative and backward, or of both
gradients, over the whole format (–: not judged), and *[-20, 20]* those with `--domain -20 20`; then
the first finding of a check with `--require close --domain -20 20`, and its cause.

| name and options | as | dtype | all numbers | [-20, 20] | first finding |
|---|---|---|---|---|---|
"""
PRACTICAL = ("--domain", "-20", "20", "--require", "close")


def judged(client: Client, *more: str) -> dict:
    """The verdict as JSON; where there is none, the sentence that says why."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        options = (*client.options, *more, "--dtype", client.dtype, "--json", file.name)
        done = subprocess.run(  # noqa: S603  our own command
            [sys.executable, "-c", COMMAND, "check", client.name, *client.asked, *options],
            env={"DEV": "PYTHON", **os.environ},  # of tinygrad, which else needs a compiler
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode in {0, 1}:
            return json.loads(Path(file.name).read_text(encoding="utf-8"))
    return {"why": (done.stderr.strip() or "no output").splitlines()[-1]}


def grades(verdict: dict) -> str:
    """Those of each subject, in their order."""
    found = verdict["grades"]
    subjects = [name for name in found if name.startswith("backward_")]
    return " / ".join(
        found.get(name, "–")
        for name in (["value", *subjects] if subjects else ["value", "derivative", "backward"])
    )


def row(client: Client, everywhere: dict, practical: dict) -> str:
    """A row of the table."""
    typed = shlex.join([client.name, *client.options]).replace("|", "\\|")
    start = f"| `{typed}` | {client.activation} | {client.dtype} |"
    for verdict in (everywhere, practical):
        if "why" in verdict:
            return f"{start} not judged | | {verdict['why']} |"
    first = ""
    if practical["findings"]:
        found = practical["findings"][0]
        worst = found["worst"] or found
        first = f"{found['subject']} {found['kind']}, x = {worst['decimal']}"
        if found["why"] or found["detail"]:
            first += f": {found['why'] or found['detail']}".replace("|", "\\|")
    return f"{start} {grades(everywhere)} | {grades(practical)} | {first or 'none'} |"


def main() -> int:
    """Judge all, and write the table; 1 if there was no verdict on more than two."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        models = Path(__file__).with_name("models.py")
        subprocess.run([sys.executable, str(models)], check=True)  # noqa: S603  our own script
        for client in CLIENTS:
            verdicts = judged(client), judged(client, *PRACTICAL)
            was_judged = not any("why" in verdict for verdict in verdicts)
            rows.append((row(client, *verdicts), was_judged))
            sys.stdout.write(f"{rows[-1][0]}\n")
            sys.stdout.flush()
        os.chdir(RESULTS.parent)
    count = sum(was_judged for _, was_judged in rows)
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    text = HEAD.format(versions=versions, judged=count, all=len(rows))
    write_whole(RESULTS, text + "".join(f"{line}\n" for line, _ in rows))
    return int(count < len(rows) - 2)


if __name__ == "__main__":
    sys.exit(main())
