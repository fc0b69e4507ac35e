"""CONTRIBUTING's map is the tree, and the order of its rows that of the imports."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
ROOMS = re.findall(r"^\| `((?:reference|verification|figures)/\w+)` \|", TEXT, re.MULTILINE)
# What lies beside the rooms, for all of them: errors and kinds of findings, the entry points.
PACKAGES = ("reference", "verification", "figures")


def rooms_of(package):
    """The folders of a package that hold Python files of their own."""
    return {
        f"{package}/{folder.name}"
        for folder in (ROOT / package).iterdir()
        if (folder / "__init__.py").exists()
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_the_map_has_every_room(package):
    """And no other."""
    assert {room for room in ROOMS if room.startswith(f"{package}/")} == rooms_of(package)


def imported(path):
    """The rooms of our packages that a file imports from."""
    here = path.relative_to(ROOT).parts
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield "/".join(node.module.split(".")[:2])
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield "/".join(here[:2])


def files_of(room):
    """The Python files of a room."""
    return sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("room", ROOMS)
def test_imports_go_up_the_map(room):
    """A room imports from itself, from higher rows, and from the packages below."""
    package = room.partition("/")[0]
    allowed = {r for r in ROOMS[: ROOMS.index(room) + 1] if r.partition("/")[0] == package}
    lower = PACKAGES[: PACKAGES.index(package)]
    for path in files_of(room):
        for other in imported(path):
            if other in ROOMS and other.partition("/")[0] not in lower:
                assert other in allowed, f"{path.relative_to(ROOT)} imports {other}"


@pytest.mark.parametrize("folder", ["figures/gallery", "tests/benchmarks", "tests/contract"])
def test_other_folders_that_are_named_are_there(folder):
    """And named."""
    assert f"`{folder}`" in TEXT
    assert (ROOT / folder).is_dir()


def test_no_file_is_long():
    """At most about 300 lines, but for lists of planted mistakes and their like in the tests."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            lines = path.read_text("utf-8").count("\n")
            assert lines <= 320, f"{path.relative_to(ROOT)} has {lines} lines"
