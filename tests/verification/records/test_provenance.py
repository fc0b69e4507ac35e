"""The hash of sources: of the modules that are needed, by name and content, and of nothing else."""

import sys

import pytest

from verification.records.provenance import hash_of_sources

FILES = {
    "__init__.py": "",
    "rooms/__init__.py": "",
    "rooms/formula.py": "from toy_package.rooms.helper import half\n\n\nHALF = half(1)\n",
    "rooms/helper.py": "import math\n\n\ndef half(x):\n    return x / 2\n",
    "rooms/other.py": "OTHER = 1\n",
}

HELPER = "from math import {} as r\n\n\ndef half(x):\n    return r(x)\n"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package in which ``formula`` needs ``helper``, and nobody needs ``other``."""
    folder = tmp_path / "toy_package"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.startswith("toy_package")]:
        del sys.modules[name]


def fresh_hash(module="toy_package.rooms.formula"):
    """The hash, as a new process would find it."""
    from verification.records import provenance  # noqa: PLC0415  its memory is emptied here

    provenance._path_of.cache_clear()  # noqa: SLF001  likewise
    for name in [name for name in sys.modules if name.startswith("toy_package")]:
        del sys.modules[name]
    return hash_of_sources(module)


@pytest.mark.parametrize("name", ["rooms/formula.py", "rooms/helper.py"])
def test_it_changes_with_every_module_that_is_needed(package, name):
    """Directly or not."""
    before = fresh_hash()
    (package / name).write_text(FILES[name] + "CHANGED = 2\n")
    assert fresh_hash() != before


def test_it_does_not_change_with_a_module_that_is_not_needed(package):
    """Added or altered."""
    before = fresh_hash()
    (package / "rooms/other.py").write_text("OTHER = 2\n")
    (package / "rooms/new.py").write_text("NEW = 3\n")
    assert fresh_hash() == before


def test_it_does_not_change_when_a_file_moves(package):
    """Nor by the import that has to follow it."""
    before = fresh_hash()
    (package / "rooms/helper.py").rename(package / "helper.py")
    moved = FILES["rooms/formula.py"].replace("toy_package.rooms.helper", "toy_package.helper")
    (package / "rooms/formula.py").write_text(moved)
    assert fresh_hash() == before


def test_it_changes_with_the_name_of_a_module(package):
    """Names count."""
    before = fresh_hash()
    (package / "rooms/helper.py").rename(package / "rooms/renamed.py")
    moved = FILES["rooms/formula.py"].replace("helper", "renamed")
    (package / "rooms/formula.py").write_text(moved)
    assert fresh_hash() != before


def test_it_changes_with_what_an_import_brings(package):
    """floor is not ceil, though both are called the same here."""
    (package / "rooms/helper.py").write_text(
        "from math import floor as r\n\n\ndef half(x):\n    return r(x)\n"
    )
    before = fresh_hash()
    (package / "rooms/helper.py").write_text(
        "from math import ceil as r\n\n\ndef half(x):\n    return r(x)\n"
    )
    assert fresh_hash() != before
