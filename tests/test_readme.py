"""README does what it says: its code runs as it stands, and its tables are the measured ones."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from figures.command import main
from figures.readme import with_tables

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
C_PART = README[README.index("```c\n") : README.index("#### What passes")]
BLOCKS, C_BLOCKS = (
    re.findall(r"^```(python|sh|c)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    for text in (README.replace(C_PART, ""), C_PART)
)
COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
PYTHON = [code for language, code in BLOCKS if language == "python"]
COMMANDS = [line for language, code in BLOCKS if language == "sh" for line in code.splitlines()]


@pytest.mark.parametrize("code", PYTHON)
def test_the_python_code_runs(code):
    """Each block by itself, without an error or a warning."""
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102  it is our README


def test_the_commands_run(tmp_path, monkeypatch):
    """One after the other in an empty folder, each with exit status 0, ending in a report."""
    monkeypatch.chdir(tmp_path)
    ours = [shlex.split(line, comments=True) for line in COMMANDS if line.startswith("halfulp ")]
    ours = [
        words
        for words in ours
        if "--scheduler" not in words and not any(word.startswith("torch:") for word in words)
    ]
    assert [arguments[1] for arguments in ours] == [
        *("verify", "sweep", *["check"] * 6, "figures", "report")
    ]
    for arguments in ours:
        assert main(arguments[1:]) == 0
    assert (tmp_path / "report" / "report.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.skipif(COMPILER is None, reason="there is no C compiler")
def test_the_c_program_and_the_commands_around_it_run(tmp_path, monkeypatch, capsys):
    """Compiled, checked as a program, and judged by way of files: it passes both times."""
    monkeypatch.chdir(tmp_path)
    (language, program), *shells = C_BLOCKS
    assert language == "c"
    Path("my_gelu.c").write_text(program, encoding="utf-8")
    lines = [line for _, block in shells for line in block.splitlines()]
    assert [line.split()[0] for line in lines] == ["cc", *["halfulp"] * 2, "./my_gelu", "halfulp"]
    for line in lines:
        if line.startswith("halfulp "):
            assert main(shlex.split(line, comments=True)[1:]) == 0
        else:
            command = line.replace("cc ", f"{COMPILER} ", 1) if line.startswith("cc ") else line
            subprocess.run(command, shell=True, check=True)  # noqa: S602  it is our README
    assert capsys.readouterr().out.count("passed: ") == 2


def test_the_other_commands_are_nox_sessions():
    """What the commands before the parts call is in the noxfile."""
    noxfile = (Path(__file__).parent.parent / "noxfile.py").read_text(encoding="utf-8")
    for session in re.findall(r"nox -s (\w+)", README):
        assert f"def {session}(" in noxfile


def test_the_tables_are_those_of_the_committed_runs():
    """Writing README anew changes nothing."""
    assert with_tables(README) == README
