"""The rooms of the verification: imports go one way, and no files make a circle."""

import ast
from pathlib import Path

import verification

ROOT = Path(verification.__file__).parent
# Rooms of one line import nothing from one another, but for those that are named as pairs.
ORDER = (
    ("errors", "kinds"),
    ("grade",),
    ("numbers", "records"),
    ("formula",),
    ("activations",),
    ("candidates",),
    ("witnesses",),
    ("work",),
    ("sweep", "examination"),
    ("observation", "diagnosis"),
    ("verdict",),
    ("vectors", "survey"),
    ("commands",),
)
LEVEL = {room: level for level, rooms in enumerate(ORDER) for room in rooms}


def imported(path):
    """The modules of the verification that a file imports, by their paths from its root."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    here = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom):
            continue
        name = (node.module or "").split(".") if node.module else []
        if node.level:
            base = [*here[: len(here) - node.level], *name]
        elif name[:1] == ["verification"]:
            base = name[1:]
        else:
            continue
        for alias in node.names:
            whole = [*base, alias.name]
            is_module = (ROOT.joinpath(*whole).with_suffix(".py")).exists()
            yield tuple(whole if is_module else base)


def files():
    """Every file in a room."""
    return [path for path in ROOT.rglob("*.py") if path.parent != ROOT or path.stem in LEVEL]


def test_every_room_has_its_place():
    """In the order."""
    rooms = {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()}
    assert rooms <= set(LEVEL)


def test_imports_go_one_way():
    """To an earlier line of the order, or within a room."""
    for path in files():
        room = path.relative_to(ROOT).with_suffix("").parts[0]
        for module in imported(path):
            if module and module[0] != room:
                assert LEVEL[module[0]] < LEVEL[room], f"{path} imports {'.'.join(module)}"


def test_no_files_import_one_another_in_a_circle():
    """Not even in a function."""
    arrows = {
        path.relative_to(ROOT).with_suffix("").parts: set(imported(path))
        for path in files()
        if path.stem != "__init__"
    }
    left = dict(arrows)
    while free := [name for name, to in left.items() if not to & set(left)]:
        for name in free:
            del left[name]
    assert not left


def test_within_a_folder_imports_are_relative_and_between_folders_absolute():
    """So a folder may be moved as a whole."""
    for path in files():
        room = path.relative_to(ROOT).parts[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and not node.level and node.module:
                parts = node.module.split(".")
                inside = parts[:2] == ["verification", room] and path.parent == ROOT / room
                assert not inside, f"{path}: {node.module}"
