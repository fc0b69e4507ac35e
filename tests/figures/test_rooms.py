"""The rooms of figures: imports go one way, and the demonstration knows its own seven alone."""

import ast
from pathlib import Path

import pytest

import figures

HOME = Path(figures.__file__).parent
MAY_IMPORT = {
    "measuring": set(),
    "drawing": {"measuring"},
    "examples": {"measuring", "drawing"},
    "findings": {"measuring"},
    "report": {"measuring", "drawing", "examples", "findings"},
}


def imported(path):
    """Return the rooms that a file imports from, other than its own."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    modules = [node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level]
    return {module.split(".")[1] for module in modules if module.startswith("figures.")}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_between_rooms_go_one_way(room):
    """From what is told to what is drawn to what is measured."""
    for path in (HOME / room).glob("*.py"):
        assert imported(path) <= MAY_IMPORT[room], path


def test_every_room_is_known():
    """A new folder says here what it may import."""
    assert {path.parent.name for path in HOME.glob("*/__init__.py")} == {*MAY_IMPORT}


@pytest.mark.parametrize("room", ["examples", "findings"])
def test_no_example_or_finding_reads_the_whole_catalogue(room):
    """They are given the seven that their sentences are about."""
    for path in (HOME / room).glob("*.py"):
        assert "ACTIVATIONS" not in path.read_text("utf-8"), path
