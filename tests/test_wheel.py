"""The wheel holds all that the commands need, and nothing that is only for the repository."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """A folder with the content of a wheel built from the tree, as it is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)  # noqa: S603  our own command
    (wheel,) = folder.glob("halfulp-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


@pytest.fixture(scope="module")
def names(unpacked):
    """The names of its files."""
    return {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}


def test_the_command_runs_from_the_wheel(unpacked, tmp_path):
    """Its own packages are not taken for somebody else's."""
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from halfulp import run; run()"
    done = subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-P", "-c", code, str(unpacked), "figures", "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "--only" in done.stdout


@pytest.mark.parametrize("package", ["reference", "verification", "figures"])
def test_every_module_of_the_tree_is_in_the_wheel(names, package):
    """With the marker that its types are to be used."""
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / package).rglob("*.py")}
    assert modules - names <= {"figures/readme.py", "figures/launcher.py"}
    assert f"{package}/py.typed" in names


@pytest.mark.parametrize(
    "name",
    [
        "figures/report/report.typ",
        "figures/drawing/style.mplstyle",
        "halfulp.py",
        "verification/records/sweeps/float16.json",
        "verification/records/sweeps/bfloat16.json",
        "verification/records/sweeps/float32.json",
    ],
)
def test_data_files_are_in_the_wheel(names, name):
    """What the report and the sweeps read."""
    assert name in names


def test_what_serves_the_repository_alone_is_not_in_the_wheel(names):
    """README's pictures, the tests."""
    assert not [name for name in names if name.startswith(("figures/gallery", "tests"))]
