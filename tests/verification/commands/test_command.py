"""The command ``halfulp verify``: table, exit codes, and what it does when it cannot write."""

import subprocess
import sys
from argparse import ArgumentParser
from dataclasses import replace

import pytest

from verification.commands import verify as command
from verification.errors import UsageError
from verification.witnesses import certificate as module
from verification.witnesses.certificate import Certificate
from verification.witnesses.row import Row

HELD = Row("gelu", 1, "balls", "float64", 7, 0.49, 1.5e-17, -0.75, 0.5, passed=True)


def run(*arguments: str) -> int:
    """Do what the main function does with the subcommand."""
    parser = ArgumentParser()
    command.add_commands(parser.add_subparsers())
    parsed = parser.parse_args(["verify", *arguments])
    return parsed.handler(parsed)


@pytest.fixture
def verdict(monkeypatch):
    """Let the witnesses say at once what a test wants them to."""

    def certify_as(*rows: Row) -> None:
        def certify(on_progress):
            on_progress(1, 1)
            return Certificate(rows, {}, {}, {})

        monkeypatch.setattr(module, "certify", certify)

    return certify_as


def test_exit_code_is_0_when_every_claim_holds(verdict, tmp_path, capsys):
    """The certificate and its copy are written, and the table is on standard output."""
    verdict(HELD)
    assert run("--out", str(tmp_path / "a"), "--json", str(tmp_path / "b.json")) == 0
    written = (tmp_path / "a" / "certificate.json").read_bytes()
    assert written == (tmp_path / "b.json").read_bytes()
    assert "All 1 claims held." in capsys.readouterr().out


def test_exit_code_is_1_when_a_claim_fails(verdict, tmp_path, capsys):
    """The failing row is shown again, and the certificate says so."""
    verdict(HELD, replace(HELD, ulp=3.25, passed=False))
    assert run("--out", str(tmp_path)) == 1
    assert not Certificate.read(tmp_path / "certificate.json").passed
    output = capsys.readouterr().out
    assert "1 of 2 claims failed." in output
    assert output.count("3.25") == 2


def test_progress_goes_to_standard_error(verdict, tmp_path, capsys):
    """So that the table can be piped."""
    verdict(HELD)
    run("--out", str(tmp_path))
    captured = capsys.readouterr()
    assert "Hearing the witnesses" in captured.err
    assert "Hearing" not in captured.out


@pytest.mark.parametrize("option", ["--out", "--json"])
def test_a_place_that_cannot_be_written_is_refused_before_the_work(option, tmp_path, monkeypatch):
    """In one sentence, with nothing left behind."""
    monkeypatch.setattr(module, "certify", pytest.fail)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("kept")
    with pytest.raises(UsageError, match="choose another"):
        run(option, str(tmp_path / "file" / "below"))
    assert (tmp_path / "file").read_text() == "kept"


def test_help_loads_nothing_heavy():
    """NumPy, JAX, SciPy and rich are loaded by the handler."""
    program = (
        "import sys, verification.commands.verify, verification.commands.check; "
        "print(sorted({'numpy', 'jax', 'scipy', 'rich', 'flint'} & set(sys.modules)))"
    )
    result = subprocess.run(  # noqa: S603 a program of our own
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
