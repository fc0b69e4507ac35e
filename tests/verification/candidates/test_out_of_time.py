"""One that is slow is not wrong: what there was no time for neither fails nor passes."""

import json
import sys
import time
from xml.etree.ElementTree import fromstring

import pytest

from figures.command import main
from verification.candidates.clock import CALL_SHARE, LEAST, Clock
from verification.candidates.trouble import Died, Expired

SLOW = """
import time
import numpy as np

def relu(x):
    time.sleep(0.1)
    return np.maximum(x, x.dtype.type(0))

def steep(x):
    return relu(x) * x.dtype.type(1.1)
"""
ZEROS = """
import sys, time
time.sleep(0.1)
data = sys.stdin.buffer.read()
sys.stdout.buffer.write(bytes(len(data)))
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with slow candidates: a function, and a program."""
    (tmp_path / "slow.py").write_text(SLOW)
    (tmp_path / "zeros.py").write_text(ZEROS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_a_slow_one_gets_no_verdict(capsys):
    """But a sentence that says what to do, and exit 2; nor a second look, as no call hung."""
    assert main(["check", "numpy:slow.relu", "relu", "--timeout", "3"]) == 2
    [said] = capsys.readouterr().err.splitlines()
    assert "the 3 s for all calls are used up" in said
    assert "--timeout" in said


@pytest.mark.parametrize(
    ("candidate", "kind"),
    [
        (["--command", f"{sys.executable} -S zeros.py"], "flushed"),
        (["numpy:slow.steep"], "inaccurate"),
    ],
    ids=["program", "function"],
)
def test_what_was_found_in_time_stays_found(folder, capsys, candidate, kind):
    """And no law passes that may not have been looked at."""
    files = ["--json", "verdict.json", "--junit", "verdict.xml"]
    assert main(["check", *candidate, "relu", "--timeout", "4", *files]) == 1
    assert "used up" in capsys.readouterr().out
    findings = json.loads((folder / "verdict.json").read_text())["findings"]
    kinds = {finding["kind"] for finding in findings}
    assert kind in kinds
    assert not kinds & {"hang", "crash"}
    assert not any("longer array" in finding["detail"] for finding in findings)
    [suite] = fromstring((folder / "verdict.xml").read_bytes())  # noqa: S314  our own text
    passed = [case for case in suite.findall("testcase") if len(case) == 0]
    assert passed == []


def test_a_call_gets_its_full_share_or_none():
    """So what is said to hang has had its time."""
    clock = Clock(1000.0)
    assert clock.call() == clock.limit() == CALL_SHARE * 1000
    assert Clock(1.5 * LEAST).call() == 0.75 * LEAST
    late = Clock(0.02)
    time.sleep(0.015)
    with pytest.raises(Expired, match="used up"):
        late.call()
    assert issubclass(Expired, Died)
