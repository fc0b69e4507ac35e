"""Derivative and backward by name, functions in place, of one shape, and bad signatures."""

import numpy as np
import pytest

from figures.command import main
from reference import gelu, tanh
from verification import check
from verification.candidates.frameworks import Candidate, described, implementation
from verification.errors import UsageError

CANDIDATES = """
import numpy as np
from reference import tanh

def slope(x):
    return tanh.derivative(x)

def x_dy(x, dy):
    return tanh.backward(x, dy)

def dy_x(dy, x):
    return tanh.backward(x, dy)

def several(dy, x):
    return tanh.backward(x, dy), "and more"

def of_saved(saved, dy):
    x, out = saved
    assert np.array_equal(out, tanh(x), equal_nan=True)
    return [tanh.backward(x, dy)]

def contiguous_alone(x):
    if not x.flags.c_contiguous:
        raise ValueError("not contiguous")
    return tanh(x)

def x_y_dy(x, y, dy):
    assert np.array_equal(y, tanh(x), equal_nan=True)
    return tanh.backward(x, dy)

def of_y(dy, y):
    return dy * (1 - y * y)

def in_place(x):
    x[...] = tanh(x)

def in_place_backward(x, dy):
    dy[...] = tanh.backward(x, dy)

def of_one_shape(x):
    if x.shape != (8, 16):
        raise ValueError("(8, 16) alone")
    return tanh(x)

def of_two(x, y):
    return x

def of_none():
    return 0

def keyword_only(x, *, axis):
    return x

def confused(x):
    raise TypeError("my argument is wrong")
"""
FLOAT16 = ["--dtype", "fp16"]
TANH = ["numpy:reference.tanh", "tanh", *FLOAT16]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The current folder, with a module of candidates."""
    (tmp_path / "of_tanh.py").write_text(CANDIDATES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("backward", "takes"),
    [
        ("x_dy", None),
        ("dy_x", "dy,x"),
        ("several", "dy,x"),
        ("x_y_dy", "x,y,dy"),
        ("x_y_dy", "x, out, dy"),
        ("of_saved", "(x,out),dy"),
        ("of_saved", " (x, y) , dy"),
    ],
)
def test_backward_takes_what_it_says(backward, takes, capsys):
    """In its order; y or out is what forward gives; of several results the first counts."""
    order = [] if takes is None else ["--backward-takes", takes]
    assert main(["check", *TANH, "--backward", f"numpy:of_tanh:{backward}", *order]) == 0
    assert "backward" in capsys.readouterr().out


def test_the_wrong_order_fails(capsys):
    """Of arguments."""
    assert main(["check", *TANH, "--backward", "of_tanh:dy_x"]) == 1
    assert "try: of_tanh.dy_x(numpy.array([" in capsys.readouterr().out


def test_a_backward_of_the_result_is_judged(capsys):
    """dy (1 - y²) cancels, and is told so, with a line that shows it."""
    order = ["--backward-takes", "dy,y"]
    assert main(["check", *TANH, "--backward", "of_tanh:of_y", *order]) == 1
    out = capsys.readouterr().out
    assert "1 - tanh²" in out
    assert "reference.tanh(numpy.array([" in out


def test_a_derivative_is_judged_by_its_own_name(capsys):
    """A right one passes, and a wrong one fails."""
    assert main(["check", *TANH, "--derivative", "of_tanh:slope"]) == 0
    assert main(["check", *TANH, "--derivative", "of_tanh.in_place?x=0"]) == 2
    assert main(["check", *TANH, "--derivative", "numpy:numpy.cos"]) == 1
    assert "derivative" in capsys.readouterr().out


def test_a_derivative_may_be_of_another_framework():
    """JAX's for a function of NumPy."""
    verdict = check("numpy:reference.tanh", "tanh", derivative="jax:jax.numpy.cos")
    assert {finding.subject for finding in verdict.symptoms} == {"derivative"}
    assert "jax.jit" in verdict.symptoms[0].snippet


def test_what_works_in_place_leaves_its_result_in_its_argument(capsys):
    """Of backward in dy."""
    names = ["of_tanh:in_place", "tanh", *FLOAT16, "--backward", "of_tanh:in_place_backward"]
    assert main(["check", *names, "--in-place"]) == 0
    assert main(["check", *names]) == 1
    assert "returned None" in capsys.readouterr().out


def test_what_takes_one_shape_gets_that(capsys):
    """And the verdict says what that leaves open."""
    name = ["of_tanh:of_one_shape", "tanh", *FLOAT16]
    assert main(["check", *name, "--shape", "8,16"]) == 0
    assert "arrays of one shape" in capsys.readouterr().out
    assert main(["check", *name]) == 1


def test_what_takes_contiguous_arrays_gets_no_others(capsys):
    """And the verdict says what that leaves open; of packed inputs too."""
    name = ["of_tanh:contiguous_alone", "tanh", *FLOAT16]
    assert main(["check", *name, "--no-layout"]) == 0
    assert "contiguous arrays alone" in capsys.readouterr().out
    assert main(["check", *name]) == 1
    assert "not contiguous" in capsys.readouterr().out
    both = described(Candidate("numpy:f.g", inputs=2, packed="gate-first", contiguous=True)).caller
    assert {"layout", "shared result"} <= set(both.not_judged())
    assert "packed" in both.why_not
    assert "contiguous" in both.why_not


def test_a_fixed_shape_hides_no_wrong_number():
    """Nor another dtype."""
    shaped = implementation(Candidate("numpy:numpy.arctan", shape=(3, 5)))
    verdict = check(shaped, "tanh", dtype="float16")
    assert "inaccurate" in {finding.kind for finding in verdict.symptoms}
    assert {"length", "layout", "shape"} <= set(verdict.not_judged)
    x = np.arange(7, dtype=np.float16)
    assert np.array_equal(shaped.forward(x), np.arctan(x))
    assert shaped.forward(x[:0]).shape == (0,)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["of_tanh:of_two"], "one array, but it takes (x, y)", id="two"),
        pytest.param(["of_tanh:of_none"], "one array, but it takes ()", id="none"),
        pytest.param(["of_tanh:keyword_only"], "missing a required", id="keyword"),
        pytest.param(["numpy:numpy.arctan2"], "one array", id="ufunc"),
        pytest.param(["numpy:numpy.tanh", "--backward", "of_tanh:slope"], "2 arrays", id="slope"),
        pytest.param(
            ["numpy:numpy.tanh", "--backward", "of_tanh:x_dy", "--backward-takes", "x"],
            "x,dy or dy,x",
            id="no dy",
        ),
        pytest.param(["numpy:numpy.tanh", "--backward-takes", "x,dy"], "--backward", id="takes"),
        pytest.param(
            ["numpy:numpy.tanh", "--backward", "of_tanh:x_dy", "--backward-takes", "(x,dy"],
            "but got '(x,dy'",
            id="parenthesis",
        ),
        pytest.param(["numpy:numpy.tanh", "--packed", "gate-first"], "here is one", id="packed"),
        pytest.param(["numpy:numpy.tanh", "--second", "autodiff"], "torch, jax", id="second"),
        pytest.param(["numpy:numpy.tanh", "--framework", "caffe"], "no framework", id="caffe"),
        pytest.param(["numpy:numpy.tanh", "--device", "cuda"], "torch, jax, cupy", id="device"),
        pytest.param(["jax:jax.numpy.tanh", "--device", "gpu:x"], "cuda:1", id="no device"),
        pytest.param(["jax:jax.numpy.tanh", "--device", "cuda:77"], "that is here", id="absent"),
        pytest.param(["numpy:numpy.tanh", "--shape", "8x16"], "64,1024", id="shape"),
        pytest.param(["numpy:numpy.tanh", "--shape", "0"], "64,1024", id="empty shape"),
        pytest.param(
            ["numpy:numpy.tanh", "--only", "value", "--derivative", "numpy:numpy.cos"],
            "only the value",
            id="only",
        ),
        pytest.param(["array:numpy.tanh", "--dtype", "bf16"], "not bfloat16", id="bfloat16"),
        pytest.param(["--command", "cat", "--device", "cpu"], "is for IMPLEMENTATION", id="pipe"),
    ],
)
def test_misuse_is_one_sentence(arguments, said, capsys):
    """Exit 2, and no verdict."""
    name = [] if arguments[0].startswith("--") else [arguments[0]]
    assert main(["check", *name, "tanh", *arguments[len(name) :]]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert captured.err.count("\n") == 1


def test_a_type_error_of_its_own_is_a_finding(capsys):
    """Where the signature says that the call is right."""
    assert main(["check", "of_tanh:confused", "tanh", *FLOAT16]) == 1
    assert "my argument is wrong" in capsys.readouterr().out


def test_jax_takes_a_device(capsys):
    """The processor is one that is always there; the line that shows a finding names it."""
    assert main(["check", "jax:jax.nn.relu", "tanh", *FLOAT16, "--device", "cpu"]) == 1
    assert "device=jax.devices('cpu')[0]" in capsys.readouterr().out


def test_python_takes_names_objects_and_frameworks():
    """A string is a name; an object of a framework is called with its arrays."""
    import jax  # noqa: PLC0415  slow, and for this test alone

    def mine(x):
        return jax.numpy.tanh(x)

    for candidate, framework in [
        ("jax:jax.numpy.tanh", None),
        (jax.numpy.tanh, None),
        (mine, "jax"),
    ]:
        verdict = check(candidate, "tanh", framework=framework, dtype="float16")
        assert set(verdict.inputs) == {"value", "derivative", "backward"}
    plain = check(np.tanh, "tanh", dtype="float16", derivative="numpy:of_tanh.slope")
    assert set(plain.inputs) == {"value", "derivative"}


def test_python_refuses_what_is_no_function():
    """In a sentence, as the command does."""
    with pytest.raises(UsageError, match="one array"):
        check(lambda x, y: x + y, "tanh")
    with pytest.raises(UsageError, match="not a int"):
        check(3, "tanh")
    with pytest.raises(UsageError, match="brings its own"):
        check(implementation("numpy:numpy.tanh"), "tanh", framework="jax")
    assert check(tanh, "tanh", dtype="float16", derivative=tanh.derivative)
    assert not check(gelu, "tanh", dtype="float16")
