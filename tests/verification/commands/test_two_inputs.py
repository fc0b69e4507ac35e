"""``halfulp check`` of a formula of two inputs: what the options make of the candidate."""

import numpy as np
import pytest

from figures.command import main
from verification.errors import UsageError

CANDIDATES = """
import numpy as np

def glu(x, y):
    return np.tanh(x) * y

def packed(both):
    return glu(both[..., ::2], both[..., 1::2])

def gradients(saved, dy):
    (x, y) = saved
    return dy * y / np.cosh(x) ** 2, dy * np.tanh(x)
"""
FORMULA = ("--formula", "tanh(x) * y")


@pytest.fixture(autouse=True)
def judged(tmp_path, monkeypatch):
    """What comes to be judged, in the current folder, where there is a module of candidates."""
    (tmp_path / "of_gates.py").write_text(CANDIDATES)
    monkeypatch.chdir(tmp_path)
    came = {}

    def judge(implementation, *_, **options):
        x = np.array([0.5, -1.0])
        came.update(
            {
                name: f.call(x, x + 1, x)
                for name, f in implementation.functions.items()
                if name != "value"
            }
        )
        came["value"] = implementation.functions["value"].call(x, x + 1)
        came["options"], came["implementation"] = options, implementation
        raise UsageError("that is all")

    monkeypatch.setattr("verification.verdict.check.check", judge)
    monkeypatch.setattr(
        "verification.formula.activation.has_two_inputs",
        lambda formula, _: "y" in formula,
        raising=False,
    )
    return came


@pytest.mark.parametrize(
    ("name", "options", "subjects"),
    [
        pytest.param("glu", [], {"value"}, id="value"),
        pytest.param("packed", ["--packed", "interleaved"], {"value"}, id="packed"),
        pytest.param(
            "glu",
            ["--backward", "of_gates:gradients", "--backward-takes", "(x,y),dy"],
            {"value", "backward_x", "backward_y"},
            id="gradients",
        ),
    ],
)
def test_a_formula_of_y_makes_a_candidate_of_two_inputs(judged, name, options, subjects, capsys):
    """Which is judged by what its options say."""
    assert main(["check", f"numpy:of_gates:{name}", *FORMULA, "--dtype", "f64", *options]) == 2
    assert "that is all" in capsys.readouterr().err
    assert judged["implementation"].functions.keys() == subjects
    x = np.array([0.5, -1.0])
    np.testing.assert_allclose(judged["value"].result, np.tanh(x) * (x + 1))
    if "backward_y" in subjects:
        np.testing.assert_allclose(judged["backward_y"].result, np.tanh(x) * x)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--command", "cat", *FORMULA], "has to be named", id="program"),
        pytest.param(
            ["numpy:of_gates:glu", *FORMULA, "--derivative", "of_gates:glu"],
            "name --backward",
            id="derivative",
        ),
        pytest.param(
            ["numpy:of_gates:packed", "--formula", "tanh(x)", "--packed", "interleaved"],
            "here is one",
            id="packed",
        ),
        pytest.param(
            ["numpy:of_gates:glu", *FORMULA, "--second", "of_gates:glu"], "one input", id="second"
        ),
        pytest.param(
            ["numpy:of_gates:packed", *FORMULA], "of 2 arrays, but it takes (both)", id="one array"
        ),
    ],
)
def test_misuse_is_one_sentence(judged, arguments, said, capsys):
    """Exit 2, and nothing is judged."""
    assert main(["check", *arguments]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.err.count("\n") == 1
    assert judged == {}


def test_what_is_for_names_alone_is_refused_for_a_program(capsys):
    """The new options too."""
    for options in (["--packed", "gate-first"], ["--second", "autodiff"], ["--no-layout"]):
        assert main(["check", "--command", "cat", "tanh", *options]) == 2
        assert f"{options[0]} is for IMPLEMENTATION" in capsys.readouterr().err
