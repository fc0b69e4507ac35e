"""On a terminal a check says what it looks at, wraps and paints; elsewhere nothing of that."""

import json
import os
import re
import selectors
import subprocess
import sys
from xml.etree.ElementTree import fromstring

import pytest

pty = pytest.importorskip("pty")

HALFULP = "from figures.command import run; run()"
ESCAPE = "\x1b["
WRONG = ("numpy:numpy.arctan", "tanh", "--dtype", "float16")


def on_a_terminal(folder, *arguments, columns=80, **environment):
    """What standard output and error get, each of them a terminal."""
    (out, one), (err, two) = pty.openpty(), pty.openpty()
    known = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    words = [sys.executable, "-c", HALFULP, "check", *arguments]
    process = subprocess.Popen(  # noqa: S603  our own command
        words,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=one,
        stderr=two,
        env={**known, "TERM": "xterm", "COLUMNS": str(columns), **environment},
    )
    os.close(one)
    os.close(two)
    said = {out: b"", err: b""}
    with selectors.DefaultSelector() as selector:
        for descriptor in said:
            selector.register(descriptor, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                try:
                    part = os.read(key.fd, 4096)
                except OSError:  # Linux says so where the other end is closed
                    part = b""
                said[key.fd] += part
                if not part:
                    selector.unregister(key.fd)
                    os.close(key.fd)
    process.wait()
    return tuple(text.decode().replace("\r\n", "\n") for text in said.values())


def test_a_line_says_what_is_looked_at(tmp_path):
    """Subject and stage, and it is gone at the end."""
    _, progress = on_a_terminal(tmp_path, "numpy:numpy.tanh", "tanh")
    assert [*dict.fromkeys(re.findall(r"value: (inputs|grid|layouts|laws)", progress))] == [
        "inputs",
        "grid",
        "layouts",
        "laws",
    ]
    assert progress.endswith("\r\x1b[K")
    assert "\n" not in progress


def test_it_counts_the_patterns(tmp_path):
    """Of an exhaustive check; a baseline is told as such."""
    arguments = ("numpy:numpy.tanh", "tanh", "--dtype", "float16", "--exhaustive")
    _, progress = on_a_terminal(tmp_path, *arguments, "--baseline", "numpy:numpy.tanh")
    assert "value: patterns 65,536 of 65,536" in progress
    assert "baseline: value: patterns 0 of 65,536" in progress


def test_a_dumb_terminal_gets_no_line(tmp_path):
    """And no colour."""
    said, progress = on_a_terminal(tmp_path, *WRONG, TERM="dumb")
    assert progress == ""
    assert ESCAPE not in said


@pytest.mark.parametrize("option", ["--json", "--junit", "--markdown"])
def test_what_is_written_to_standard_output_is_alone(tmp_path, option):
    """No line beside it, and no file that is called so."""
    said, progress = on_a_terminal(tmp_path, *WRONG, option, "-")
    assert progress == ""
    if option == "--json":
        assert json.loads(said)["passed"] is False
    elif option == "--junit":
        assert fromstring(said).get("failures") != "0"  # noqa: S314  our own text
    else:
        assert said.startswith("### ")
    assert [*tmp_path.iterdir()] == []


def test_colours_tell_how_it_ended(tmp_path):
    """Of the result and of grades; NO_COLOR is obeyed."""
    said, _ = on_a_terminal(tmp_path, *WRONG)
    assert said.startswith("\x1b[31mFAILED\x1b[0m: numpy:numpy.arctan as tanh in float16: ")
    assert "value \x1b[31mrough\x1b[0m" in said.partition("required:")[0]
    plain, _ = on_a_terminal(tmp_path, *WRONG, NO_COLOR="1")
    assert ESCAPE not in plain


def test_findings_are_wrapped_with_a_hanging_indent(tmp_path):
    """At the width of the terminal, but for what is to be copied; elsewhere lines are whole."""
    said, _ = on_a_terminal(tmp_path, *WRONG, columns=50, NO_COLOR="1")
    lines = [line for line in said.splitlines() if "try: " not in line]
    assert max(map(len, lines)) <= 50
    assert any(line.startswith("      ") for line in lines)
    words = [sys.executable, "-c", HALFULP, "check", *WRONG]
    piped = subprocess.run(  # noqa: S603  our own command
        words, cwd=tmp_path, capture_output=True, text=True, check=False, env={**os.environ}
    )
    assert piped.stdout.split() == said.split()
    assert max(map(len, piped.stdout.splitlines())) > 50
    assert ESCAPE not in piped.stdout + piped.stderr
    assert piped.stderr == ""
