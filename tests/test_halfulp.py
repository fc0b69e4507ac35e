"""The module behind the command: our packages and no others, and one version."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import reference
from figures.launcher import OURS

ROOT = Path(__file__).resolve().parent.parent
FILES = {name: (ROOT / name).read_text("utf-8") for name in ("CITATION.cff", "CHANGELOG.md")}


def run(code, *path):
    """Run Python code with these folders first on its path."""
    return subprocess.run(  # noqa: S603  the code is in this file
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=path[0],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))},
    )


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("file", ["{}/__init__.py", "{}.py"])
def test_another_package_of_our_name_is_named(name, file, tmp_path):
    """One sentence with its place, exit code 2, and no traceback."""
    other = tmp_path / file.format(name)
    other.parent.mkdir(exist_ok=True)
    other.write_text("")
    done = run("import halfulp; halfulp.run()", tmp_path, ROOT)
    hiding = other.parent if other.name == "__init__.py" else other
    assert done.returncode == 2
    said = f"halfulp: expected the package {name!r} of Halfulp, but {hiding}"
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1


def test_a_folder_of_data_hides_nothing(tmp_path):
    """A folder without __init__.py is no package that comes before ours."""
    for name in OURS:
        (tmp_path / name).mkdir()
    done = run(
        "import sys; sys.argv = ['', '--version']; import halfulp; halfulp.run()", tmp_path, ROOT
    )
    assert done.stdout == f"halfulp {reference.__version__}\n"


def test_version_is_that_of_the_citation_and_the_changelog():
    """With the day of its release."""
    line = r"^version: (.+)\ndate-released: \"(.+)\"$"
    cited = re.search(line, FILES["CITATION.cff"], re.MULTILINE)
    newest = re.search(r"^## (.+) \((.+)\)$", FILES["CHANGELOG.md"], re.MULTILINE)
    assert cited.groups() == newest.groups() == (reference.__version__, reference.__date__)


def test_version_needs_no_installation(tmp_path):
    """The command and the vectors have it where pip knows nothing of us."""
    code = (
        "from importlib import metadata\n"
        "known = metadata.version\n"
        "def version(name):\n"
        "    if name == 'halfulp': raise metadata.PackageNotFoundError(name)\n"
        "    return known(name)\n"
        "metadata.version = version\n"
        f"import sys; sys.argv = ['', 'vectors', 'relu', '-o', {str(tmp_path / 'v')!r}]\n"
        "import halfulp; halfulp.run()"
    )
    done = run(code, ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    assert f'"halfulp": "{reference.__version__}"' in (tmp_path / "v" / "manifest.json").read_text()
