"""Functions of two inputs: a gradient in each, packed inputs, backward functions that give two."""

import json
import shutil
import subprocess

import jax
import numpy as np
import pytest

import verification
from reference.arithmetic.formats import FORMATS
from verification.candidates.calls import Caller
from verification.candidates.clock import Clock
from verification.candidates.frameworks import Candidate, described, implementation, subjects
from verification.candidates.frameworks.candidate import PACKINGS
from verification.candidates.frameworks.given import implementation_of
from verification.candidates.isolation import Worker
from verification.candidates.trouble import Died
from verification.errors import UsageError

# y tanh(x), in whatever a candidate may be; x is the gate.
CANDIDATES = """
import numpy as np
import jax
from reference import tanh

def glu(x, y):
    return tanh(x) * y

def jax_glu(x, y):
    return jax.numpy.tanh(x) * y

def of_x(x, y):
    return jax.numpy.tanh(x)

def both(x, y, dy):
    return [tanh.backward(x, dy * y), tanh(x) * dy]

def of_tuple(inputs, dy):
    return tuple(both(*inputs, dy))

def of_out(x, out, y, dy):
    assert np.array_equal(out, glu(x, y))
    return both(x, y, dy)

def array_alone(x, y, dy):
    return both(x, y, dy)[0]

def three(x, y, dy):
    return (*both(x, y, dy), None)

def in_place(x, y):
    x[...] = glu(x, y)

def left(dy, x, y):
    x[...], y[...] = both(x, y, dy)

def given_all_the_same(dy, x, y):
    return both(x, y, dy)

def of_one(x, dy):
    return tanh.backward(x, dy)

def residuals(saved, dy):
    x, y = saved
    assert np.array_equal(y, tanh(x))
    return (tanh.backward(x, dy),)

def of_one_shape(x, y):
    if x.shape != (2, 3):
        raise ValueError("(2, 3) alone")
    return glu(x, y)

SEEN = []

def first_half(both):
    SEEN.append((both.strides, both.flags.writeable))
    x, y = np.split(both, 2, axis=-1)
    return glu(x, y)

def second_half(both):
    y, x = np.split(both, 2, axis=-1)
    return glu(x, y)

def turns(both):
    return glu(both[..., ::2], both[..., 1::2])

def writes(both):
    result = first_half(both)
    both[...] = 7
    return result

def jax_first_half(both):
    x, y = jax.numpy.split(both, 2, axis=-1)
    return jax.numpy.tanh(x) * y

def jax_second_half(both):
    y, x = jax.numpy.split(both, 2, axis=-1)
    return jax.numpy.tanh(x) * y

def jax_turns(both):
    return jax.numpy.tanh(both[..., ::2]) * both[..., 1::2]

def back_turns(both, dy):
    x, y = both[..., ::2], both[..., 1::2]
    return np.stack(globals()["both"](x, y, dy), axis=-1).reshape(both.shape)

def back_first(both, dy):
    return np.concatenate(globals()["both"](*np.split(both, 2, axis=-1), dy), axis=-1)

def back_first_and_more(both, dy):
    return back_first(both, dy), None

def back_second(saved, dy):
    both, out = saved
    assert np.array_equal(out, second_half(both))
    y, x = np.split(both, 2, axis=-1)
    return np.concatenate(globals()["both"](x, y, dy)[::-1], axis=-1)

def not_packed(both, dy):
    return dy
"""
X, Y, DY = (np.array(a) for a in ([[0.5, -1.0, 2.0], [0.0, 0.25, -3.0]], [[1.0, -2, 3]] * 2, 0.5))
ARRAYS = [np.broadcast_to(array, X.shape).copy() for array in (X, Y, DY)]
TRUE = {
    "value": np.tanh(X) * Y,
    "backward_x": 0.5 * Y / np.cosh(X) ** 2,
    "backward_y": 0.5 * np.tanh(X),
}
HALVES = dict(zip(PACKINGS, ("first_half", "second_half", "turns"), strict=True))
BACK = {
    "gate-first": ("back_first", None),
    "gate-second": ("back_second", (("x", "out"), "dy")),
    "interleaved": ("back_turns", None),
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The current folder, with a module of candidates."""
    (tmp_path / "of_two.py").write_text(CANDIDATES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def called(functions, subject, arrays=ARRAYS):
    """What a function gives at copies of the arrays."""
    count = 2 if subject == "value" else 3
    return functions[subject](*(array.copy() for array in arrays[:count]))


def two(name, **options):
    """The implementation of a candidate of two inputs, of the module here."""
    framework, _, function = name.rpartition(":")
    whole = f"{framework or 'numpy'}:of_two:{function}"
    backward = options.pop("backward", None)
    named = None if backward is None else f"numpy:of_two:{backward}"
    return Candidate(whole, inputs=2, backward=named, **options)


def shown(line, names):
    """The first number that a line shows, at the first elements of the arrays."""
    numbers = {"x": X[0, 1], "y": Y[0, 1], "upstream": DY, "dtype": "float64"}
    for name, number in numbers.items():
        line = line.replace(f"{{{name}}}", str(number))
    *statements, last = line.split("; ")
    exec("; ".join(statements), names)  # noqa: S102  our own text
    return np.asarray(eval(last, names)).reshape(-1)[0]  # noqa: S307  likewise


def require_all(candidate):
    """Every function and every line gives the truth; by the names that there have to be."""
    found = implementation(candidate)
    assert tuple(found.functions) == subjects(candidate) == tuple(TRUE)
    lines = (found.call, found.backward_call, found.backward_y_call)
    before = jax.config.jax_enable_x64
    for (subject, true), line in zip(TRUE.items(), lines, strict=True):
        np.testing.assert_allclose(called(found.functions, subject), true, rtol=1e-12)
        names = {"numpy": np, "jax": jax, "of_two": __import__("of_two")}
        whole = found.before_float64 + line
        np.testing.assert_allclose(shown(whole, names), true[0, 1], rtol=1e-12, err_msg=whole)
        jax.config.update("jax_enable_x64", before)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        pytest.param("jax:jax_glu", {}, id="autodiff"),
        pytest.param("glu", {"backward": "both"}, id="list"),
        pytest.param("glu", {"backward": "of_tuple", "takes": (("x", "y"), "dy")}, id="tuple"),
        pytest.param("glu", {"backward": "of_out", "takes": ("x", "out", "y", "dy")}, id="out"),
        pytest.param(
            "in_place",
            {"backward": "left", "takes": ("dy", "x", "y"), "in_place": True},
            id="in place",
        ),
        pytest.param(
            "in_place",
            {"backward": "given_all_the_same", "takes": ("dy", "x", "y"), "in_place": True},
            id="in place, but for the gradients",
        ),
    ],
)
def test_a_gate_has_a_value_and_two_gradients(name, options):
    """By autodiff, or by a function that gives both or leaves them in its arguments."""
    require_all(two(name, **options))


@pytest.mark.parametrize("packing", PACKINGS)
def test_packed_inputs_are_one_array(packing):
    """In value and gradient, by autodiff and by name."""
    backward, takes = BACK[packing]
    require_all(two(HALVES[packing], backward=backward, takes=takes, packed=packing))
    require_all(two(f"jax:jax_{HALVES[packing]}", packed=packing))


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("shape", [(), (0,), (1,), (3, 0, 2), (2, 3, 4)])
def test_packed_arrays_are_of_any_shape(packing, shape):
    """Their results are of the shape that both inputs have."""
    backward, takes = BACK[packing]
    found = implementation(two(HALVES[packing], backward=backward, takes=takes, packed=packing))
    arrays = [np.resize(array, shape) for array in ARRAYS]
    for subject, true in TRUE.items():
        got = called(found.functions, subject, arrays)
        assert got.shape == shape
        whole = called(found.functions, subject)
        assert np.array_equal(got, np.resize(whole, shape)), (subject, true)


def test_what_is_written_to_packed_inputs_is_written_to_both():
    """Where that may be; a read-only input makes a read-only array."""
    found = implementation(two("writes", packed="gate-first"))
    x, y = X.copy(), Y.copy()
    found.forward(x, y)
    assert (x == 7).all()
    assert (y == 7).all()
    y.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        found.forward(x, y)


def test_the_packed_array_lies_as_x_does():
    """Its axes are in the same order and direction."""
    found = implementation(two("first_half", packed="gate-first"))
    seen = __import__("of_two").SEEN
    seen.clear()
    for x in (X, X.copy(order="F"), X[:, ::-1]):
        np.testing.assert_allclose(found.forward(x, x), np.tanh(x) * x)
    assert seen == [((48, 8), True), ((8, 16), True), ((48, -8), True)]


def test_of_several_packed_gradients_the_first_counts():
    """As of one input."""
    several = two("first_half", backward="back_first_and_more", packed="gate-first")
    got = called(implementation(several).functions, "backward_y")
    np.testing.assert_allclose(got, TRUE["backward_y"], rtol=1e-12)


def test_a_gradient_of_another_shape_is_an_error():
    """Of a packed array, where nobody could take it apart."""
    found = implementation(two("first_half", backward="not_packed", packed="gate-first"))
    with pytest.raises(ValueError, match=r"expected a gradient of shape \(2, 6\)"):
        called(found.functions, "backward_x")


@pytest.mark.parametrize(
    ("backward", "said"),
    [("array_alone", "a ndarray$"), ("three", "a tuple of 3$")],
)
def test_backward_has_to_give_two_gradients(backward, said):
    """Else a call raises, in a sentence."""
    found = implementation(two("glu", backward=backward))
    with pytest.raises(TypeError, match=f"two gradients, in x and in y, but backward gave {said}"):
        called(found.functions, "backward_y")


def test_the_gradient_in_what_does_not_matter_is_zero():
    """Of JAX's own."""
    found = implementation(two("jax:of_x"))
    assert not called(found.functions, "backward_y").any()
    assert called(found.functions, "backward_x").all()


def test_objects_may_have_two_inputs():
    """In Python, with backward or the framework's gradients; a derivative has no meaning."""
    module = __import__("of_two")
    for things in ({"value": module.glu, "backward": module.both}, {"value": "jax:of_two:jax_glu"}):
        found = implementation_of(things, None, None, "float64", inputs=2)
        for subject, true in TRUE.items():
            np.testing.assert_allclose(called(found.functions, subject), true, rtol=1e-12)
    with pytest.raises(UsageError, match="give backward"):
        implementation_of({"value": np.add, "derivative": np.add}, None, None, "float64", inputs=2)
    assert verification.Candidate is Candidate


def test_only_the_value_is_judged_where_nothing_else_is():
    """NumPy has no gradient, and another framework's may be left alone."""
    assert subjects(two("glu")) == subjects(two("jax:jax_glu", only_value=True)) == ("value",)
    assert tuple(implementation(two("glu")).functions) == ("value",)


def test_both_inputs_are_cut_to_a_shape():
    """Before they are packed."""
    found = implementation(two("of_one_shape", backward="both", shape=(2, 3)))
    arrays = [np.resize(array, 7) for array in ARRAYS]
    for subject, true in TRUE.items():
        np.testing.assert_allclose(called(found.functions, subject, arrays), np.resize(true, 7))
    packed = implementation(two("first_half", packed="gate-first", shape=(2, 3)))
    __import__("of_two").SEEN.clear()
    packed.forward(*arrays[:2])
    assert __import__("of_two").SEEN == [((48, 8), True)] * 2


@pytest.mark.parametrize(
    "candidate",
    [two("jax:jax_glu"), two("turns", backward="back_turns", packed="interleaved")],
    ids=["autodiff", "packed"],
)
def test_a_process_of_its_own_has_the_same_functions(candidate):
    """By their names, with arrays of any layout."""
    with Worker(candidate, Clock(60.0)) as worker:
        found = worker.implementation()
        assert tuple(found.functions) == tuple(TRUE)
        arrays = [array.T for array in ARRAYS]
        for subject, true in TRUE.items():
            count = 2 if subject == "value" else 3
            answer = found.functions[subject].call(*arrays[:count])
            assert answer.troubles == ()
            np.testing.assert_allclose(answer.result, true.T, rtol=1e-12)
        judged = found.with_functions({"backward_x": found.functions["backward_x"]})
        assert tuple(judged.functions) == ("backward_x",)


@pytest.mark.parametrize(
    ("subject", "upstream"),
    [("value", ()), ("backward_x", (1.0,)), ("backward_y", (2.0,))],
)
def test_an_element_that_ends_a_process_is_a_pair(subject, upstream):
    """It is not tried again, with whatever upstream; another one with the same x or y is."""
    calls = []

    def deadly(x, y, *_):
        calls.append((x.tolist(), y.tolist()))
        if (x * y == 6).any():
            raise Died("ended")
        return x

    caller = Caller(subject, deadly, FORMATS["float64"])
    factors = [np.full(4, factor) for factor in upstream]
    x, y = np.array([1.0, 2, 2, 3]), np.array([3.0, 4, 3, 4])
    results, answered = caller.resiliently(x, y, *factors)
    assert answered.tolist() == [True, True, False, True]
    assert results[answered].tolist() == [1, 2, 3]
    before = len(calls)
    again = [factor[2:3] + 1 for factor in factors]
    assert caller(x[2:3], y[2:3], *again) is None
    assert len(calls) == before


@pytest.mark.parametrize(
    ("backward", "takes"),
    [
        ("of_one", ("x", "dy")),
        ("residuals", (("x", "out"), "dy")),
        ("residuals", (("x", "y"), "dy")),
    ],
)
def test_backward_of_one_input_may_take_a_tuple(backward, takes):
    """As rules of JAX do; of a tuple of results the first counts."""
    candidate = Candidate("numpy:reference.tanh", backward=f"numpy:of_two:{backward}", takes=takes)
    got = implementation(candidate).backward(X, np.ones_like(X))
    np.testing.assert_allclose(got, 1 / np.cosh(X) ** 2, rtol=1e-12)
    line = described(candidate).backward_call.replace("{upstream}", "1")
    names = {"numpy": np, "of_two": __import__("of_two"), "reference": __import__("reference")}
    np.testing.assert_allclose(shown(line, names), 1 / np.cosh(X[0, 1]) ** 2)


def test_a_candidate_of_two_inputs_is_the_same_after_its_journey():
    """As JSON, with all that is said of it."""
    candidate = two(
        "turns",
        backward="back_turns",
        takes=(("x", "out"), "dy"),
        packed="interleaved",
        contiguous=True,
    )
    message = json.loads(json.dumps(candidate.to_message()))
    assert Candidate.from_message(message) == candidate


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param({"inputs": 3}, "1 or 2 inputs", id="three"),
        pytest.param({"packed": "gate-first"}, "here is one", id="packed"),
        pytest.param({"inputs": 2, "packed": "gated"}, "gate-first, gate-second", id="packing"),
        pytest.param({"inputs": 2, "derivative": "a:b"}, "name --backward", id="derivative"),
        pytest.param({"inputs": 2, "second": "a:b"}, "of one input alone", id="second"),
        pytest.param(
            {"inputs": 2, "packed": "gate-first", "in_place": True}, "no place", id="in place"
        ),
        pytest.param(
            {"inputs": 2, "in_place": True, "takes": ("x", "dy")}, "takes both", id="gradients"
        ),
        pytest.param({"inputs": 2, "takes": ("x", "y")}, "x,y,dy or dy,x,y", id="no upstream"),
        pytest.param(
            {"inputs": 2, "packed": "gate-first", "takes": (("x", "y"), "dy")},
            "(x,out),dy, but got '(x,y),dy'",
            id="y of packed",
        ),
        pytest.param({"takes": ("x", ("x",), "dy")}, "but got 'x,(x,),dy'", id="twice"),
        pytest.param({"takes": ("z", "dy")}, "but got 'z,dy'", id="unknown"),
        pytest.param(
            {"name": "c:./a.so:f", "inputs": 2, "packed": "gate-first"}, "side by side", id="C"
        ),
        pytest.param(
            {"name": "c:./a.so:f", "inputs": 2, "backward": "c:./a.so:g"},
            "two gradients",
            id="file",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(options, said):
    """In a sentence, before anything is imported."""
    with pytest.raises(UsageError) as refusal:
        described(Candidate(**{"name": "numpy:of_two:glu", **options}))
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("candidate", "said"),
    [
        (two("in_place", backward="of_one"), "of 3 arrays, but it takes (x, dy)"),
        (Candidate("numpy:reference.tanh", inputs=2), "of 2 arrays"),
        (two("glu", packed="gate-first"), "of one array, but it takes (x, y)"),
    ],
)
def test_a_function_of_other_arrays_is_refused(candidate, said):
    """By its signature."""
    with pytest.raises(UsageError) as refusal:
        implementation(candidate)
    assert said in str(refusal.value)


SOURCE = """
#include <stddef.h>
void gated(const float *x, const float *y, float *out, size_t n) {
    for (size_t i = 0; i < n; ++i) out[i] = x[i] * y[i];
}
"""
COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


@pytest.mark.skipif(COMPILER is None, reason="there is no C compiler")
def test_a_function_of_c_takes_both(folder):
    """Before its result; the line that shows a finding gives the same."""
    (folder / "gated.c").write_text(SOURCE)
    command = [COMPILER, "-shared", "-fPIC", "-o", "gated.so", "gated.c"]
    subprocess.run(command, check=True)  # noqa: S603  our own program
    found = implementation(Candidate("c:./gated.so:gated", inputs=2))
    x, y = X.astype(np.float32), Y.astype(np.float32)
    assert np.array_equal(found.forward(x.T, y.T), (x * y).T)
    line = found.call.replace("{dtype}", "float32")
    assert shown(line, {"ctypes": __import__("ctypes"), "numpy": np}) == x[0, 1] * y[0, 1]
