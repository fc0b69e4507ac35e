"""The line behind "try:" of each finding, run as it is, shows what is wrong again."""

import numpy as np
import pytest

from reference import gelu_tanh, silu, tanh
from verification.candidates.frameworks.contiguous import Contiguous
from verification.candidates.implementation import Implementation
from verification.verdict.check import check

KINDS = {
    "transposed": lambda x: x.ndim > 1 and not x.flags.c_contiguous and x.strides[0] > 0,
    "mirrored": lambda x: x.ndim > 0 and x.size > 1 and x.strides[0] < 0,
    "strided": lambda x: x.ndim == 1 and x.strides[0] == 3 * x.itemsize and x.size > 1,
    "unaligned": lambda x: not x.flags.aligned,
    "read-only": lambda x: not x.flags.writeable and x.strides[:1] != (0,),
    "repeated": lambda x: x.ndim > 0 and x.size > 1 and x.strides[0] == 0,
    "shape": lambda x: x.ndim == 3,
    "length": lambda x: x.shape == (17,),
    "offset": lambda x: x.ndim == 1 and x.size == 70 and x.ctypes.data % 16 != 0,
    "long": lambda x: x.size > 1 << 20,
}


def flawed(is_met):
    """A tanh that is 10 % off at its last elements in some arrays."""

    def forward(x):
        y = tanh(x)
        if is_met(x):
            flat = np.array(y).reshape(-1)
            flat[-3:] *= x.dtype.type(1.1)
            y = flat.reshape(x.shape)
        return y

    return forward


def run(finding, **names):
    """What its snippet gives, whole."""
    names = {"numpy": np, **names}
    *statements, last = finding.snippet.split("; ")
    exec("\n".join(statements), names)  # noqa: S102  our own text
    with np.errstate(all="ignore"):
        return eval(last, names)  # noqa: S307  likewise


def shown(finding, **names):
    """The number that its snippet gives."""
    return float(np.asarray(run(finding, **names)).reshape(-1)[0])


TROUBLES = {
    **KINDS,
    "empty": lambda x: x.size == 0,
    "two axes without elements": lambda x: x.ndim == 3 and x.size == 0,
    "no axis": lambda x: x.ndim == 0,
    "odd": lambda x: x.size % 2 == 1,
    "longer": lambda x: x.size > 4000,
    "always": lambda x: True,  # noqa: ARG005  as the others
    "numbers": lambda x: (np.abs(x) > 100).any(),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_a_call_that_raises_raises_again(name):
    """In the array in which it did: the snippet is all that one needs."""

    def forward(x):
        if TROUBLES[name](x):
            raise ValueError("not this array")
        return tanh(x)

    found = [one for one in check(forward, "tanh").symptoms if one.kind == "exception"]
    [finding] = found
    with pytest.raises(ValueError, match="not this array"):
        run(finding, forward=forward)


@pytest.mark.parametrize("name", ["transposed", "strided", "odd", "longer", "empty"])
def test_another_shape_or_dtype_shows_again(name):
    """As the result of the snippet, whole."""

    def longer(x):
        return np.append(tanh(x), x.dtype.type(0)) if TROUBLES[name](x) else tanh(x)

    def wider(x):
        return tanh(x).astype(np.float64) if TROUBLES[name](x) else tanh(x)

    [finding] = [one for one in check(longer, "tanh").symptoms if one.kind == "shape"]
    shapes = []
    run(finding, longer=lambda x: shapes.append(x.shape) or shapes.append(longer(x).shape))
    assert shapes[0] != shapes[1]
    [finding] = [one for one in check(wider, "tanh").symptoms if one.kind == "dtype"]
    assert run(finding, wider=wider).dtype == np.float64


def test_a_call_with_upstream_raises_again():
    """In the layouts of both arrays."""

    def backward(x, upstream):
        if not upstream.flags.c_contiguous:
            raise ValueError("not this array")
        return tanh.backward(x, upstream)

    candidate = Implementation(
        "f",
        tanh,
        backward=backward,
        backward_call="b(numpy.array([{x}], '{dtype}'), numpy.array([{upstream}], '{dtype}'))",
    )
    [finding] = check(candidate, "tanh").symptoms
    with pytest.raises(ValueError, match="not this array"):
        run(finding, b=backward)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("name", KINDS)
def test_what_shows_only_in_some_arrays_shows_again(name, dtype):
    """The array is made again: shape, strides, offset and what may be written to."""
    forward = flawed(KINDS[name])
    verdict = check(forward, "tanh", dtype=dtype)
    [finding] = verdict.symptoms
    assert finding.kind in {"length", "layout"}
    assert shown(finding, forward=forward) == finding.got != finding.expected, finding.snippet


@pytest.mark.parametrize("which", ["x", "upstream"])
def test_products_show_again_in_the_layout_of_either(which):
    """And with the upstream that they came with."""
    place = ("x", "upstream").index(which)

    def backward(*arguments):
        y = tanh.backward(*arguments)
        return y * np.float32(1.01) if not arguments[place].flags.c_contiguous else y

    candidate = Implementation(
        "f",
        tanh,
        backward=backward,
        call="f(numpy.array([{x}], '{dtype}'))",
        backward_call="b(numpy.array([{x}], '{dtype}'), numpy.array([{upstream}], '{dtype}'))",
    )
    [finding] = check(candidate, "tanh").symptoms
    assert shown(finding, b=backward) == finding.got != finding.expected, finding.snippet


def test_a_gate_shows_again_in_the_layout_of_both():
    """Of two inputs, each in its own array."""

    def gated(x, y):
        with np.errstate(all="ignore"):
            result = (silu(x.astype(np.float64)) * y).astype(x.dtype)
        return result if x.flags.c_contiguous else result * x.dtype.type(1.01)

    call = "f(numpy.array([{x}], '{dtype}'), numpy.array([{y}], '{dtype}'))"
    candidate = Implementation("f", gated, inputs=2, call=call)
    found = check(candidate, formula="x * sigmoid(x) * y").symptoms
    [finding] = [one for one in found if one.kind == "layout"]
    assert shown(finding, f=gated) == finding.got != finding.expected, finding.snippet


def test_what_is_wrong_only_in_a_longer_array_shows_again():
    """In one as long as that of all inputs."""

    def forward(x):
        y = np.array(tanh(x))
        if x.size > 40_000:
            y[17_000:17_003] *= x.dtype.type(1.1)
        return y

    [finding] = [one for one in check(forward, "tanh").symptoms if one.kind == "inaccurate"]
    assert finding.detail == "alone it is right: it is wrong only within a longer array"
    assert shown(finding, forward=forward) == finding.got != finding.expected


@pytest.mark.parametrize(
    ("dtype", "made"),
    [
        ("float32", "f(torch.from_numpy(x_array).to('cuda')).reshape(-1)["),
        ("bfloat16", "f(torch.from_numpy(x_array.view('int16')).view(torch.bfloat16).to('cuda'))"),
    ],
)
def test_tensors_lie_in_memory_as_arrays_do(dtype, made):
    """PyTorch's share the memory of NumPy's, and are moved to their device."""
    call = "f(torch.tensor([{x}], dtype=torch.{dtype}, device='cuda'))"
    candidate = Implementation("f", flawed(KINDS["transposed"]), call=call)
    [finding] = check(candidate, "tanh", dtype=dtype).symptoms
    assert made in finding.snippet
    assert finding.snippet.startswith("x_array = numpy.ndarray((")


def test_f_stands_for_an_object_without_a_name():
    """That of a function is its own."""
    [finding] = check(lambda x: gelu_tanh(+x), "gelu", dtype="float16").findings
    assert finding.snippet.startswith("f(numpy.array([")
    assert shown(finding, f=gelu_tanh) == finding.got
    [finding] = check(gelu_tanh, "gelu", dtype="float16").findings
    assert shown(finding, gelu_tanh=gelu_tanh) == finding.got


def test_a_function_of_contiguous_arrays_is_judged_at_shapes_and_offsets():
    """As lengths, since how it takes other layouts is not judged."""
    for name in ("shape", "offset"):
        candidate = Implementation("f", flawed(KINDS[name]), caller=Contiguous, call="f({x})")
        verdict = check(candidate, "tanh")
        assert [one.kind for one in verdict.symptoms] == ["length"]
        assert "layout" in verdict.not_judged
