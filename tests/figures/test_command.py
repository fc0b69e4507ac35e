"""The command: what it writes, what it refuses, and what it says."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from figures.command import main
from figures.examples.registry import EXAMPLES
from figures.findings import registry as findings
from figures.findings.finding import Finding
from figures.report import making

ROOT = Path(__file__).resolve().parent.parent.parent
HEAVY = ("numpy", "matplotlib", "typst", "jax", "scipy", "hypothesis", "flint", "rich")


def run(code, *arguments, folder=None, **environment):
    """Run Python code in a process of its own."""
    return subprocess.run(  # noqa: S603  the code is in this file
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, **environment},
    )


def written(folder):
    """Return the names of all files below ``folder`` but the certificate, and their contents."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in paths
        if path.name != "certificate.json"
    }


def test_report_writes_the_same_bytes_in_any_process(proved, tmp_path_factory, capsys):
    """The report and each figure in each format are written, and come out the same again."""
    assert main(["report", "--out", str(proved)]) == 0
    first = written(proved)
    stems = [example.stem for example in EXAMPLES.values()]
    figures = {f"figures/{stem}.{kind}" for stem in stems for kind in ("svg", "pdf", "png", "csv")}
    assert set(first) == {"report.pdf", "verification.csv", *figures}
    assert capsys.readouterr().out == f"{proved / 'report.pdf'}\n"

    again = tmp_path_factory.mktemp("again")
    (again / "certificate.json").write_bytes((proved / "certificate.json").read_bytes())
    code = "from figures.command import run; run()"
    run(code, "report", "--out", str(again), PYTHONHASHSEED="7").check_returncode()
    assert [name for name, content in written(again).items() if content != first[name]] == []


def test_figures_draws_only_what_is_asked_for(proved):
    """One figure in one format, and its numbers."""
    assert main(["figures", "--only", "3b", "--format", "svg", "--out", str(proved)]) == 0
    stem = f"figures/{EXAMPLES['3b'].stem}"
    assert set(written(proved)) == {f"{stem}.svg", f"{stem}.csv"}


@pytest.mark.parametrize("command", ["report", "figures"])
def test_nothing_is_drawn_under_a_failed_certificate(command, disproved, capsys):
    """The failing rows are printed, the exit code is 1, and no file is written."""
    assert main([command, "--out", str(disproved)]) == 1
    message = capsys.readouterr().err
    assert "gelu order 1, balls, float16: 0.75 ulp" in message
    assert message.count("\n") == 2
    assert written(disproved) == {}


def test_finding_that_does_not_hold_stops_the_report(proved, monkeypatch, capsys):
    """Its sentence is printed, the exit code is 1, and no file is written."""
    failed = Finding("Topic", "It is so.", {"measured": 2.0}, holds=False)
    monkeypatch.setattr(findings, "FINDINGS", (lambda _catalogue: failed,))
    assert main(["report", "--out", str(proved)]) == 1
    assert "Topic: It is so." in capsys.readouterr().err
    assert written(proved) == {}


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        pytest.param(["figures", "--only", "9"], ["'9'", "1, 1b, 2", "8b"], id="unknown figure"),
        pytest.param(["figures", "--format", "jpg"], ["'jpg'", "svg, pdf, png"], id="format"),
        pytest.param(["draw"], ["'draw'", "verify", "report", "figures"], id="unknown command"),
        pytest.param([], ["COMMAND"], id="no command"),
        pytest.param(["report", "--only", "3"], ["--only"], id="unknown option"),
    ],
)
def test_bad_usage_is_one_sentence(arguments, parts, tmp_path, monkeypatch, capsys):
    """What was expected and what came, exit code 2, nothing on disk."""
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    message = capsys.readouterr().err
    assert message.startswith("halfulp: ")
    assert message.count("\n") == 1
    assert all(part in message for part in parts)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("out", ["file", "file/below"])
def test_output_that_is_no_folder_is_refused(out, tmp_path, capsys):
    """A file where the output folder should be is named, and left as it was."""
    (tmp_path / "file").write_text("kept", encoding="utf-8")
    assert main(["report", "--out", str(tmp_path / out)]) == 2
    message = capsys.readouterr().err
    assert "expected --out to name a folder" in message
    assert str(tmp_path / out) in message
    assert written(tmp_path) == {"file": b"kept"}


def test_file_in_the_place_of_the_figures_is_refused(proved, capsys):
    """A file named figures is not overwritten, and nothing is moved beside it."""
    (proved / "figures").write_text("kept", encoding="utf-8")
    assert main(["figures", "--only", "4", "--format", "svg", "--out", str(proved)]) == 2
    assert str(proved / "figures") in capsys.readouterr().err
    assert written(proved) == {"figures": b"kept"}


def test_interrupted_drawing_leaves_nothing(tmp_path):
    """When drawing breaks off, what was drawn so far goes with it."""

    def interrupted():
        with making.staging(tmp_path) as folder:
            (folder / "half.svg").write_text("half", encoding="utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("package", "extra"),
    [("matplotlib", "figures"), ("typst", "figures"), ("jax", "verification")],
)
def test_missing_package_is_named(package, extra, tmp_path):
    """One sentence names the package and how to install it; the exit code is 2, nothing is left."""
    code = f"import sys; sys.modules[{package!r}] = None\nfrom figures.command import run; run()"
    outcome = run(code, "report", "--out", str(tmp_path / "new" / "report"))
    assert outcome.returncode == 2
    assert f"expected the package '{package}'" in outcome.stderr
    assert f"python -m pip install '.[{extra}]' in {ROOT}" in outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("failing", [errno.ENOSPC, errno.EDQUOT])
def test_full_disk_is_one_sentence(failing, proved, monkeypatch, capsys):
    """No traceback of matplotlib's, exit code 2, and nothing half-written remains."""

    def savefig(_figure, path, **_options):
        Path(path).write_text("half", encoding="utf-8")
        raise OSError(failing, os.strerror(failing))

    monkeypatch.setattr(Figure, "savefig", savefig)
    assert main(["figures", "--only", "3b", "--out", str(proved)]) == 2
    drawing, message = capsys.readouterr().err.splitlines()
    assert drawing == "Drawing example 3b"
    assert str(proved) in message
    assert os.strerror(failing) in message
    assert "what was there is kept" in message
    assert written(proved) == {}
    assert [path.name for path in proved.iterdir()] == ["certificate.json"]


def test_new_figures_are_on_the_disk_before_old_ones_go(proved, monkeypatch):
    """All files and their folder, then they move, then the folders where they are now."""
    log = []
    for name in ("fsync", "replace"):
        known = getattr(os, name)

        def call(*arguments, name=name, known=known):
            log.append(name)
            return known(*arguments)

        monkeypatch.setattr(os, name, call)
    assert main(["figures", "--only", "3b", "--format", "svg", "--out", str(proved)]) == 0
    assert log == ["fsync"] * 3 + ["replace"] * 2 + ["fsync"] * 2


@pytest.mark.parametrize("command", ["report", "figures"])
@pytest.mark.parametrize("name", ["n" * 300, "pipe", "link", "circle"])
def test_output_that_cannot_be_a_folder_is_one_sentence(command, name, tmp_path, capsys):
    """Whatever is there."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("missing/folder")
    (tmp_path / "circle").symlink_to("circle")
    assert main([command, "--out", str(tmp_path / name)]) == 2
    assert "expected --out to name a folder" in capsys.readouterr().err


def test_progress_is_told_on_standard_error(proved, capsys):
    """What is being drawn, and nothing of it on standard output."""
    assert main(["figures", "--only", "1", "3b", "--format", "svg", "--out", str(proved)]) == 0
    captured = capsys.readouterr()
    assert captured.err.splitlines() == ["Drawing example 1", "Drawing example 3b"]
    assert captured.out == f"{proved / 'figures'}: 1, 3b\n"


def test_nothing_is_left_in_the_working_folder(tmp_path):
    """Hypothesis keeps nothing there, although it looks for extreme inputs."""
    code = (
        "from reference import ACTIVATIONS\nfrom reference.arithmetic.formats import FORMATS\n"
        "from verification.witnesses import extremes\n"
        "extremes.witness(ACTIVATIONS['relu'], FORMATS['float16'], None)"
    )
    outcome = run(code, folder=tmp_path, PYTHONPATH=str(ROOT))
    assert outcome.returncode == 0, outcome.stderr
    assert list(tmp_path.iterdir()) == []


def test_help_loads_nothing_heavy():
    """The parser is made without any of the packages that take long to load."""
    code = (
        "import sys; from figures.command import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        f"sys.exit(', '.join({{*{HEAVY}}} & {{*sys.modules}}) or None)"
    )
    outcome = run(code)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert "report" in outcome.stdout
