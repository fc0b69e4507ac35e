"""README's lines about PyTorch do what it says of them."""

import re
import shlex
from pathlib import Path

import pytest

from figures.command import main

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
LINES = re.findall(r"^halfulp check torch:.*$", README, re.MULTILINE)
KERNELS = """
import torch

def swiglu(x, y):
    return torch.nn.functional.silu(x) * y
"""


@pytest.mark.parametrize("line", [line for line in LINES if "--scheduler" not in line])
def test_the_lines_about_torch_give_verdicts(line, tmp_path, monkeypatch, capsys):
    """With a module of one's own in the folder; a verdict is exit 0 or 1, and no other."""
    (tmp_path / "my_kernels.py").write_text(KERNELS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert main(shlex.split(line, comments=True)[1:]) in {0, 1}
    head = capsys.readouterr().out.splitlines()[0]
    subjects = "backward_y" if "--formula" in line else "derivative"
    assert head.startswith(("passed: ", "FAILED: "))
    assert subjects in head


def test_the_first_two_lines_are_those_that_most_people_need():
    """A function of the catalogue, and any other by its formula."""
    assert LINES[0].split()[3] == "gelu"
    assert "--formula" in LINES[1]
