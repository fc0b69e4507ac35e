"""The census of a format: each result counted once, by whatever process."""

import numpy as np
import pytest

from reference import ACTIVATIONS, relu
from reference.arithmetic.formats import FORMATS
from verification.examination.truth import FLUSH_TO_ZERO, Question
from verification.observation.exhaustive import blocks, portions
from verification.survey.census import Count, census, counted, joined

PLANTED = """
import numpy as np
from reference import tanh

def candidate(x):
    y = tanh(x)
    y[x == 1.5] = np.nan
    y[x == -2] *= np.float16(1.5)
    y[x == 0.25] = np.nextafter(y[x == 0.25], np.float16(1))
    tiny = np.abs(x) < 2.0**-14
    y[tiny] = np.copysign(np.float16(0), x[tiny])
    return y
"""
QUESTION = Question(
    ACTIVATIONS["tanh"], "value", FORMATS["float16"], 1.0, frozenset({FLUSH_TO_ZERO})
)


def test_every_pattern_is_counted_once(tmp_path, monkeypatch):
    """Wrong ones, NaN among them; what is allowed is not wrong, and the worst has its input."""
    (tmp_path / "planted_tanh.py").write_text(PLANTED)
    monkeypatch.chdir(tmp_path)
    found = census(QUESTION, "numpy:planted_tanh.candidate", portions(FORMATS["float16"]))
    assert (found.inputs, found.wrong, found.nan, found.at) == (65536, 2, 1, -2)
    assert found.worst_ulp == pytest.approx(2048 * np.tanh(2) / 2, rel=0.01)


def test_where_nothing_is_wrong_the_worst_error_is_none():
    """At no number in particular."""
    x = np.array([-np.inf, np.nan, 0.0, 2.0], np.float16)
    with np.errstate(invalid="ignore"):
        found = counted(Question(ACTIVATIONS["relu"], "value", FORMATS["float16"], 1), x, relu(x))
    assert found == Count(4, 0, 0, 0.0, 0.0)


def test_counts_of_parts_are_those_of_the_whole():
    """Also of results that are right in places."""
    [x] = blocks(FORMATS["float16"], 0)
    got = ACTIVATIONS["tanh"](x)
    got[::1000] = 0.5
    parts = [counted(QUESTION, x[part], got[part]) for part in (slice(30000), slice(30000, None))]
    assert joined(parts) == counted(QUESTION, x, got)
    assert parts[0].wrong > 25


def test_of_equal_errors_the_one_at_the_smallest_input_is_kept():
    """In whatever order the parts come."""
    left, right = Count(10, 1, 0, 3.0, -7.0), Count(10, 2, 1, 3.0, 5.0)
    assert joined([right, left]) == joined([left, right]) == Count(20, 3, 1, 3.0, -7.0)


@pytest.mark.parametrize(("name", "number"), [("float16", 0), ("float32", 37)])
def test_blocks_hold_the_patterns_in_order(name, number):
    """Of a shard, each once."""
    format_ = FORMATS[name]
    patterns = np.concatenate([x.view(format_.bits) for x in blocks(format_, number)])
    size = min(1 << 24, 1 << format_.width)
    assert patterns.size == size
    assert (patterns == np.arange(number * size, (number + 1) * size)).all()
