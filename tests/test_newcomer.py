"""A new activation by the steps of CONTRIBUTING, and by nothing else."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STEPS = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## A new activation")[2]
LINE = "from .activations.softsign import softsign as softsign\n"
CODE = """
import numpy as np
from reference import ACTIVATIONS, softsign
from reference.arithmetic.formats import FORMATS
from verification import check
from verification.formula.setting import setting
from verification.sweep.shard import Shard, sweep
from verification.witnesses import autodiff, balls, differences, extremes, identities
from verification.numbers.inputs import stratified

assert list(ACTIVATIONS)[-1] == "softsign"
assert softsign.limits == (-1.0, 1.0)
for format_ in (FORMATS["bfloat16"], FORMATS["float64"]):
    x = stratified(softsign, format_)[::29]
    for witness in (autodiff, balls, differences, extremes, identities):
        failed = [row for row in witness.witness(softsign, format_, x) if not row.passed]
        assert not failed, failed
for order in range(3):
    assert sweep(Shard("softsign", order, "float16", 0)).wrong == 0
def kernel(x):
    with np.errstate(invalid="ignore"):
        return np.where(np.isinf(x), np.sign(x), x / (1 + np.abs(x)))
good = check(kernel, "softsign")
assert good.passed, good
bad = check(np.tanh, "softsign")
assert not bad.passed
assert "softsign" in check(softsign, "tanh").symptoms[0].why.lower()
print("done")
"""


def snippet(language):
    """The code that CONTRIBUTING shows for a step, by the file it is for."""
    return dict(re.findall(rf"`([^`\n]+)`:?\n+```{language}\n(.*?)```", STEPS, re.DOTALL))


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    """A copy of the packages, with softsign added as CONTRIBUTING says."""
    folder = tmp_path_factory.mktemp("scratch")
    for package in ("reference", "verification"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, folder / package, ignore=ignored)
    files = snippet("python")
    assert set(files) == {
        "reference/activations/softsign.py",
        "reference/__init__.py",
        "verification/activations/softsign.py",
    }
    catalogue = folder / "reference/__init__.py"
    for name, text in files.items():
        if name != "reference/__init__.py":
            (folder / name).write_text(text, encoding="utf-8")
    assert files["reference/__init__.py"] == LINE
    before, mark, after = catalogue.read_text("utf-8").partition("\n# isort: on\n")
    catalogue.write_text(f"{before}{LINE}{mark}{after}", encoding="utf-8")
    [command] = re.findall(r"```sh\n(python3 -m verification\.formula\.facts softsign)\n```", STEPS)
    run(folder, *command.split()[1:])
    return folder


def run(folder, *arguments):
    """Run Python in the copy."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(  # noqa: S603  our own code
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_newcomer_is_known_to_everybody(scratch):
    """The witnesses, the sweep and the oracle judge it, and by it."""
    assert run(scratch, "-c", CODE) == "done\n"


def test_nothing_else_has_changed(scratch):
    """The facts of the others are what they were."""
    before = json.loads((ROOT / "reference/facts.json").read_text("utf-8"))
    after = json.loads((scratch / "reference/facts.json").read_text("utf-8"))
    assert set(after) - set(before) == {"softsign"}
    assert {name: after[name] for name in before} == before
