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
{judged} of {all} were judged. Each row
is what stands behind `halfulp check`; no line of code was written for any. *Worst* are the largest
finite errors in ulp of value, derivative and backward (–: not judged), all inputs together, those
next to roots of the derivative and subnormal results among them; *found* are the kinds of findings.

| name and options | activation | dtype | verdict | worst | found |
|---|---|---|---|---|---|
"""


def judged(client: Client) -> dict:
    """The verdict as JSON; where there is none, the sentence that says why."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        options = (*client.options, "--dtype", client.dtype, "--json", file.name)
        done = subprocess.run(  # noqa: S603  our own command
            [sys.executable, "-c", COMMAND, "check", client.name, client.activation, *options],
            env={"DEV": "PYTHON", **os.environ},  # of tinygrad, which else needs a compiler
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode in {0, 1}:
            return json.loads(Path(file.name).read_text(encoding="utf-8"))
    return {"why": (done.stderr.strip() or "no output").splitlines()[-1]}


def row(client: Client, verdict: dict) -> str:
    """A row of the table."""
    typed = shlex.join([client.name, *client.options]).replace("|", "\\|")
    start = f"| `{typed}` | {client.activation} | {client.dtype} |"
    if "why" in verdict:
        return f"{start} not judged | | {verdict['why']} |"
    worst = verdict["worst_ulp"]
    told = " / ".join(
        f"{float(worst[name]):.3g}" if name in worst else "–"
        for name in ("value", "derivative", "backward")
    )
    kinds = ", ".join(dict.fromkeys(f"{f['subject']} {f['kind']}" for f in verdict["findings"]))
    return f"{start} {'passed' if verdict['passed'] else 'FAILED'} | {told} | {kinds} |"


def main() -> int:
    """Judge all, and write the table; 1 if there was no verdict on more than two."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        models = Path(__file__).with_name("models.py")
        subprocess.run([sys.executable, str(models)], check=True)  # noqa: S603  our own script
        for client in CLIENTS:
            verdict = judged(client)
            rows.append((row(client, verdict), "why" not in verdict))
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
