"""Names of candidates: what they lead to, which frameworks they are of, and which are refused."""

import json
from functools import partial

import jax
import numpy as np
import pytest

from reference.arithmetic.formats import FORMATS
from verification.candidates.frameworks import Candidate, implementation, subjects
from verification.candidates.frameworks.known import FRAMEWORKS, of_object
from verification.candidates.frameworks.naming import parts_of
from verification.candidates.frameworks.path import Attribute, Call, Item, parsed
from verification.errors import UsageError

CANDIDATES = """
import numpy as np

class Scaled:
    def __init__(self, slope=1.0, *, shift=0.0):
        self.slope, self.shift = slope, shift
    def __call__(self, x):
        return x * x.dtype.type(self.slope) + x.dtype.type(self.shift)
    def negative(self, x):
        return -self(x)
    @staticmethod
    def apply(x):
        return x + 1

class Table(dict):
    pass

TABLE = {"twice": Scaled(2.0), ("a", 1): Scaled(3.0), -1: [Scaled(4.0)]}

def power(x, exponent=2):
    return x ** exponent
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with a module of candidates."""
    (tmp_path / "of_names.py").write_text(CANDIDATES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("of_names.power", 9, id="dots"),
        pytest.param("of_names:power", 9, id="colon"),
        pytest.param("numpy:of_names:power?exponent=3", 27, id="option"),
        pytest.param("of_names:Scaled", 3, id="class"),
        pytest.param("of_names:Scaled?slope=5&shift=1", 16, id="class with options"),
        pytest.param("of_names:Scaled(5, shift=-1)", 14, id="instance"),
        pytest.param("of_names:Scaled(2.0).negative", -6, id="method"),
        pytest.param("of_names:Scaled.apply", 4, id="static method"),
        pytest.param('of_names:TABLE["twice"]', 6, id="entry"),
        pytest.param('of_names.TABLE["a", 1]', 9, id="tuple"),
        pytest.param("of_names:TABLE[-1][0]", 12, id="twice"),
    ],
)
def test_a_name_leads_to_a_function(folder, name, expected):
    """By attributes, subscripts and calls; the snippet, run after the import, gives the same."""
    found = implementation(name)
    assert found.forward(np.float32([3])) == expected
    line = found.call.replace("{x}", "3").replace("{dtype}", "float32")
    names = {"numpy": np, "of_names": __import__("of_names")}
    assert eval(line, names) == expected  # noqa: S307  our own text
    assert folder.exists()


def test_a_path_is_read_and_not_run():
    """As Python's syntax."""
    path = parsed('a.b:C(1, [2], k="v").d["e"]')
    assert path.names == ("a", "b", "C")
    assert path.steps == (Call((1, [2]), {"k": "v"}), Attribute("d"), Item("e"))


@pytest.mark.parametrize(
    "text",
    [
        "a.b(c)",
        "a.b(*[1])",
        "a.b(**{})",
        "a.b[c]",
        "a.b + 1",
        "(lambda: 1)()",
        "a.b:(c := 1)",
        "a.b(__import__('os'))",
        "a.",
        "",
        "a." + "b(" * 500,
        "a.\0b",
        "./a.b",
    ],
)
def test_any_other_expression_is_refused(text):
    """In one sentence; nothing but literals is an argument."""
    with pytest.raises(UsageError, match=r"expected MODULE|expected FRAMEWORK"):
        implementation(f"numpy:{text}" if text else text)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("of_names:Scaled(1, 2)", "takes from 1 to 2", id="arguments"),
        pytest.param("of_names:Table", "expected a function of x", id="no function"),
        pytest.param("of_names:TABLE", "expected a function of x", id="a dictionary"),
        pytest.param('of_names:TABLE["x"]', "KeyError: 'x'", id="key"),
        pytest.param("of_names:Scaled(1.0).none", "no attribute 'none'", id="attribute"),
        pytest.param("of_names:power?base=1", "unexpected keyword", id="option"),
        pytest.param("nowhere:f", "numpy, torch, jax, tensorflow, mlx", id="framework"),
    ],
)
def test_what_leads_nowhere_is_refused(folder, name, said):
    """With the reason that Python gives."""
    with pytest.raises(UsageError, match=said):
        implementation(name)
    assert folder.exists()


@pytest.mark.parametrize(
    ("name", "framework", "judged"),
    [
        pytest.param("jax:mine:f", None, 3, id="prefix"),
        pytest.param("mine:f", None, 1, id="unknown"),
        pytest.param("mine:f", "torch", 3, id="said"),
        pytest.param("numpy:mine:f", "torch", 1, id="prefix before what is said"),
        pytest.param("transformers.activations:ACT2FN['gelu']", None, 3, id="package"),
        pytest.param("scipy.special.expit", None, 1, id="package of NumPy"),
    ],
)
def test_what_is_judged_follows_from_the_name(name, framework, judged):
    """Without importing anything."""
    candidate = Candidate(name, framework)
    assert len(subjects(candidate)) == judged
    assert subjects(Candidate(name, framework, only_value=True)) == ("value",)
    named = Candidate(name, framework, derivative="numpy:numpy.cos")
    assert "derivative" in subjects(named)


@pytest.mark.parametrize(
    ("value", "derivative", "framework"),
    [
        pytest.param("jax:mine:f", "mine:g", "jax", id="of the value's"),
        pytest.param("jax:mine:f", "numpy:mine:g", "numpy", id="prefix"),
        pytest.param("numpy:mine:f", "jax.numpy.cos", "jax", id="package"),
        pytest.param("c:./mine.so:f", "./mine.so:g", "c", id="file"),
    ],
)
def test_another_function_is_of_the_same_framework(value, derivative, framework):
    """Unless its own name tells another one."""
    parts = parts_of(Candidate(value, derivative=derivative))
    assert parts["derivative"].framework is FRAMEWORKS[framework]


@pytest.mark.parametrize(
    ("thing", "framework"),
    [
        pytest.param(np.tanh, "numpy", id="ufunc"),
        pytest.param(lambda x: x, "numpy", id="plain function"),
        pytest.param(jax.nn.gelu, "jax", id="jax"),
        pytest.param(jax.jit(lambda x: x), "jax", id="compiled"),
        pytest.param(partial(partial(jax.nn.gelu), approximate=False), "jax", id="partial"),
        pytest.param([].append, "numpy", id="method"),
    ],
)
def test_an_object_tells_its_framework(thing, framework):
    """By the package that it, its type or its owner comes from."""
    assert of_object(thing) is FRAMEWORKS[framework]


def test_a_candidate_is_the_same_after_its_journey():
    """As JSON, to its own process."""
    candidate = Candidate(
        "a:b", "torch", "cpu", "c:d", "e:f", ("dy", "y"), shape=(2, 3), dtype="float16"
    )
    message = json.loads(json.dumps(candidate.to_message()))
    assert Candidate.from_message(message) == candidate
    assert hash(Candidate.from_message(message)) == hash(candidate)


@pytest.mark.parametrize("framework", FRAMEWORKS.values(), ids=lambda framework: framework.name)
def test_each_framework_knows_formats_of_ours(framework):
    """And where it has devices, how its user writes one."""
    assert set(framework.formats) <= set(FORMATS)
    if framework.on:
        assert framework.has_devices
        assert "cuda" in framework.on.format(device="cuda:1", kind="cuda", number=1)
