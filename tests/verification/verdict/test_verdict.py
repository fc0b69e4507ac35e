"""The verdict: what it says, how it is written, and what a check refuses."""

import errno
import json
import os
import subprocess
import sys
import warnings
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from reference import gelu, gelu_tanh, relu, sigmoid, silu, tanh
from reference.arithmetic.formats import FORMATS
from verification.candidates.implementation import Implementation
from verification.errors import UsageError
from verification.examination.accuracy import differ
from verification.verdict.asked import NEXT_TO_ROOTS, OF_A_PRODUCT, OF_THE_TRUTH
from verification.verdict.check import check


def tanh_form(x):
    """Return another function than GELU."""
    return gelu_tanh(x)


@pytest.fixture(scope="module", name="failed")
def failed_verdict():
    """Make the verdict on a wrong implementation."""
    return check(tanh_form, "gelu", derivative=gelu.derivative)


def test_a_failed_verdict_is_false(failed):
    """And a passed one is true."""
    assert not failed
    assert not failed.passed
    assert check(gelu, "gelu")


def test_a_finding_reproduces(failed):
    """Its input alone gives what was got, and not what was expected."""
    finding = failed.symptoms[0]
    x = np.array([finding.at], np.float32)
    assert tanh_form(x)[0] == np.float32(finding.got)
    assert gelu(x)[0] == np.float32(finding.expected)
    assert int(finding.bits, 16) == int(x.view(np.uint32)[0])
    assert finding.absolute == abs(finding.got - finding.expected)


def test_a_snippet_runs(failed):
    """In the candidate's own terms."""
    finding = failed.symptoms[0]
    assert finding.snippet == f"tanh_form(numpy.array([{finding.decimal}], 'float32'))"
    [result] = eval(finding.snippet, {"numpy": np, "tanh_form": tanh_form})  # noqa: S307  our own text
    assert result == np.float32(finding.got)


def test_a_finding_is_shrunk(failed):
    """To an input of few digits."""
    accuracy = next(f for f in failed.symptoms if f.kind == "inaccurate")
    assert accuracy.at * 8 == int(accuracy.at * 8)


def test_findings_come_gravest_first():
    """What costs most in practice first, then tails and extremes; so the symptoms of each."""
    verdict = check(lambda x: np.where(x > 1, np.float32(np.nan), gelu_tanh(x)), "gelu")
    assert verdict.findings[0].kind == "nan"
    for ranked in (verdict.findings, *(finding.symptoms for finding in verdict.findings)):
        ranks = [symptom.rank for symptom in ranked]
        assert ranks == sorted(ranks)
    assert verdict.symptoms[0].kind == "nan"


def test_a_derivative_of_another_forward_is_told():
    """Right though it is for the name that was asked for."""
    verdict = check(tanh_form, "gelu", derivative=gelu.derivative)
    assert "inconsistent" in {finding.kind for finding in verdict.symptoms}
    verdict = check(gelu_tanh, "gelu_tanh", derivative=gelu_tanh.derivative)
    assert verdict


def test_json_is_json(failed):
    """With infinities as strings."""
    content = json.loads(failed.to_json())
    assert content["passed"] is False
    assert content["findings"][0]["why"] == failed.symptoms[0].why
    overflow = check(lambda x: np.where(x > 5, x * np.float32(np.inf), silu(x)), "silu")
    found = json.loads(overflow.to_json())["findings"]
    assert "inf" in [finding["got"] for finding in found]


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_a_plot_is_drawn(failed, tmp_path, suffix):
    """As the suffix says."""
    path = tmp_path / f"error.{suffix}"
    failed.plot(path)
    assert path.stat().st_size > 10_000


def test_a_plot_names_anything(failed, tmp_path):
    """Dollars are no formula, and what no font has is escaped."""
    named = replace(failed, implementation="$_{\x1b\udcff")
    named.plot(tmp_path / "error.svg")
    assert "$_{\\x1b\\udcff as gelu" in (tmp_path / "error.svg").read_text("utf-8")


def test_a_plot_that_cannot_be_written_leaves_the_old_one(failed, tmp_path, monkeypatch):
    """A full disk: one sentence, and nothing else beside it."""
    path = tmp_path / "error.png"
    path.write_text("old")

    def without_room(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", without_room)
    with pytest.raises(UsageError, match="No space left on device; what was there is kept"):
        failed.plot(path)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_one_line_tells_the_worst(failed):
    """Short enough for pytest, which cuts an operand at 240 characters."""
    assert len(repr(failed)) <= 240
    assert "tanh form" in repr(failed)
    assert "\n" not in repr(failed)


def test_a_verdict_is_what_a_failed_assertion_prints(tmp_path):
    """In somebody's own test suite."""
    test = tmp_path / "test_mine.py"
    test.write_text(
        "from reference import gelu_tanh\n"
        "from verification import check\n"
        "def test_mine():\n"
        "    assert check(gelu_tanh, 'gelu')\n"
    )
    run = subprocess.run(  # noqa: S603  pytest itself
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTEST_ADDOPTS": ""},
    )
    assert run.returncode == 1
    assert "this is the tanh form, not the exact one" in run.stdout


def test_importing_check_loads_neither_jax_nor_scipy_nor_matplotlib():
    """A quick check starts quickly."""
    code = (
        "import sys; from verification import check; from reference import gelu; "
        "check(gelu, 'gelu'); heavy = ('jax', 'scipy', 'matplotlib', 'flint'); "
        "print([module for module in heavy if module in sys.modules])"
    )
    run = subprocess.run(  # noqa: S603  Python itself
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        pytest.param((gelu, "glue"), {}, "no activation 'glue'", id="activation"),
        pytest.param((gelu, "gelu"), {"dtype": "float8"}, "no dtype 'float8'", id="dtype"),
        pytest.param((gelu, "gelu"), {"allow": ("errors",)}, "no allowance 'errors'", id="allow"),
        pytest.param((gelu, "gelu"), {"tolerance": -1}, "tolerance has to be", id="tolerance"),
        pytest.param((gelu, "gelu"), {"tolerance": np.nan}, "tolerance has to be", id="NaN"),
        pytest.param((gelu, "gelu"), {"tolerance": [4]}, "tolerance has to be", id="a list"),
        pytest.param((gelu, ["gelu"]), {}, "no activation", id="a list for a name"),
        pytest.param((gelu, "gelu"), {"dtype": None}, "no dtype", id="no dtype"),
        pytest.param(
            (gelu, "gelu"), {"dtype": "float64", "exhaustive": True}, "too many", id="all"
        ),
        pytest.param((None, "gelu"), {}, "nothing to check", id="nothing"),
        pytest.param((3, "gelu"), {}, "expected a function", id="no function"),
        pytest.param(
            (Implementation("mine", gelu), "gelu"), {"derivative": gelu}, "its own", id="two"
        ),
    ],
)
def test_misuse_is_refused_in_a_sentence(arguments, options, said):
    """That says what was expected."""
    with pytest.raises(UsageError, match=said):
        check(*arguments, **options)


def test_swish_is_silu():
    """By its other name."""
    assert check(silu, "swish")


def test_an_implementation_is_called_in_its_own_terms():
    """Its template makes the snippet."""
    mine = Implementation("mine", tanh_form, call="mine({x}, as={dtype})")
    verdict = check(mine, "gelu")
    assert verdict.implementation == "mine"
    assert verdict.findings[0].snippet.startswith("mine(")
    assert verdict.symptoms[0].snippet.endswith(", as=float32)")


def test_flush_to_zero_is_an_allowance_with_a_name():
    """Told in the verdict, and refused without it."""

    def flushing(x):
        result = np.asarray(silu(x))
        zero = np.copysign(0, result).astype(x.dtype)
        return np.where(np.abs(result) < np.finfo(x.dtype).tiny, zero, result)

    assert not check(flushing, "silu")
    verdict = check(flushing, "silu", allow=("flush-to-zero",))
    assert verdict, str(verdict)
    assert any("flush-to-zero" in allowance for allowance in verdict.allowances)


def test_next_to_a_root_of_the_derivative_strict_is_strict():
    """Half an ulp of x is allowed, and said so; not when the check is strict."""
    root = gelu.orders[1].roots[0]

    def shifted(x):
        wide = x.astype(np.float64)
        near = np.abs(wide - root) < 2.0**-10
        half = 0.9 * 2.0**-25 * gelu.derivative(wide, order=2)
        return (gelu.derivative(wide) + np.where(near, half, 0)).astype(x.dtype)

    verdict = check(gelu, "gelu", derivative=shifted)
    assert verdict, str(verdict)
    assert any("root" in allowance for allowance in verdict.allowances)
    strict = check(gelu, "gelu", derivative=shifted, strict=True)
    assert not strict
    assert not any("root" in allowance for allowance in strict.allowances)


def test_the_tolerance_is_the_line():
    """One ulp more is refused, one less is not."""

    def off(x):
        right = gelu(x)
        return np.where(x == np.float32(1.5), right + np.float32(6 * 2.0**-23), right)

    assert not check(off, "gelu", tolerance=5)
    assert check(off, "gelu", tolerance=7)


@pytest.mark.parametrize("dtype", FORMATS)
def test_one_input_beyond_the_tolerance_is_found(dtype):
    """In every format: a zero neighbour, a root, an integer."""
    special = 3.0

    def off(x):
        wide = np.asarray(x, np.float64)
        right = np.asarray(tanh(x), np.float64)
        return np.where(wide == special, right * (1 - 2.0**-6), right).astype(x.dtype)

    [first, *_] = check(off, "tanh", dtype=dtype).symptoms
    assert first.at == special


def test_all_patterns_of_float16_are_tried():
    """A single wrong pattern among 65536 is found."""

    def off(x):
        return np.where(x == np.float16(-2.3457), np.float16(1), sigmoid(x))

    [first, *_] = check(off, "sigmoid", dtype="float16").symptoms
    assert first.at == float(np.float16(-2.3457))
    assert first.region.wrong == 1


def test_a_verdict_cannot_be_changed():
    """It is what it was."""
    verdict = check(relu, "relu")
    with pytest.raises(FrozenInstanceError):
        verdict.tolerance = 9


def test_a_write_to_the_input_is_shown_at_the_input_that_was_given():
    """Not at what is in its place afterwards."""

    def in_place(x):
        return np.maximum(x, 0, out=x if x.flags.writeable else None).copy()

    [finding] = check(in_place, "relu").symptoms
    assert finding.kind == "input written"
    assert finding.at < 0


def test_a_noise_is_shown_at_an_input_that_makes_it():
    """What is printed or warned for some inputs, at one of those; with that upstream."""

    def prints(x):
        if (x > 50).any():
            print("large")  # noqa: T201  the bug
        return relu(x)

    def warns(x, upstream):
        if (upstream < -20).any():
            warnings.warn("steep", stacklevel=1)
        return relu.backward(x, upstream)

    [noise] = check(prints, "relu").symptoms
    assert (noise.kind, noise.region.wrong) == ("output", 1)
    assert noise.at > 50
    [warning] = check(None, "relu", backward=warns, strict=True).symptoms
    assert (warning.kind, warning.region.wrong) == ("warning", 1)
    assert warning.upstream < -20


def test_a_broken_law_of_upstream_is_shown_with_that_upstream():
    """All such laws in one finding, with the reason that the wrong results have."""
    verdict = check(None, "silu", backward=lambda x, _upstream: silu.derivative(x))
    [broken] = [finding for finding in verdict.symptoms if finding.kind == "upstream"]
    assert broken.upstream == 2
    assert broken.got == silu.derivative(np.float32(broken.at))
    assert broken.ulp > 1e6
    assert "NaN does not give NaN" in broken.detail
    assert broken.why == "upstream ignored: this is the derivative alone"


def test_what_is_wrong_in_an_array_alone_is_shown_as_it_came_there():
    """Not as it comes from one number."""
    verdict = check(lambda x: silu(x) * x.dtype.type(1.25 if x.size == 40 else 1), "silu")
    [finding] = verdict.symptoms
    assert finding.kind == "length"
    assert finding.got == pytest.approx(1.25 * finding.expected)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_a_product_that_overflows_may_warn_of_it(dtype):
    """As NumPy does, of whatever is right."""
    assert check(None, "gelu", dtype=dtype, backward=lambda x, u: gelu.derivative(x) * u)


def test_one_that_works_in_place_spoils_no_other_judgement():
    """Not even where it is given the array that the next one is compared by."""

    def in_place(x):
        y = np.array(gelu(x))
        if x.flags.writeable:
            x[...] = y
        return y

    verdict = check(in_place, "gelu", strict=True)
    assert {finding.kind for finding in verdict.symptoms} == {"input written"}


def test_an_inconsistent_derivative_has_the_reason_of_its_errors():
    """Which are those of another function."""
    verdict = check(gelu, "gelu", derivative=gelu_tanh.derivative)
    whys = {finding.kind: finding.why for finding in verdict.symptoms}
    assert whys["inconsistent"] == whys["inaccurate"] is not None


def test_one_nan_is_as_good_as_another():
    """A signalling one too, and we do not warn of it."""
    quiet, signalling = np.array([0x7FC00000, 0x7F800001], np.uint32).view(np.float32).reshape(2, 1)
    one = np.ones(1, np.float32)
    assert not differ(quiet, signalling, FORMATS["float32"]).any()
    assert differ(one, signalling, FORMATS["float32"]).all()


def test_an_exception_is_told_in_a_line():
    """Its first one, and its type alone if there is none."""

    def chatters(_x):
        raise ValueError("first\nsecond")

    def says_nothing(_x):
        raise StopIteration

    assert check(chatters, "relu").symptoms[0].detail.startswith("ValueError: first;")
    assert check(says_nothing, "relu").symptoms[0].detail.startswith("StopIteration;")


def test_what_is_wrong_with_nan_alone_is_placed_there():
    """Not between two infinities."""
    [finding, *_] = check(lambda x: np.fmax(x, np.float32(0)), "relu").symptoms
    assert finding.kind == "nan lost"
    assert np.isnan([finding.region.low, finding.region.high]).all()


def test_backward_does_not_say_it_all_again():
    """What has one reason is one finding, of derivative and backward."""

    def slope(x):
        return (tanh.derivative(x) * x.dtype.type(1.01)).astype(x.dtype)

    verdict = check(tanh, "tanh", derivative=slope, backward=lambda x, u: slope(x) * u)
    assert {"derivative", "backward"} == {finding.subject for finding in verdict.symptoms}
    assert "also: backward inaccurate" in str(verdict)
    assert "backward is less accurate" not in str(verdict)


@pytest.mark.parametrize(
    ("activation", "functions", "dtype", "said"),
    [
        ("gelu", {"derivative": gelu.derivative}, "float32", [NEXT_TO_ROOTS]),
        ("relu", {"backward": relu.backward}, "float32", [OF_A_PRODUCT]),
        (
            "silu",
            {"backward": silu.backward},
            "float64",
            [NEXT_TO_ROOTS, OF_A_PRODUCT, OF_THE_TRUTH],
        ),
    ],
)
def test_whatever_is_added_to_the_tolerance_is_said(activation, functions, dtype, said):
    """In the verdict, by name."""
    verdict = check(None, activation, dtype=dtype, **functions)
    assert list(verdict.allowances) == said
    assert all(f"allowed: {one}" in str(verdict) for one in said)


def test_a_sweep_that_breaks_off_keeps_what_was_found():
    """By the survey before it, though no call of the sweep has a result."""
    calls = []

    def breaks_off(x):
        calls.append(x)
        if len(calls) > 1:
            raise RuntimeError("no more")
        return np.where(x == 3, np.float16(2), relu(x))

    verdict = check(breaks_off, "relu", dtype="float16", exhaustive=True)
    regions = {finding.kind: finding.region for finding in verdict.symptoms}
    assert regions["inaccurate"].wrong < regions["inaccurate"].tried == verdict.inputs["value"]
    assert regions["exception"].wrong == regions["exception"].tried == 1 << 16


def test_what_did_not_come_is_not_zero():
    """A law that is broken, by a function that answers no call of one element."""

    def refuses_one(x):
        if x.size == 1:
            raise RuntimeError("too short")
        return np.where(x == 3, np.float32(2), relu(x))

    findings = {finding.kind: finding for finding in check(refuses_one, "relu").symptoms}
    assert findings["not monotone"].got is None
    assert "got" not in str(findings["not monotone"])
