"""Candidates that would rather have a verdict than results: none gets what it has not earned."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from figures.command import main
from verification import check
from verification.errors import UsageError

# Each has a function f of x that is wrong, and a way to hide it.
HOSTILE = Path(__file__).parents[2] / "faults" / "hostile"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with those in it."""
    for path in HOSTILE.glob("*.py"):
        shutil.copy(path, tmp_path)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.chdir(tmp_path)
    return tmp_path


# They know what is tried in float64, where no grid of numbers is.
KNOW = ["knows_the_array", "knows_the_inputs"]


@pytest.mark.parametrize("name", sorted(path.stem for path in HOSTILE.glob("*.py")))
def test_nobody_is_fooled(folder, tmp_path_factory, name):
    """The verdict is what the numbers deserve, or that there were none."""
    verdict = tmp_path_factory.mktemp("out") / "verdict.json"
    code = "from figures.command import run; run()"
    arguments = ["check", f"numpy:{name}.f", "tanh", "--json", str(verdict)]
    arguments += ["--allow", "flush-to-zero"]
    done = subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("FAILED")
    told = json.loads(verdict.read_text())
    assert told["passed"] is False
    assert told["findings"] != []
    assert not (folder / "owned").exists()


# They know what is tried in float64, where no grid of numbers is.
KNOW = ["knows_the_array", "knows_the_inputs"]


@pytest.mark.parametrize("name", sorted(path.stem for path in HOSTILE.glob("cheats/*.py")))
def test_no_cheat_passes_untrusted(folder, name):
    """Though it knows what a check tries, or is right now and then."""
    shutil.copy(HOSTILE / "cheats" / f"{name}.py", folder)
    dtype = "float64" if name in KNOW else "float32"
    assert main(["check", f"numpy:{name}.f", "tanh", "--untrusted", "--dtype", dtype]) == 1


@pytest.mark.parametrize("name", KNOW)
def test_known_inputs_are_of_use_without_it(folder, name):
    """Which is why numbers are drawn."""
    shutil.copy(HOSTILE / "cheats" / f"{name}.py", folder)
    assert main(["check", f"numpy:{name}.f", "tanh", "--dtype", "float64"]) == 0


def test_python_takes_names_of_what_is_not_trusted(folder):
    """Of a function, which shares the process, it says so."""
    shutil.copy(HOSTILE / "cheats" / "knows_the_inputs.py", folder)
    assert not check("numpy:knows_the_inputs.f", "tanh", untrusted=True)
    verdict = check("numpy:numpy.tanh", "tanh", untrusted=True, seed=5)
    assert verdict
    assert verdict.seed == 5
    with pytest.raises(UsageError, match="shares this one"):
        check(abs, "tanh", untrusted=True)


def test_a_sound_one_passes_untrusted_and_a_seed_repeats_it(folder, capsys):
    """And what rests on its word is not judged."""
    assert main(["check", "numpy:numpy.tanh", "tanh", "--untrusted", "--json", "a.json"]) == 0
    first = json.loads((folder / "a.json").read_text())
    assert f"seed {first['seed']}" in capsys.readouterr().out
    assert {"input written", "output"} <= set(first["not_judged"])
    again = ["--untrusted", "--seed", str(first["seed"]), "--json", "b.json"]
    assert main(["check", "numpy:numpy.tanh", "tanh", *again]) == 0
    assert (folder / "b.json").read_text() == (folder / "a.json").read_text()


def test_nor_by_an_exhaustive_check(folder):
    """Whose other processes hold no candidate either."""
    arguments = ["tanh", "--dtype", "float16", "--exhaustive"]
    assert main(["check", "numpy:patches_the_reference.f", *arguments]) == 1
    assert folder.exists()


OBJECTS = """
import warnings
import numpy as np

class Silent(Exception):
    def __str__(self):
        raise RuntimeError("no text")

class Sneaky(Warning):
    said = []
    def __str__(self):
        if self.said:
            raise RuntimeError("no text")
        self.said.append("once")
        return ""

class Liar:
    __class__ = np.ndarray
    def __array__(self, *_, **__):
        raise RuntimeError("no array")

class Meta(type):
    @property
    def __name__(cls):
        raise RuntimeError("no name")

class Nameless(metaclass=Meta):
    pass

def silent(x):
    raise Silent

def sneaky(x):
    warnings.warn(Sneaky())
    return np.tanh(x)

def liar(x):
    return Liar()

def nameless(x):
    return Nameless()

def masked(x):
    return np.ma.MaskedArray(np.tanh(x), mask=True)

def long(x):
    raise ValueError("\\x1b[31m" + "no" * 5_000_000)

def named(x):
    return np.tanh(x)

named.__name__ = "\\x1b[31m" + "name" * 10_000
"""
LONG = r"ValueError: \x1b[31mnono"


@pytest.mark.parametrize("here", [True, False], ids=["in this process", "in another"])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("silent", "Silent: (its text cannot be had)"),
        ("sneaky", "Sneaky: (its text cannot be had)"),
        ("liar", "it returned a Liar"),
        ("nameless", "it returned a Nameless"),
        ("masked", "it returned a MaskedArray"),
        ("long", LONG),
    ],
)
def test_objects_are_findings_whatever_their_methods_do(folder, capsys, here, name, said):
    """And what they say is cut, and has nothing in it that a terminal obeys."""
    (folder / "objects.py").write_text(OBJECTS)
    if here:
        namespace = {}
        exec(OBJECTS, namespace)  # noqa: S102  the text above
        text = str(check(namespace[name], "tanh"))
    else:
        assert main(["check", f"numpy:objects.{name}", "tanh"]) == 1
        text = capsys.readouterr().out
    [finding] = [line for line in text.splitlines() if said in line]
    assert finding.startswith(("value", "convention: value"))
    assert len(text) < 2000
    assert "\x1b" not in text


def test_a_name_is_cut_as_well():
    """Of a function, which may be called anything."""
    namespace = {}
    exec(OBJECTS, namespace)  # noqa: S102  the text above
    text = str(check(namespace["named"], "relu"))
    assert r"\x1b[31mnamename" in text
    assert "\x1b" not in text
    assert len(text) < 10_000
