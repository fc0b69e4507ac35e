"""A check with other parameters than the default ones: truth, facts and reasons are of these."""

import json

import numpy as np
import pytest

from figures.command import main
from reference import leaky_relu
from reference.arithmetic.formats import FORMATS
from verification import check
from verification.errors import UsageError
from verification.verdict.naming import named, parameters_of, parsed

CANDIDATES = """
from reference import leaky_relu

def steep(x):
    return leaky_relu(x, negative_slope=0.2)
"""


def functions(slope):
    """The reference with a slope: value, derivative, and product."""
    return {
        "forward": lambda x: leaky_relu(x, negative_slope=slope),
        "derivative": lambda x: leaky_relu.derivative(x, negative_slope=slope),
        "backward": lambda x, u: leaky_relu.backward(x, u, negative_slope=slope),
    }


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("slope", [0.2, 1.5, -0.25])
def test_a_sound_one_passes(slope, dtype):
    """In every format, for slopes on either side of 0 and of 1."""
    asked = {"negative_slope": slope}
    given = functions(slope)
    verdict = check(
        given.pop("forward"), "leaky_relu", parameters=asked, dtype=dtype, strict=True, **given
    )
    assert verdict, str(verdict)
    assert verdict.parameters == asked
    assert f"as leaky_relu[negative_slope={slope}] in {dtype}" in str(verdict)


@pytest.mark.parametrize(
    ("asked", "slope", "why"),
    [
        (0.2, 0.01, "the slope is 0.01, PyTorch's and JAX's default, not 0.2"),
        (0.2, 0.3, "the slope is 0.3, Keras's default, not 0.2"),
        (0.01, 0.2, "the slope is 0.2, TensorFlow's default, not 0.01"),
        (0.2, -0.2, "the slope has the wrong sign"),
    ],
)
def test_another_slope_fails_and_is_named(asked, slope, why):
    """Beside the one that was asked for."""
    given = functions(slope)
    verdict = check(given["forward"], "leaky_relu", parameters={"negative_slope": asked})
    assert why in {finding.why for finding in verdict.symptoms}, str(verdict)


def test_float32_constants_are_those_of_the_parameter():
    """In a float64 kernel."""
    short = functions(float(np.float32(0.2)))["forward"]
    verdict = check(short, "leaky_relu", parameters={"negative_slope": 0.2}, dtype="float64")
    assert {finding.why for finding in verdict.symptoms} == {
        "float32 constants in a float64 kernel"
    }


def test_default_parameters_are_not_named():
    """They are none that were asked for."""
    verdict = check(leaky_relu, "leaky_relu", parameters={"negative_slope": 0.01})
    assert verdict.parameters == {}
    assert "as leaky_relu in float32" in str(verdict)


@pytest.mark.parametrize("parameters", [{"slope": 1}, {"negative_slope": np.nan}])
def test_a_wrong_parameter_is_refused(parameters):
    """Before anything is called."""
    with pytest.raises(UsageError):
        check(leaky_relu, "leaky_relu", parameters=parameters)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a candidate; the current one."""
    (tmp_path / "candidates.py").write_text(CANDIDATES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("slope", "status"), [("0.2", 0), ("0.25", 1), ("x", 2)])
def test_the_command_sets_them(folder, slope, status, capsys):
    """And says in one sentence what is no number."""
    arguments = ["numpy:candidates.steep", "leaky_relu", "--set", f"negative_slope={slope}"]
    assert main(["check", *arguments, "--json", "verdict.json"]) == status
    if status < 2:
        told = json.loads((folder / "verdict.json").read_text())
        assert told["parameters"] == {"negative_slope": float(slope)}
    else:
        assert "negative_slope=0.2, but got 'negative_slope=x'" in capsys.readouterr().err


def test_vectors_are_judged_with_their_parameters(folder, capsys):
    """By what the manifest says; the README names them."""
    steep = ["--set", "negative_slope=0.2"]
    assert main(["vectors", "leaky_relu", *steep, "-o", "v", "--answers"]) == 0
    assert "negative_slope = 0.2" in (folder / "v" / "README.md").read_text()
    answers = ["v/value.bin", "--derivative", "v/derivative.bin"]
    assert main(["judge", "v", *answers, "--strict"]) == 0
    assert "as leaky_relu[negative_slope=0.2]" in capsys.readouterr().out
    assert main(["vectors", "leaky_relu", "-o", "default", "--answers"]) == 0
    assert main(["judge", "v", "default/value.bin"]) == 1
    assert "the slope is 0.01" in capsys.readouterr().out


def test_a_name_with_parameters_reads_as_it_is_written():
    """With none as well."""
    parameters = {"negative_slope": 0.2, "alpha": -1e-300}
    assert parsed(named("elu", parameters)) == ("elu", parameters)
    assert parsed(named("elu", {})) == ("elu", {})


@pytest.mark.parametrize("texts", [["a"], ["=1"], ["a="], ["a=b"], ["a=1", "a=2"]])
def test_what_sets_no_parameter_is_refused(texts):
    """In a sentence."""
    with pytest.raises(UsageError, match="expected"):
        parameters_of(texts)
