"""The command ``halfulp verify``: table, exit codes, and what it does when it cannot write."""

import errno
import subprocess
import sys
from argparse import ArgumentParser
from dataclasses import replace

import pytest

from verification.commands import verify as command
from verification.errors import UsageError
from verification.records import files
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
    assert output.count("3.25") == 1
    assert "FAILED: gelu, order 1, float64: balls\n  3.25 ulp (1.5e-17) at x = -0.75\n" in output


def test_every_claim_is_shown_where_it_is_asked_for(verdict, tmp_path, capsys):
    """With --all a failing row is shown twice: in its place, and in full."""
    verdict(HELD, replace(HELD, ulp=3.25, passed=False))
    assert run("--out", str(tmp_path), "--all") == 1
    output = capsys.readouterr().out
    assert output.count("3.25") == 2
    assert output.count("0.49") == 1


def test_each_activation_has_a_line(verdict, tmp_path, capsys):
    """Its claims, how many held, and the largest share of a bound: not the largest error."""
    loose = replace(HELD, witness="differences", ulp=137.0, bound=1000.0, where=2.0)
    verdict(HELD, loose, replace(HELD, activation="relu", ulp=0.0, bound=0.0, where=float("nan")))
    run("--out", str(tmp_path))
    _, gelu, relu, *_ = capsys.readouterr().out.splitlines()
    assert " ".join(gelu.split()) == "gelu 2 2 98.00 % balls f' float64 x = -0.75"
    assert relu.split()[:5] == ["relu", "1", "1", "0.00", "%"]


def test_lines_fit_80_columns(verdict, tmp_path, capsys):
    """The longest names and numbers that there are, with every claim."""
    long = Row(
        "leaky_relu",
        2,
        "differences, either side of a kink",
        "bfloat16",
        678416,
        108941.23456789,
        1.234e-300,
        -2.3418234234e-308,
        108945.23456,
        passed=True,
    )
    verdict(long, replace(long, dtype="float64", passed=False))
    run("--out", str(tmp_path / "a"), "--all")
    *lines, _written = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80


def test_an_activation_without_a_failure_has_no_other_line(verdict, tmp_path, capsys):
    """900 claims are not 900 lines."""
    verdict(*[replace(HELD, activation=name) for name in "abc" for _ in range(300)])
    run("--out", str(tmp_path))
    assert len(capsys.readouterr().out.splitlines()) == 1 + 3 + 3


@pytest.mark.parametrize("missing", ["jax", "rich"])
def test_a_missing_package_leaves_no_folder(missing, tmp_path):
    """Neither the folder of the certificate nor those above it, that were made for it."""
    program = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from verification.commands.verify import verify; from argparse import Namespace; "
        "from pathlib import Path\n"
        "verify(Namespace(out=Path(sys.argv[1]), json=None, all=False))"
    )
    arguments = [sys.executable, "-c", program, str(tmp_path / "new" / "report")]
    result = subprocess.run(  # noqa: S603  a program of our own
        arguments, capture_output=True, text=True, check=False
    )
    assert "ModuleNotFoundError" in result.stderr
    assert missing in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_before_the_work(tmp_path, monkeypatch):
    """Where a certificate of the usual size would not fit, no witness is heard."""

    class Full:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def write(self, content):
            if len(content) > 100_000:
                raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "certify", pytest.fail)
    monkeypatch.setattr(files.tempfile, "TemporaryFile", lambda **_options: Full())
    with pytest.raises(UsageError, match="No space left on device; choose another"):
        run("--out", str(tmp_path / "new"))
    assert list(tmp_path.iterdir()) == []


def test_what_was_found_is_shown_where_it_cannot_be_written(verdict, tmp_path, capsys):
    """A full disk does not hide a claim that failed."""
    verdict(replace(HELD, ulp=3.25, passed=False))
    (tmp_path / "full").symlink_to("/dev/full")
    with pytest.raises(UsageError, match="No space left on device"):
        run("--out", str(tmp_path), "--json", str(tmp_path / "full"))
    assert "1 of 1 claims failed." in capsys.readouterr().out
    assert (tmp_path / "certificate.json").exists()


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
