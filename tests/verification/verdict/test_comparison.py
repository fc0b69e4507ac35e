"""Verdicts compared: with a baseline, and with what was accepted before."""

from dataclasses import replace

import numpy as np
import pytest

from reference import gelu_tanh, silu, tanh
from verification.errors import UsageError
from verification.verdict import known
from verification.verdict.check import check


def naive(x):
    """The textbook's form in the format of x."""
    with np.errstate(all="ignore"):
        inner = x.dtype.type(np.sqrt(2 / np.pi)) * (x + x.dtype.type(0.044715) * x * x * x)
        return np.asarray(x / 2 * (1 + np.tanh(inner)))


def worse(x):
    """The same, and 0.1 % off in a band."""
    y = naive(x)
    return np.where(np.abs(x - 1) < 0.01, y * x.dtype.type(1.001), y)


def prints(x):
    """The same, and it prints."""
    print("here")  # noqa: T201  that is what is wrong
    return naive(x)


def test_no_worse_than_the_baseline_passes():
    """Whatever the baseline has itself; its grade is told all the same."""
    assert not check(naive, "gelu_tanh")
    verdict = check(naive, "gelu_tanh", baseline=naive)
    assert verdict.passed, str(verdict)
    assert verdict.grades == {"value": "broken"}


def test_what_is_worse_than_the_baseline_fails():
    """By what is worse alone."""
    verdict = check(worse, "gelu_tanh", baseline=naive)
    inaccurate = [symptom for symptom in verdict.symptoms if symptom.kind == "inaccurate"]
    [found] = inaccurate
    assert 0.98 < found.region.low < found.region.high < 1.02
    assert any("worse in" in line and "worse in 0" not in line for line in verdict.beside)


def test_what_is_better_is_told():
    """In stretches of the format."""
    verdict = check(gelu_tanh, "gelu_tanh", baseline=naive)
    assert verdict.passed
    [line] = verdict.beside
    assert "better in 0 " not in line
    assert "worse in 0," in line


def test_misbehaviour_that_the_baseline_lacks_fails():
    """And passes if the baseline has it too."""
    verdict = check(prints, "gelu_tanh", baseline=naive)
    assert [symptom.kind for symptom in verdict.symptoms] == ["output"]
    assert check(prints, "gelu_tanh", baseline=prints).passed


def test_a_stored_verdict_is_a_baseline(tmp_path):
    """The file says what the call says."""
    path = tmp_path / "base.json"
    path.write_text(check(naive, "gelu_tanh").to_json(), encoding="utf-8")
    assert check(naive, "gelu_tanh", baseline=str(path)).passed
    assert not check(worse, "gelu_tanh", baseline=str(path)).passed
    with pytest.raises(UsageError, match="baseline: expected a verdict as silu in float32"):
        check(silu, "silu", baseline=str(path))
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match="expected a verdict of halfulp"):
        check(naive, "gelu_tanh", baseline=str(path))


def test_what_is_accepted_passes(tmp_path):
    """And what is new fails; what was said of it stays when the file is written anew."""
    path = tmp_path / "known.toml"
    known.write(path, check(naive, "gelu_tanh"))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(known.OPEN, "it has always been so", 1), encoding="utf-8")
    verdict = check(naive, "gelu_tanh", known=path)
    assert verdict.passed
    assert any("it has always been so" in line for line in verdict.known)
    known.write(path, check(naive, "gelu_tanh"))
    assert "it has always been so" in path.read_text(encoding="utf-8")


def test_a_finding_that_has_grown_is_new(tmp_path):
    """In a wider region, or dearer than twice as much."""
    path = tmp_path / "known.toml"

    def flawed(error, width):
        def forward(x):
            return np.where(np.abs(x - 1) < width, tanh(x) + x.dtype.type(error), tanh(x))

        forward.__name__ = "flawed"
        return forward

    known.write(path, check(flawed(1e-3, 0.1), "tanh"))
    assert check(flawed(1e-3, 0.1), "tanh", known=path).passed
    assert not check(flawed(3e-3, 0.1), "tanh", known=path).passed
    assert not check(flawed(1e-3, 0.5), "tanh", known=path).passed


def test_what_has_vanished_is_named(tmp_path):
    """So that the list can be shortened; what is about other functions is not."""
    path = tmp_path / "known.toml"
    known.write(path, check(naive, "gelu_tanh"))

    def mended(x):
        return gelu_tanh(x)

    mended.__name__ = "naive"
    verdict = check(mended, "gelu_tanh", known=path)
    assert verdict.passed
    assert verdict.vanished
    assert "no more there, though accepted: value" in str(verdict)
    assert not check(tanh, "tanh", known=path).vanished


def test_what_fails_for_no_elements_does_not_accept_what_always_fails(tmp_path):
    """A region without a number covers none."""
    path = tmp_path / "known.toml"

    def raising(fails):
        def forward(x):
            if fails(x):
                raise ValueError("no")
            return tanh(x)

        forward.__name__ = "raising"
        return forward

    known.write(path, check(raising(lambda x: x.size == 0), "tanh"))
    assert check(raising(lambda x: x.size == 0), "tanh", known=path).passed
    assert not check(raising(lambda _: True), "tanh", known=path)


def test_other_exceptions_than_the_accepted_one_are_new(tmp_path):
    """One of another type, at the same input."""
    path = tmp_path / "known.toml"

    def raising(error):
        def forward(x):
            if (x == 1).any():
                raise error("no")
            return tanh(x)

        forward.__name__ = "raising"
        return forward

    known.write(path, check(raising(ValueError), "tanh", dtype="float16"))
    assert check(raising(ValueError), "tanh", known=path, dtype="float16").passed
    assert not check(raising(MemoryError), "tanh", known=path, dtype="float16")
    [entry] = known.read(path)
    assert str(entry) == "value exception (ValueError)"


def test_a_subject_without_a_result_never_passes(tmp_path):
    """Accepted or not, nothing was judged."""
    path = tmp_path / "known.toml"

    def fails(_x):
        raise ValueError("no")

    verdict = check(fails, "tanh", dtype="float16")
    said = known.write(path, verdict)
    assert said == ["value exception (ValueError): no result of the value can be judged"]
    assert known.read(path) == ()
    entry = known.Entry.of(verdict, verdict.symptoms[0])
    assert entry.accepts(entry)
    found = known.without(verdict, [entry])
    assert not found.passed
    assert found.known == found.vanished == found.excused == ()
    assert found.findings == verdict.findings


def test_more_wrong_inputs_between_the_same_two_are_new(tmp_path):
    """More than twice the share, and a few."""
    path = tmp_path / "known.toml"

    def flawed(every):
        def forward(x):
            bits = x.view(np.uint16)
            wrong = (bits >= 0x3C00) & (bits <= 0x3FC0) & (bits % every == 0)
            return np.where(wrong, x.dtype.type(1.25), tanh(x))

        forward.__name__ = "flawed"
        return forward

    known.write(path, check(flawed(64), "tanh", dtype="float16"))
    assert check(flawed(64), "tanh", dtype="float16", known=path).passed
    assert check(flawed(32), "tanh", dtype="float16", known=path).passed
    assert not check(flawed(4), "tanh", dtype="float16", known=path).passed


def test_an_infinite_cost_accepts_no_finite_one():
    """That of another cause in the same place."""
    entry = known.Entry(*"facv", "inaccurate", "practical", np.inf, 0.0, 1.0, 10, 1000)
    assert entry.accepts(entry)
    assert not entry.accepts(replace(entry, cost=2.0))
    assert not replace(entry, cost=2.0).accepts(entry)
    assert not replace(entry, wrong=0).accepts(entry)


def test_what_a_reviewer_wrote_is_kept_in_any_letters(tmp_path):
    """Beyond 16 bits too, and a character that TOML does not allow as it is."""
    path = tmp_path / "known.toml"
    known.write(path, check(naive, "gelu_tanh"))
    text = path.read_text(encoding="utf-8").replace(known.OPEN, "ok \U0001f389 \\u007f")
    path.write_text(text, encoding="utf-8")
    known.write(path, check(naive, "gelu_tanh"))
    assert {entry.because for entry in known.read(path)} == {"ok \U0001f389 \x7f"}


@pytest.mark.parametrize("text", ["[[accepted]]\nkind = 3", "x = 1", "[", "accepted = 3"])
def test_a_list_that_is_none_is_refused(tmp_path, text):
    """In one sentence, before anything is judged."""
    path = tmp_path / "known.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="expected accepted findings"):
        check(tanh, "tanh", known=path)
