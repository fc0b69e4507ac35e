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

from verification.activations.lore import lore_of
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
written for any. With `--require close --domain -20 20`: the grades of value, derivative and
backward, or of both gradients (–: not judged), and the first finding with its cause. With
`--domain -20 20 --baseline`, PyTorch's function, where it has one: the first finding.

| name and options | as | dtype | grades | first finding | beside PyTorch |
|---|---|---|---|---|---|
"""
DOMAIN = ("--domain", "-20", "20")
CLOSE = (*DOMAIN, "--require", "close")


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


def first_of(verdict: dict) -> str:
    """The first finding and its cause."""
    if "why" in verdict:
        return f"not judged: {verdict['why']}"
    if not verdict["findings"]:
        return "none"
    found = verdict["findings"][0]
    worst = found["worst"] or found
    first = f"{found['subject']} {found['kind']}, x = {worst['decimal']}"
    if found["why"] or found["detail"]:
        first += f": {found['why'] or found['detail']}".replace("|", "\\|")
    return first


def beside_torch(client: Client) -> str:
    """The first finding where PyTorch is not as far off, if it has the function."""
    spelling = lore_of(client.activation).spellings.get("torch")
    if spelling is None:
        return "–"
    return first_of(judged(client, *DOMAIN, "--baseline", spelling))


def row(client: Client, verdict: dict) -> str:
    """A row of the table."""
    typed = shlex.join([client.name, *client.options]).replace("|", "\\|")
    start = f"| `{typed}` | {client.activation} | {client.dtype} |"
    if "why" in verdict:
        return f"{start} | {first_of(verdict)} | |"
    return f"{start} {grades(verdict)} | {first_of(verdict)} | {beside_torch(client)} |"


def main() -> int:
    """Judge all, and write the table; 1 if there was no verdict on more than two."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        models = Path(__file__).with_name("models.py")
        subprocess.run([sys.executable, str(models)], check=True)  # noqa: S603  our own script
        for client in CLIENTS:
            verdict = judged(client, *CLOSE)
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
