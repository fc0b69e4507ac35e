"""The adapters of array libraries, each in a process of its own, where the library is installed."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest

from verification.candidates.frameworks import Candidate, implementation
from verification.errors import UsageError

# Several large libraries in one process do not get along.
CALLED = """
import json, sys
import numpy as np
from reference import tanh
from reference.arithmetic.formats import FORMATS
from verification.candidates.frameworks import Candidate, described, functions
from verification.errors import UsageError
from verification.numbers.ulp import errors

LOSS = 128  # 1 - tanh(2.5)**2 cancels to 1/38 of its terms
name, *framework = json.loads(sys.argv[1])
candidate = Candidate(name, *framework)
try:
    functions = functions(candidate)
except UsageError as error:
    sys.exit(str(error))
x = np.array([[-2.5, -1.0, -0.25], [0.125, 0.5, 1.5]])
for dtype in set(json.loads(sys.argv[2])):
    format_ = FORMATS[dtype]
    narrow = x.astype(format_.dtype)
    wide = narrow.astype(float)
    true = {"value": tanh(wide), "derivative": tanh.derivative(wide)}
    true["backward"] = true["derivative"] * wide
    for subject, function in functions.items():
        for view in (slice(None), (slice(None), slice(None, None, -1)), (0,), slice(0, 0)):
            argument = narrow[view]
            arguments = (argument, argument) if subject == "backward" else (argument,)
            result = function(*arguments)
            assert (result.shape, result.dtype) == (argument.shape, format_.dtype), (dtype, view)
            assert np.array_equal(argument, x.astype(format_.dtype)[view])
            if result.size:
                assert errors(result, true[subject][view], format_).max() < LOSS, (dtype, subject)
print(json.dumps([described(candidate).call, sorted(functions)]))
"""
HAS_STRICT = pytest.mark.skipif(find_spec("array_api_strict") is None, reason="not installed")
ALL = ("float16", "bfloat16", "float32", "float64")
WITHOUT_BFLOAT16 = ("float16", "float32", "float64")
WIDE = ("float32", "float64")
AUTODIFF = ["backward", "derivative", "value"]


def called(*name, dtypes):
    """Run it; the line that calls the function, and the subjects."""
    return json.loads(run(CALLED, json.dumps(name), json.dumps(dtypes)).splitlines()[-1])


def run(code, *arguments):
    """Run code in a process of its own; what it prints. It is skipped where a package lacks."""
    done = subprocess.run(  # noqa: S603  Python itself
        [sys.executable, "-c", code, *arguments],
        env={"DEV": "PYTHON", **os.environ},  # of tinygrad, which else needs a compiler
        capture_output=True,
        text=True,
        check=False,
    )
    if "expected the package" in done.stderr:
        pytest.skip(done.stderr.splitlines()[-1])
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("name", "dtypes", "subjects"),
    [
        pytest.param("numpy.tanh", WITHOUT_BFLOAT16, ["value"], id="numpy"),
        pytest.param("array:numpy.tanh", WITHOUT_BFLOAT16, ["value"], id="array"),
        pytest.param("jax.numpy.tanh", ALL, AUTODIFF, id="jax"),
        pytest.param("torch.nn:Tanh()", ALL, AUTODIFF, id="torch"),
        pytest.param("tensorflow.nn.tanh", ALL, AUTODIFF, id="tensorflow"),
        pytest.param("mlx.core.tanh", ALL, AUTODIFF, id="mlx"),
        pytest.param("tinygrad.Tensor.tanh", ALL, AUTODIFF, id="tinygrad"),
        pytest.param("paddle.tanh", WIDE, AUTODIFF, id="paddle"),
        pytest.param("cupy.tanh", WITHOUT_BFLOAT16, ["value"], id="cupy"),
        pytest.param("array_api_strict.tanh", WIDE, ["value"], id="strict", marks=HAS_STRICT),
    ],
)
def test_a_library_is_called_with_its_own_arrays(name, dtypes, subjects):
    """Value and its own gradient, near to the truth, of the same shape and dtype."""
    line, judged = called(name, dtypes=dtypes)
    assert judged == subjects
    assert name.partition(":")[0].rpartition(".")[0] in line


PRODUCT = """
import importlib, json, sys
import numpy as np
from reference.arithmetic.formats import FORMATS
from verification.candidates.frameworks import Candidate, described, functions
from verification.errors import UsageError

name, dtype = sys.argv[1:]
candidate = Candidate(name, inputs=2)
try:
    functions = functions(candidate)
except UsageError as error:
    sys.exit(str(error))
of = FORMATS[dtype].dtype
x, y, upstream = (np.array(numbers).astype(of) for numbers in ([0.5, -3], [4, 2], [-2, 0.25]))
true = {"value": x * y, "backward_x": y * upstream, "backward_y": x * upstream}
lines = described(candidate)
calls = (lines.call, lines.backward_call, lines.backward_y_call)
for subject, function in functions.items():
    arguments = (x, y) if subject == "value" else (x, y, upstream)
    result = function(*arguments)
    assert (result.dtype, result.shape) == (of, (2,)), subject
    assert np.array_equal(result, true[subject]), subject
    line = dict(zip(true, calls))[subject].replace("{dtype}", dtype)
    for place, numbers in (("{x}", x), ("{y}", y), ("{upstream}", upstream)):
        line = line.replace(place, str(numbers[0]))
    names = {"numpy": np}
    package = name.partition(":")[0].partition(".")[0]
    names[{"array": "numpy"}.get(package, package)] = importlib.import_module(
        {"array": "numpy"}.get(package, package)
    )
    names["xp"] = names.get("array_api_strict", np)
    if line.startswith("with "):
        exec(line, names)
        shown = names["gradient"]
    else:
        shown = eval(line, names)
    shown = np.asarray(shown.numpy() if hasattr(shown, "numpy") else shown)
    assert shown.reshape(-1)[0] == true[subject][0], (subject, line, shown)
print(json.dumps(list(functions)))
"""
BOTH = ["value", "backward_x", "backward_y"]


@pytest.mark.parametrize(
    ("name", "subjects"),
    [
        pytest.param("numpy.multiply", ["value"], id="numpy"),
        pytest.param("array:numpy.multiply", ["value"], id="array"),
        pytest.param("jax.numpy.multiply", BOTH, id="jax"),
        pytest.param("torch.mul", BOTH, id="torch"),
        pytest.param("tensorflow.multiply", BOTH, id="tensorflow"),
        pytest.param("mlx.core.multiply", BOTH, id="mlx"),
        pytest.param("tinygrad.Tensor.mul", BOTH, id="tinygrad"),
        pytest.param("paddle.multiply", BOTH, id="paddle"),
        pytest.param("cupy.multiply", ["value"], id="cupy"),
        pytest.param("array_api_strict.multiply", ["value"], id="strict", marks=HAS_STRICT),
    ],
)
def test_a_function_of_two_inputs_has_a_gradient_in_each(name, subjects):
    """By the library's own autodiff; the line that shows each gives the same."""
    judged = json.loads(run(PRODUCT, name, "float32").splitlines()[-1])
    assert judged == subjects


IN_PLACE = """
import sys
import numpy as np
from verification.candidates.frameworks import implementation
from verification.errors import UsageError

try:
    found = implementation(sys.argv[1])
except UsageError as error:
    sys.exit(str(error))
x = np.array([-1.0, 2.0], np.float32)
result = found.forward(x)
assert result.tolist() == x.tolist() == [0.0, 2.0], (result, x)
"""


@pytest.mark.parametrize(
    "name", ["torch:torch.relu_", "paddle.nn.functional.relu_", "array:writes:relu"]
)
def test_what_is_written_to_a_copy_is_written_to_the_argument(name, tmp_path, monkeypatch):
    """As its user would see it."""
    monkeypatch.chdir(tmp_path)
    written = "import numpy as xp\n\ndef relu(x):\n    x[x < 0] = 0\n    return x\n"
    (tmp_path / "writes.py").write_text(written)
    run(IN_PLACE, name)


MODEL = """
import sys
from onnx import TensorProto, helper, save
x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in "xy")
graph = helper.make_graph([helper.make_node("Tanh", ["x"], ["y"])], "tanh", [x], [y])
save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10), "m.onnx")
"""


GATED = """
import sys
from onnx import TensorProto, helper, save
x, y, z = (helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in "xyz")
graph = helper.make_graph([helper.make_node("Mul", ["x", "y"], ["z"])], "mul", [x, y], [z])
save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10), "m.onnx")
"""


def test_a_model_of_onnx_may_have_two_inputs(tmp_path, monkeypatch):
    """And is refused where it is asked to have one."""
    pytest.importorskip("onnx")
    monkeypatch.chdir(tmp_path)
    subprocess.run([sys.executable, "-c", GATED], check=True)  # noqa: S603  Python itself
    found = implementation(Candidate("onnx:m.onnx", inputs=2))
    x = np.array([1.0, 2.0], np.float32)
    assert found.forward(x, x).tolist() == [1, 4]
    assert "get_inputs()[1].name" in found.call
    with pytest.raises(UsageError, match="one input and one output, but"):
        implementation("onnx:m.onnx")


def test_a_model_of_onnx_is_a_function(tmp_path, monkeypatch):
    """Of one input and one output, of its own dtype."""
    pytest.importorskip("onnx")
    monkeypatch.chdir(tmp_path)
    subprocess.run([sys.executable, "-c", MODEL], check=True)  # noqa: S603  Python itself
    line, judged = called("onnx:m.onnx", dtypes=["float32"])
    assert judged == ["value"]
    assert "InferenceSession('m.onnx')" in line
