"""JUnit XML as Jenkins and GitLab read it: suites, cases, failures, skips, counts that add up."""

from dataclasses import replace
from xml.etree.ElementTree import fromstring

import numpy as np
import pytest

from figures.command import main
from reference import gelu, gelu_tanh, leaky_relu, relu, tanh
from verification.candidates.recorded import Recorded
from verification.kinds import KINDS
from verification.verdict import known
from verification.verdict.check import check
from verification.verdict.junit import laws, to_junit


def escapes(_x):
    """Raise what XML has no characters for."""
    raise ValueError("\x1b[31mred\x00\ufffe <&> \ud800")


def skipped(suite):
    """Return the kinds whose cases are skipped."""
    cases = suite.findall("testcase[skipped]")
    return {case.get("name").split(":")[0] for case in cases}


VERDICTS = {
    "passed": lambda: check(gelu, "gelu", derivative=gelu.derivative, backward=gelu.backward),
    "failed": lambda: check(gelu_tanh, "gelu", derivative=gelu.derivative),
    "escapes": lambda: check(escapes, "gelu"),
}


@pytest.fixture(scope="module", name="verdicts")
def verdicts_by_name():
    """Make each verdict once."""
    return {name: make() for name, make in VERDICTS.items()}


@pytest.mark.parametrize("name", VERDICTS)
def test_the_structure_is_that_of_junit(verdicts, name):
    """<testsuites><testsuite><testcase><failure/> or <skipped/>, with the counts of both."""
    verdict = verdicts[name]
    root = fromstring(to_junit(verdict))  # noqa: S314  our own text
    assert root.tag == "testsuites"
    [suite] = root
    cases = suite.findall("testcase")
    failures = suite.findall("testcase/failure")
    assert [element.tag for element in suite] == ["testcase"] * len(cases) + ["system-out"]
    for element in (root, suite):
        assert int(element.get("tests")) == len(cases) > 10
        assert int(element.get("failures")) == len(failures) == len(verdict.symptoms)
        assert element.get("errors") == "0"
        assert int(element.get("skipped")) == len(suite.findall("testcase/skipped"))
        assert element.get("name")
    assert all(case.get("name") and case.get("classname") for case in cases)
    assert all(len(case) <= 1 for case in cases)
    assert len({(case.get("classname"), case.get("name")) for case in cases}) == len(cases)


def test_a_failure_says_what_the_finding_says(verdicts):
    """In short as its message, in full as its text, with its kind as type."""
    [suite] = fromstring(to_junit(verdicts["failed"]))  # noqa: S314  our own text
    failures = {f.get("message"): f for f in suite.findall("testcase/failure")}
    for finding in verdicts["failed"].symptoms:
        failure = failures[finding.short()]
        assert failure.text == str(finding)
        assert failure.get("type") == finding.kind
    case = suite.find("testcase[failure]")
    assert case.get("name").endswith(KINDS[case.find("failure").get("type")].text)


def test_what_xml_cannot_hold_is_replaced(verdicts):
    """And the rest is kept; what a candidate says has no such character to begin with."""
    verdict = verdicts["escapes"]
    assert r"\x1b[31mred\x00\ufffe" in to_junit(verdict)
    text = to_junit(replace(verdict, implementation="\x1b[31mred\x00\ud800"))
    assert "\N{REPLACEMENT CHARACTER}[31mred" in text
    text.encode()


@pytest.mark.parametrize(
    ("verdict", "subject", "judged", "not_judged"),
    [
        (lambda: check(gelu, "gelu"), "value", {"not monotone"}, {"kink", "not symmetric"}),
        (lambda: check(tanh, "tanh"), "value", {"not symmetric"}, {"upstream", "inconsistent"}),
        (
            lambda: check(relu, "relu", derivative=relu.derivative),
            "derivative",
            {"kink", "inconsistent", "out of bounds"},
            {"not monotone", "upstream"},
        ),
        (
            lambda: check(None, "leaky_relu", backward=leaky_relu.backward),
            "backward",
            {"kink", "upstream", "layout"},
            {"inconsistent", "out of bounds", "not symmetric"},
        ),
    ],
    ids=["gelu", "tanh", "relu's derivative", "leaky_relu backward"],
)
def test_there_is_a_case_for_each_law_that_the_subject_has(verdict, subject, judged, not_judged):
    """And for no other."""
    told = set(laws(verdict(), subject))
    assert judged <= told
    assert not not_judged & told


def test_the_command_writes_it(tmp_path, monkeypatch):
    """Of a candidate that ends as well, and where it passes."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(
        "import os\ndef ends(x): return os._exit(1) if (x == 1.5).any() else x\n"
    )
    assert main(["check", "numpy:mine.ends", "relu", "--junit", "fails.xml"]) == 1
    [suite] = fromstring((tmp_path / "fails.xml").read_bytes())  # noqa: S314  our own text
    assert suite.find("testcase/failure").get("type") == "crash"
    assert skipped(suite) == set()
    arguments = ["--dtype", "float64", "--junit", "passes.xml"]
    assert main(["check", "numpy:numpy.tanh", "tanh", *arguments]) == 0
    [suite] = fromstring((tmp_path / "passes.xml").read_bytes())  # noqa: S314  our own text
    assert suite.get("failures") == suite.get("skipped") == "0"


def test_what_is_accepted_is_skipped_and_says_why(tmp_path):
    """By a list or by a baseline, it has not passed."""
    path = tmp_path / "known.toml"
    verdict = check(gelu_tanh, "gelu", dtype="float16")
    known.write(path, verdict)
    accepted = check(gelu_tanh, "gelu", dtype="float16", known=path)
    compared = check(gelu_tanh, "gelu", dtype="float16", baseline=gelu_tanh)
    assert accepted.passed
    assert compared.passed
    for one, because in ((accepted, known.OPEN), (compared, "no more than twice as far off as")):
        [suite] = fromstring(to_junit(one))  # noqa: S314  our own text
        found = [skip.get("message") for skip in suite.findall("testcase/skipped")]
        assert any(message.startswith(f"accepted: {because}") for message in found)
        assert "inaccurate" in skipped(suite)
        assert suite.get("failures") == "0"


@pytest.mark.parametrize("candidate", [tanh, lambda x: x], ids=["nothing wrong", "wrong"])
def test_a_check_without_an_end_is_an_error(candidate):
    """It has not passed, though nothing may be wrong so far."""
    verdict = check(candidate, "tanh", dtype="float16")
    [suite] = fromstring(to_junit(replace(verdict, unfinished="no time")))  # noqa: S314  our own text
    [error] = suite.findall("testcase/error")
    assert error.get("message") == "no time"
    assert suite.get("errors") == "1"
    assert int(suite.get("tests")) == len(suite.findall("testcase"))
    assert int(suite.get("failures")) == len(verdict.symptoms)


def test_without_any_result_no_law_has_passed():
    """Of a function that raises always, all is skipped but that."""
    [suite] = fromstring(to_junit(check(escapes, "gelu")))  # noqa: S314  our own text
    [failed] = [case for case in suite.findall("testcase") if case.find("failure") is not None]
    assert failed.find("failure").get("type") == "exception"
    assert int(suite.get("skipped")) == int(suite.get("tests")) - 1


def test_behaviour_that_is_not_recorded_is_skipped(tmp_path):
    """Of outputs on file nobody knows whether the function writes to its input."""
    assert main(["vectors", "tanh", "-o", str(tmp_path / "v"), "--answers"]) == 0
    x = np.fromfile(tmp_path / "v" / "inputs.bin", "<f4")
    (tmp_path / "y").write_bytes(np.where(x == 2, 0, tanh(x)).astype("<f4").tobytes())
    junit = tmp_path / "junit.xml"
    assert main(["judge", str(tmp_path / "v"), str(tmp_path / "y"), "--junit", str(junit)]) == 1
    [suite] = fromstring(junit.read_bytes())  # noqa: S314  our own text
    names = {case.get("name").split(":")[0] for case in suite.findall("testcase")}
    assert "input written" in skipped(suite) == set(Recorded.not_judged())
    assert {"inaccurate", "not monotone", "not symmetric", "out of bounds"} <= names - skipped(
        suite
    )


@pytest.mark.parametrize(
    ("silent", "kind"), [("derivative", "inconsistent"), ("backward", "upstream")]
)
def test_a_law_of_a_few_calls_has_not_passed_if_one_gave_nothing(silent, kind):
    """Though the inputs that were answered are judged."""

    def fails(function):
        def wrapped(x, *upstream):
            if (x == 1.0).any() or (x == 1.015625).any():
                raise ValueError("not this one")
            return function(x, *upstream)

        return wrapped

    functions = {"derivative": relu.derivative, "backward": relu.backward}
    for function, is_skipped in ((functions[silent], False), (fails(functions[silent]), True)):
        verdict = check(relu, "relu", **{silent: function})
        [suite] = fromstring(to_junit(verdict))  # noqa: S314  our own text
        assert (kind in skipped(suite)) is is_skipped
        assert not {"inaccurate", "layout"} & skipped(suite)
