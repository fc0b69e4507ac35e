"""``halfulp sweep`` loses nothing: killed, interrupted, resumed, misused."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import psutil
import pytest

from figures.command import main
from reference import ACTIVATIONS
from verification.commands import sweep
from verification.errors import UsageError
from verification.records import provenance
from verification.sweep.ledger import Done, Ledger
from verification.sweep.shard import Shard, Summary, combined

HEADER = {"dtype": "float16", "certifier": "abc"}
DONE = Done(Shard("relu", 0, "float16", 0), "def", Summary(65536, 2, 0, (), "00"), 0.5)
ARGUMENTS = ["sweep", "relu", "silu", "--dtype", "float16"]
# A shell that runs the suite in the background has told it to ignore Ctrl-C.
HEED = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
COMMAND = f"{HEED}; from figures.command import run; run()"
# In seconds: that a test which fails does not wait for ever.
PATIENCE = 600


def started(out):
    """Start a sweep in a process of its own, and wait until it has done two shards."""
    process = subprocess.Popen(  # noqa: S603  our own command
        [sys.executable, "-c", COMMAND, *ARGUMENTS, "--out", str(out)],
        stderr=subprocess.PIPE,
        text=True,
    )
    state = out.with_name(out.name + ".state")
    deadline = time.monotonic() + PATIENCE
    while not (state.exists() and state.read_bytes().count(b"\n") >= 3):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.01)
    return process, state


def is_worker(child):
    """Whether a process is one that computes shards; one that has just ended is none."""
    try:
        return any("spawn_main" in word for word in child.cmdline())
    except psutil.NoSuchProcess:
        return False


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The bytes of the certificate of a sweep that nothing happened to."""
    out = tmp_path_factory.mktemp("undisturbed") / "sweep.json"
    assert main([*ARGUMENTS, "--out", str(out)]) == 0
    return out.read_bytes()


def test_a_sweep_certifies_all_inputs_and_leaves_no_state(undisturbed, tmp_path, capsys):
    """A row for each function and order; the state file is gone."""
    assert [row["inputs"] for row in json.loads(undisturbed)["rows"]] == [65536] * 6
    out = tmp_path / "sweep.json"
    assert main(["sweep", "relu", "--dtype", "bfloat16", "--order", "0", "--out", str(out)]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["sweep.json"]
    assert "65,536" in capsys.readouterr().out


def test_a_killed_sweep_goes_on_where_it_was(undisturbed, tmp_path):
    """After SIGKILL and --resume the certificate is that of an undisturbed sweep."""
    out = tmp_path / "sweep.json"
    process, state = started(out)
    process.kill()
    process.communicate()
    kept = state.read_text().splitlines()
    assert main([*ARGUMENTS, "--out", str(out), "--resume"]) == 0
    assert len(kept) >= 3
    assert out.read_bytes() == undisturbed


def test_an_interrupted_sweep_says_how_to_go_on(undisturbed, tmp_path):
    """Ctrl-C: one sentence, exit 130, no traceback, and --resume goes on."""
    out = tmp_path / "sweep.json"
    process, state = started(out)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "--resume" in error
    assert "Traceback" not in error
    assert state.exists()
    assert main([*ARGUMENTS, "--out", str(out), "--resume"]) == 0
    assert out.read_bytes() == undisturbed


def test_an_impatient_second_interrupt_does_no_harm(tmp_path):
    """Two Ctrl-C, one after the other: the process still ends, with the same exit status."""
    process, state = started(tmp_path / "sweep.json")
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(0.1)
    _, error = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "Traceback" not in error
    assert state.exists()


def test_a_function_named_twice_is_swept_once(tmp_path):
    """So are orders."""
    out = tmp_path / "sweep.json"
    twice = ["sweep", "relu", "relu", "--order", "0,0", "--dtype", "float16", "--out", str(out)]
    assert main(twice) == 0
    assert len(json.loads(out.read_bytes())["rows"]) == 1


def test_hashes_that_differ_from_the_expected_ones_are_told(undisturbed, tmp_path, capsys):
    """--expect compares with an earlier certificate; exit 1 names the functions that differ."""
    out, earlier = tmp_path / "sweep.json", tmp_path / "earlier.json"
    relu = ["sweep", "relu", "--dtype", "float16", "--out", str(out), "--expect", str(earlier)]
    earlier.write_bytes(undisturbed)
    assert main(relu) == 0
    content = json.loads(undisturbed)
    content["rows"][1]["sha256"] = "0"
    earlier.write_text(json.dumps(content))
    assert main(relu) == 1
    assert "relu order 1" in capsys.readouterr().err


def test_what_to_compare_with_is_looked_at_first(tmp_path, capsys):
    """A file that is no certificate is told before hours of work, not after."""
    out, earlier = tmp_path / "sweep.json", tmp_path / "earlier.json"
    earlier.write_text("{}")
    assert main(["sweep", "--out", str(out), "--expect", str(earlier)]) == 2
    assert "--expect: expected a certificate" in capsys.readouterr().err


def test_a_killed_worker_s_shards_are_done_by_others(undisturbed, tmp_path):
    """SIGKILL for all worker processes in mid-shard: the sweep goes on with new ones."""
    process, _ = started(tmp_path / "sweep.json")
    workers = [child for child in psutil.Process(process.pid).children() if is_worker(child)]
    assert workers
    for worker in workers:
        with suppress(psutil.NoSuchProcess):
            worker.kill()
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert (tmp_path / "sweep.json").read_bytes() == undisturbed


def test_a_full_disk_loses_nothing(undisturbed, tmp_path):
    """The kernel refuses to lengthen the state file: one sentence, and --resume goes on."""
    out = tmp_path / "sweep.json"
    code = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (900, 900)); {COMMAND}"
    done = subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-c", code, *ARGUMENTS, "--out", str(out)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    state = tmp_path / "sweep.json.state"
    assert done.returncode == 2
    assert "make room" in done.stderr
    assert "Traceback" not in done.stderr
    assert state.stat().st_size == 900
    assert main([*ARGUMENTS, "--out", str(out), "--resume"]) == 0
    assert out.read_bytes() == undisturbed


def test_a_disk_that_is_full_when_it_goes_on_loses_nothing(undisturbed, tmp_path):
    """A state file with a torn last line is shortened, and not written anew."""
    out = tmp_path / "sweep.json"
    process, state = started(out)
    process.kill()
    process.communicate()
    whole = state.read_bytes()
    state.write_bytes(whole + whole.splitlines()[-1][:20])
    room = (100, 100)
    code = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, {room}); {COMMAND}"
    done = subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-c", code, *ARGUMENTS, "--out", str(out), "--resume"],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 2
    assert "make room" in done.stderr
    assert state.read_bytes() == whole
    assert main([*ARGUMENTS, "--out", str(out), "--resume"]) == 0
    assert out.read_bytes() == undisturbed


def test_two_sweeps_do_not_share_a_state(undisturbed, tmp_path, capsys):
    """The second one is refused, and the first one does not notice."""
    out = tmp_path / "sweep.json"
    process, _ = started(out)
    assert main([*ARGUMENTS, "--out", str(out), "--resume"]) == 2
    assert "another sweep is at work" in capsys.readouterr().err
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert out.read_bytes() == undisturbed
    assert [path.name for path in tmp_path.iterdir()] == ["sweep.json"]


def test_an_unfinished_sweep_is_not_overwritten(tmp_path, capsys):
    """Without --resume, a state file that is there is left alone."""
    out = tmp_path / "sweep.json"
    with Ledger(
        out.with_name("sweep.json.state"), header_of("relu", "silu"), resume=False
    ) as ledger:
        ledger.add(DONE)
    assert main([*ARGUMENTS, "--out", str(out)]) == 2
    assert "go on with it with --resume" in capsys.readouterr().err
    assert (tmp_path / "sweep.json.state").exists()


def keep(path, *, resume=False):
    """Add a shard to the state at ``path``."""
    with Ledger(path, HEADER, resume=resume) as ledger:
        ledger.add(DONE)


def kept(path):
    """Return the shards in the state at ``path``."""
    with Ledger(path, HEADER, resume=True) as ledger:
        return ledger.done


def test_a_ledger_keeps_what_is_added(tmp_path):
    """A shard is there when the file is read again."""
    keep(tmp_path / "state")
    assert kept(tmp_path / "state") == {DONE.shard: DONE}


def test_a_line_cut_off_by_a_kill_is_dropped(tmp_path):
    """At every byte: the whole lines before it count, and the next starts on a line of its own."""
    path = tmp_path / "state"
    keep(path)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert kept(path) == {}
        keep(path, resume=True)
        assert path.read_bytes() == whole


def test_a_flipped_bit_is_never_taken_for_a_result(tmp_path, capsys):
    """Each bit of a state: a damaged header is refused, a damaged shard done anew and told."""
    path = tmp_path / "state"
    keep(path)
    whole = path.read_bytes()
    header = len(whole.splitlines(keepends=True)[0])
    for bit in range(8 * len(whole)):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        if bit // 8 < header:
            with pytest.raises(UsageError, match="choose another --out"):
                kept(path)
            assert path.read_bytes() == flipped
        else:
            assert kept(path) == {}
            is_cut_off = bit // 8 == len(whole) - 1
            assert ("lines of" in capsys.readouterr().err) != is_cut_off


@pytest.mark.parametrize("other", ["another function", "a foreign file"])
def test_the_work_of_others_is_left_alone(undisturbed, tmp_path, capsys, other):
    """Of one function, the state and the certificate of all are not touched."""
    out = tmp_path / "sweep.json"
    state = tmp_path / "sweep.json.state"
    out.write_bytes(undisturbed if other == "another function" else b"mine")
    before = out.read_bytes()
    arguments = ["sweep", "relu", "--dtype", "float16", "--out", str(out)]
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert ("silu order 2" if other == "another function" else "another file") in said
    assert out.read_bytes() == before
    out.unlink()
    state.write_bytes(b"mine")
    if other == "another function":
        state.unlink()
        keep(state)
    before = state.read_bytes()
    for resume in ([], ["--resume"]):
        assert main([*arguments, *resume]) == 2
        assert "choose another --out" in capsys.readouterr().err
        assert state.read_bytes() == before


def test_a_pipe_is_no_state_and_no_certificate(tmp_path, capsys):
    """Reading it would wait for ever."""
    out = tmp_path / "sweep.json"
    pipe = tmp_path / "sweep.json.state"
    os.mkfifo(pipe)
    arguments = ["sweep", "relu", "--dtype", "float16", "--out", str(out)]
    assert main([*arguments, "--resume"]) == 2
    assert main([*arguments, "--expect", str(pipe)]) == 2
    said = capsys.readouterr().err
    assert "expected a file, or none" in said
    assert "expected a certificate" in said


DEEP = "[" * 10**5 + "]" * 10**5
ROW = {
    "activation": "relu",
    "order": 0,
    "inputs": 65536,
    "by_balls": 63490,
    "wrong": 0,
    "sha256": "0",
}


def certificate_with(**changes):
    """The text of a certificate whose row has these values."""
    return json.dumps({"rows": [{**ROW, **changes}]})


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(DEEP, id="deep"),
        pytest.param(f'{{"rows": {DEEP}}}', id="deep rows"),
        pytest.param(certificate_with(inputs="65536"), id="inputs"),
        pytest.param(certificate_with(wrong=False), id="wrong"),
        pytest.param(certificate_with(order=0.0), id="order"),
        pytest.param(certificate_with(sha256=0), id="hash"),
        pytest.param(certificate_with(activation=["relu"]), id="activation"),
        pytest.param(certificate_with(parameters=[1]), id="parameters"),
        pytest.param(certificate_with(parameters={"a": "1"}), id="parameter"),
        pytest.param('{"rows": "relu"}', id="no rows"),
        pytest.param("[" + "9" * 5000 + "]", id="long number"),
    ],
)
def test_what_only_looks_like_a_certificate_is_none(tmp_path, capsys, text):
    """To compare with, or to be replaced: one sentence, and it stays as it is."""
    path = tmp_path / "earlier.json"
    path.write_text(text)
    relu = ["sweep", "relu", "--dtype", "float16", "--order", "0"]
    assert main([*relu, "--out", str(tmp_path / "x.json"), "--expect", str(path)]) == 2
    assert "expected a certificate" in capsys.readouterr().err
    assert main([*relu, "--out", str(path)]) == 2
    assert "another file" in capsys.readouterr().err
    assert path.read_text() == text


@pytest.mark.parametrize(
    ("end", "said"),
    [
        pytest.param("n" * 300, "File name too long", id="certificate"),
        pytest.param("n" * 250, "File name too long", id="state"),
        pytest.param("n" * 245, "File name too long", id="lock"),
    ],
)
def test_a_name_that_is_too_long_is_refused(inline, tmp_path, capsys, end, said):
    """Of the certificate, and of what is written beside it."""
    relu = ["sweep", "relu", "--dtype", "float16", "--order", "0"]
    assert main([*relu, "--out", str(tmp_path / end)]) == 2
    assert said in capsys.readouterr().err
    assert main([*relu, "--out", str(tmp_path / "x"), "--expect", str(tmp_path / end)]) == 2
    assert inline == []


@pytest.mark.parametrize("end", [".state", ".state.lock"])
def test_the_state_is_not_written_through_a_link(inline, tmp_path, capsys, end):
    """The user has not named it."""
    victim = tmp_path / "victim"
    victim.touch()
    (tmp_path / f"sweep.json{end}").symlink_to(victim)
    out = tmp_path / "sweep.json"
    assert main(["sweep", "relu", "--dtype", "float16", "--out", str(out)]) == 2
    assert "there is a link, a pipe or a device" in capsys.readouterr().err
    assert victim.read_bytes() == b""
    assert inline == []


@pytest.mark.parametrize("text", [DEEP, "[]", '{"shard": 1}', '{"summary": []}'])
def test_a_line_with_its_sum_that_is_no_shard_is_damaged(tmp_path, capsys, text):
    """Its shard is done anew."""
    keep(tmp_path / "state")
    line = text.encode() + b"\n"
    with (tmp_path / "state").open("ab") as file:
        file.write(f"{sha256(line).hexdigest()} ".encode() + line)
    assert kept(tmp_path / "state") == {DONE.shard: DONE}
    assert "1 of 2 lines" in capsys.readouterr().err


def test_the_state_is_removed_after_the_certificate_is_on_the_disk(inline, tmp_path, monkeypatch):
    """Certificate, then its name in the folder, and only then the state goes."""
    log = []
    sync, replace_, unlink = os.fsync, os.replace, Path.unlink
    state = tmp_path / "sweep.json.state"

    def tell(word, call):
        return lambda *arguments, **options: (log.append(word), call(*arguments, **options))[1]

    def remove(path, **options):
        if path == state:
            log.append("remove")
        unlink(path, **options)

    monkeypatch.setattr(os, "fsync", tell("sync", sync))
    monkeypatch.setattr(os, "replace", tell("replace", replace_))
    monkeypatch.setattr(Path, "unlink", remove)
    out = ["--out", str(tmp_path / "sweep.json")]
    assert main(["sweep", "relu", "--dtype", "float16", "--order", "0", *out]) == 0
    assert len(inline) == 1
    assert log[-4:] == ["sync", "replace", "sync", "remove"]


def test_a_certificate_that_cannot_be_written_loses_no_shard(inline, tmp_path, capsys, monkeypatch):
    """One sentence that says what is kept; with --resume nothing is done again."""
    out = tmp_path / "sweep.json"
    arguments = ["sweep", "relu", "--dtype", "float16", "--order", "0", "--out", str(out)]

    def fail(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", fail)
        assert main(arguments) == 2
    said = capsys.readouterr().err
    assert "No space left on device" in said
    assert "1 shards are done and kept" in said
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".lock"] == [
        "sweep.json.state"
    ]
    assert main([*arguments, "--resume"]) == 0
    assert len(inline) == 1


def test_a_shard_that_is_there_twice_counts_once(tmp_path):
    """Whoever wrote it."""
    path = tmp_path / "state"
    keep(path)
    with path.open("a") as file:
        file.write(path.read_text().splitlines(keepends=True)[1])
    assert kept(path) == {DONE.shard: DONE}


def test_an_empty_state_is_that_of_a_sweep_just_begun(tmp_path):
    """A kill may leave the file without its first line."""
    path = tmp_path / "state"
    path.touch()
    keep(path, resume=True)
    assert kept(path) == {DONE.shard: DONE}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("not JSON\n", id="foreign"),
        pytest.param('{"dtype": "float16", "certifier": "def"}\n', id="another certifier"),
        pytest.param('{"dtype": "float16", "certifier": "abc"}\n', id="without a sum"),
        pytest.param("[]\n", id="other JSON"),
        pytest.param("mine", id="without a newline"),
    ],
)
def test_a_foreign_state_is_refused_and_left_alone(tmp_path, text):
    """With one sentence that says what to do."""
    path = tmp_path / "state"
    path.write_text(text)
    with pytest.raises(UsageError, match="delete the file"):
        kept(path)
    assert path.read_text() == text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--dtype", "float64"], "float16, bfloat16, float32", id="format"),
        pytest.param(["--order", "3"], "0, 1, 2", id="order"),
        pytest.param(["gelo"], "relu, leaky_relu", id="activation"),
    ],
)
def test_misuse_names_the_choices(tmp_path, capsys, arguments, said):
    """Exit 2, one sentence, nothing written."""
    assert main(["sweep", *arguments, "--out", str(tmp_path / "sweep.json")]) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def header_of(*names):
    """That of a sweep of all orders in float16."""
    shards = [Shard(name, order, "float16", 0) for name in names for order in range(3)]
    return sweep._header("float16", shards)  # noqa: SLF001  theirs


@pytest.fixture
def inline(monkeypatch):
    """Compute shards in this process, so that a planted activation is the one that is swept."""
    swept = []

    def completed(work, tasks, _scheduler):
        for task in tasks:
            swept.append(task)
            yield work(task)

    monkeypatch.setattr("verification.work.processes.completed", completed)
    return swept


class Wrong:
    """An activation that is off at one input."""

    def __init__(self, activation):
        self.activation = activation

    def __getattr__(self, fact):
        return getattr(self.activation, fact)

    def derivative(self, x, order=1):
        """Return 2 at x = 1, and the right result elsewhere."""
        results = self.activation.derivative(x, order=order)
        return np.where(x == 1, results.dtype.type(2), results)


def test_a_wrong_result_reaches_exit_code_certificate_and_eye(
    inline, monkeypatch, tmp_path, capsys
):
    """The count, and the input, stand in the file and on the screen."""
    assert inline == []
    monkeypatch.setitem(ACTIVATIONS, "relu", Wrong(ACTIVATIONS["relu"]))
    out = tmp_path / "sweep.json"
    arguments = ["sweep", "relu", "--dtype", "float16", "--order", "0,1", "--out", str(out)]
    assert main(arguments) == 1
    rows = json.loads(out.read_bytes())["rows"]
    assert [(row["wrong"], row["examples"]) for row in rows] == [(1, ["0x1.0000000000000p+0"])] * 2
    shown = [line for line in capsys.readouterr().out.splitlines() if "relu order" in line]
    assert [line.split("│")[4].strip() for line in shown] == ["1", "1"]


def test_a_resumed_sweep_does_what_is_left(inline, tmp_path):
    """What is in the state is not computed again."""
    out = tmp_path / "sweep.json"
    sources = sweep._sources_of("relu")  # noqa: SLF001  theirs
    arguments = ["sweep", "relu", "--dtype", "float16", "--out", str(out), "--resume"]
    with Ledger(out.with_name("sweep.json.state"), header_of("relu"), resume=False) as ledger:
        ledger.add(replace(DONE, sources=sources))
    assert main(arguments) == 0
    assert [shard.order for shard in inline] == [1, 2]
    assert json.loads(out.read_bytes())["rows"][0]["sha256"] == combined(["00"])


def test_a_shard_of_other_sources_is_done_anew(inline, tmp_path, capsys):
    """A state from before a change of the activation is not mixed in, and the user is told."""
    out = tmp_path / "sweep.json"
    arguments = ["sweep", "relu", "--dtype", "float16", "--out", str(out), "--resume"]
    with Ledger(out.with_name("sweep.json.state"), header_of("relu"), resume=False) as ledger:
        ledger.add(DONE)
    assert main(arguments) == 0
    assert [shard.order for shard in inline] == [0, 1, 2]
    assert "done anew: 1" in capsys.readouterr().err
    assert json.loads(out.read_bytes())["rows"][0]["sha256"] != combined(["00"])


def test_the_header_names_the_certifier():
    """Each of the files that decide what is right counts: a change of one makes another hash."""
    needed = {path.stem for _, path in provenance._needed("verification.sweep.shard")}  # noqa: SLF001
    assert {"shard", "enclosure", "balls", "fractions", "language", "rewriting", "ulp"} <= needed


def test_every_format_is_certified(inline, tmp_path):
    """Also bfloat16, input by input: the planted mistake is found in each."""
    for dtype in ("float16", "bfloat16"):
        out = tmp_path / f"{dtype}.json"
        assert main(["sweep", "relu", "--dtype", dtype, "--order", "0", "--out", str(out)]) == 0
        [row] = json.loads(out.read_bytes())["rows"]
        assert (row["inputs"], row["wrong"]) == (1 << 16, 0)
        assert row["by_balls"] > 60_000
    assert [shard.dtype for shard in inline] == ["float16", "bfloat16"]


def test_parameters_are_set_by_name_or_for_all(inline, tmp_path):
    """The certificate names them; the results are others."""
    out = tmp_path / "sweep.json"
    given = ["leaky_relu", "leaky_relu[negative_slope=0.25]", "--order", "0"]
    assert main(["sweep", *given, "--dtype", "float16", "--out", str(out)]) == 0
    rows = json.loads(out.read_bytes())["rows"]
    assert [row.get("parameters") for row in rows] == [None, {"negative_slope": 0.25}]
    assert rows[0]["sha256"] != rows[1]["sha256"]
    out = tmp_path / "another.json"
    given = ["leaky_relu", "--set", "negative_slope=0.25", "--order", "0"]
    assert main(["sweep", *given, "--dtype", "float16", "--out", str(out)]) == 0
    [row] = json.loads(out.read_bytes())["rows"]
    assert row == rows[1]
    assert len(inline) == 3
