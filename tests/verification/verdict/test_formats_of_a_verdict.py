"""A verdict as JSON by its schema, as Markdown, as annotations, and in pytest."""

import json
import subprocess
import sys
from importlib.resources import files

import numpy as np
import pytest
from jsonschema import Draft7Validator

from reference import gelu_tanh, silu, tanh
from verification.candidates.implementation import Implementation
from verification.verdict.check import check
from verification.verdict.verdict import VERSION

SCHEMA = json.loads(files("verification").joinpath("verdict", "schema.json").read_text())


def raises(_):
    """An exception with marks of Markdown, of HTML and of workflow commands."""
    raise ValueError("a|b `c` <script> ::error::\n%")


def product(x, y):
    """Wrong: without its gate."""
    return x * y


VERDICTS = {
    "passed": lambda: check(tanh, "tanh", derivative=tanh.derivative, backward=tanh.backward),
    "failed": lambda: check(gelu_tanh, "gelu"),
    "raises": lambda: check(raises, "tanh"),
    "nan": lambda: check(lambda x: np.where(x > 3, np.float32(np.nan), silu(x)), "silu"),
    "gated": lambda: check(
        Implementation("f", product, inputs=2), formula="x * sigmoid(x) * y", seed=3
    ),
    "compared": lambda: check(gelu_tanh, "gelu", baseline=gelu_tanh, dtype="bfloat16"),
}


@pytest.fixture(scope="module", params=VERDICTS)
def verdict(request):
    """Each of them."""
    return VERDICTS[request.param]()


def test_json_is_as_its_schema_says(verdict):
    """With the version, and no key that the schema lacks."""
    content = json.loads(verdict.to_json())
    Draft7Validator(SCHEMA).validate(content)
    assert content["version"] == VERSION == SCHEMA["properties"]["version"]["const"]


def test_the_schema_refuses_something_else():
    """A verdict without its grades, and one with a key too many."""
    content = json.loads(VERDICTS["failed"]().to_json())
    validator = Draft7Validator(SCHEMA)
    assert not validator.is_valid({key: content[key] for key in content if key != "grades"})
    assert not validator.is_valid({**content, "more": 1})


def test_markdown_has_the_verdict_and_no_marks_of_others(verdict):
    """Grades in a table, each cause, and nothing that a candidate may have written as HTML."""
    text = verdict.to_markdown()
    assert text.startswith("### ✅ passed" if verdict.passed else "### ❌ failed")
    for name, grade in verdict.grades.items():
        assert f"| {name} | {grade} |" in text
    for finding in verdict.findings[:5]:
        assert f"**{finding.subject} " in text
    assert "<script>" not in text.replace("\\<script\\>", "")


def test_headings_keep_their_capitals():
    """NaN is spelled so, in a heading as elsewhere."""
    verdict = check(lambda x: np.where(np.isnan(x), np.float32(0), silu(x)), "silu")
    assert "\n#### At extremes: \\|x\\| beyond 10,000, " in verdict.to_markdown()
    assert "infinities, NaN\n" in verdict.to_markdown()
    assert "\n#### In \\[-20, 20\\]\n" in check(np.arctan, "tanh").to_markdown()


def test_annotations_are_a_line_each(verdict):
    """What a candidate says makes no other command."""
    lines = verdict.to_annotations().splitlines()
    assert len(lines) == max(len(verdict.findings), 1)
    start = "::notice " if verdict.passed else "::error title=halfulp%3A "
    assert all(line.startswith(start) for line in lines)


def test_assert_passed_says_all(verdict):
    """The whole verdict, which pytest does not cut."""
    if verdict.passed:
        verdict.assert_passed()
        return
    with pytest.raises(AssertionError) as error:
        verdict.assert_passed()
    assert str(error.value) == str(verdict)


SUITE = """
import numpy as np

def test_right(halfulp):
    assert halfulp(np.tanh, "tanh").grades == {"value": "accurate"}

def test_wrong(halfulp):
    halfulp(np.arctan, "tanh", dtype="float16")
"""


def run(folder, *options):
    """What pytest prints about the suite, with the plugin by its entry point or by name."""
    (folder / "test_mine.py").write_text(SUITE, encoding="utf-8")
    words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603  our own command
    return done.stdout + done.stderr


def test_the_plugin_judges_in_anybodys_suite(tmp_path):
    """A fixture that fails with the whole verdict, and options that hold for all calls."""
    said = run(tmp_path)
    assert "1 failed, 1 passed" in said
    assert "FAILED: arctan as tanh in float16: value " in said
    assert "\nin [-20, 20]:\n" in said
    assert "2 passed" in run(tmp_path, "--halfulp-baseline", "numpy:numpy.arctan")
    assert "2 failed" in run(tmp_path, "--halfulp-require", "correct")
