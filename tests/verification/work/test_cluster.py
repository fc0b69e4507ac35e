"""A sweep on a Dask cluster of real processes on this machine, and what may happen to it."""

import os
import pty
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import dask
import pytest
from distributed import Client

import reference
from figures.command import main
from verification.errors import WorkersLostError
from verification.work import cluster as cluster_module
from verification.work import scheduler as scheduler_module
from verification.work import watch
from verification.work.processes import completed

ARGUMENTS = ["sweep", "relu", "silu", "--dtype", "float16"]
COMMAND = """
from figures.command import run
from verification.work import cluster, watch
cluster.SECONDS_TO_COME_BACK = {come_back}
watch.SECONDS_BETWEEN_LOOKS, watch.SECONDS_BETWEEN_WORDS = 0.1, {word}
run()
"""
NO_WORKER = "halfulp: no worker is connected to {0}: waiting for one; start `dask worker {0}`\n"
NO_SCHEDULER = "halfulp: no scheduler answers at {0}: waiting for one; start `dask scheduler`\n"
OPENSSL = shutil.which("openssl")
# In seconds: that a test which fails does not wait for ever.
PATIENCE = 600


def eventually(condition, what):
    """Wait until ``condition`` holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"expected in time: {what}"
        time.sleep(0.02)


def free_port():
    """Find a port on loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cluster:
    """A scheduler and its workers, each a process."""

    def __init__(self, log, scheme="tcp", **environment):
        self.log = log
        self.environment = environment
        self.port = free_port()
        self.host = f"{scheme}://127.0.0.1"
        self.address = f"{self.host}:{self.port}"
        self.processes = []
        self.scheduler = self.new_scheduler()

    def run(self, *arguments, **environment):
        """Start a process of Dask."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603  Dask's own commands
                [sys.executable, "-m", *arguments],
                stderr=log,
                cwd=self.log.parent,
                env={**os.environ, **self.environment, **environment},
            )
        self.processes.append(process)
        return process

    def new_scheduler(self):
        """Start a scheduler, as ``dask scheduler`` does."""
        place = ["--host", self.host, "--port", str(self.port), "--no-dashboard"]
        process = self.run("distributed.cli.dask_scheduler", *place)
        eventually(self.answers, "a scheduler that answers")
        return process

    def answers(self):
        """Whether somebody listens at the scheduler's port."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def new_worker(self, **environment):
        """Start a worker, as ``dask worker`` does."""
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard"]
        return self.run("distributed.cli.dask_worker", self.address, *options, **environment)

    def close(self):
        """End what is left of it."""
        for process in self.processes:
            process.kill()
            process.wait()


def keep(results, seen):
    """Keep what comes before an error."""
    for result in results:
        seen.append(result)


def at_work(client):
    """List the processes of the workers that have a shard."""
    pids = client.run(os.getpid)
    return [pids[worker] for worker, tasks in client.processing().items() if tasks]


@pytest.fixture
def cluster(tmp_path):
    """A scheduler, still without workers."""
    cluster = Cluster(tmp_path / "log")
    yield cluster
    cluster.close()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The bytes of the certificate that the processes of this machine make."""
    out = tmp_path_factory.mktemp("undisturbed") / "sweep.json"
    assert main([*ARGUMENTS, "--out", str(out)]) == 0
    return out.read_bytes()


class Sweep:
    """A sweep in a process of its own, with its certificate and its standard error."""

    def __init__(self, folder, address, *, come_back=PATIENCE, word=0.2, error=None):
        self.out, self.said = folder / "sweep.json", folder / "said"
        where = ["--out", str(self.out), "--scheduler", address]
        code = COMMAND.format(come_back=come_back, word=word)
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(  # noqa: S603  our own command
                [sys.executable, "-c", code, *ARGUMENTS, *where],
                stderr=said if error is None else error,
                env={**os.environ, "COLUMNS": "200"},
            )

    def has_shards(self):
        """Wait until some are on the disk."""
        state = self.out.with_name("sweep.json.state")
        eventually(lambda: state.exists() and state.read_bytes().count(b"\n") >= 2, "a shard")
        assert self.process.poll() is None

    def says(self, text, times=1):
        """Wait until a text stands on its standard error."""
        eventually(lambda: self.said.read_text().count(text) >= times, text)

    def ends(self):
        """Wait for it; the exit status."""
        return self.process.wait(PATIENCE)


@pytest.fixture
def sweep(cluster, tmp_path):
    """Start a sweep on the cluster."""
    sweeps = []

    def start(**options):
        sweeps.append(Sweep(tmp_path, cluster.address, **options))
        return sweeps[-1]

    yield start
    for started in sweeps:
        started.process.kill()
        started.process.wait()


def test_a_cluster_makes_the_same_certificate(cluster, undisturbed, tmp_path):
    """Byte for byte that of the processes of one machine."""
    cluster.new_worker()
    cluster.new_worker()
    out = tmp_path / "sweep.json"
    assert main([*ARGUMENTS, "--out", str(out), "--scheduler", cluster.address]) == 0
    assert out.read_bytes() == undisturbed


def test_a_worker_killed_in_mid_shard_loses_nothing(cluster, sweep, undisturbed):
    """Another one does its shard."""
    first, _second = cluster.new_worker(), cluster.new_worker()
    with Client(cluster.address) as client:
        client.wait_for_workers(2, PATIENCE)
    started = sweep()
    started.has_shards()
    with Client(cluster.address) as client:
        eventually(lambda: first.pid in at_work(client), "a shard on the first worker")
        first.kill()
    assert started.ends() == 0
    assert started.out.read_bytes() == undisturbed


def test_a_scheduler_restart_loses_nothing(cluster, sweep, undisturbed):
    """The sweep waits until scheduler and workers are back, says so, and does what is left."""
    worker = cluster.new_worker()
    started = sweep()
    started.has_shards()
    cluster.scheduler.kill()
    cluster.scheduler.wait()
    worker.wait(PATIENCE)
    started.says(NO_SCHEDULER.format(cluster.address), times=2)
    cluster.new_scheduler()
    before = started.said.read_text().count("no worker")
    started.says(NO_WORKER.format(cluster.address), times=before + 2)
    cluster.new_worker()
    assert started.ends() == 0
    assert started.out.read_bytes() == undisturbed
    words = {line for line in started.said.read_text().splitlines(keepends=True) if line.strip()}
    expected = {text.format(cluster.address) for text in (NO_SCHEDULER, NO_WORKER)}
    assert {word for word in words if "left:" not in word} == expected


def test_a_scheduler_that_does_not_come_back_ends_it(cluster, sweep):
    """In one sentence, and what is done is kept."""
    cluster.new_worker()
    started = sweep(come_back=0)
    started.has_shards()
    cluster.scheduler.kill()
    assert started.ends() == 2
    said = started.said.read_text()
    assert f"no scheduler has answered at {cluster.address} for 0 seconds" in said
    assert "shards are done and kept" in said
    assert "Traceback" not in said


def test_no_worker_is_told_and_waited_for(cluster, sweep, undisturbed):
    """Again and again, until there is one."""
    started = sweep()
    started.says(NO_WORKER.format(cluster.address), times=3)
    cluster.new_worker()
    assert started.ends() == 0
    assert started.out.read_bytes() == undisturbed
    assert "distributed" not in started.said.read_text()


def test_the_wait_for_a_worker_ends_by_ctrl_c(sweep):
    """As any sweep does."""
    started = sweep()
    started.says("no worker")
    started.process.send_signal(signal.SIGINT)
    assert started.ends() == 130
    said = started.said.read_text()
    assert "Interrupted: 0 shards are done and kept" in said
    assert "Traceback" not in said


def test_ctrl_c_leaves_no_client_half_made(monkeypatch):
    """Dask's client ends in an error of its own where it is closed before it is whole."""
    made = []

    class Making:
        def __init__(self, *_address, **_options):
            made.append("begun")
            signal.raise_signal(signal.SIGINT)
            time.sleep(0.1)
            made.append("whole")

    async def answers(_address, _connection):
        return 1

    monkeypatch.setattr(cluster_module, "Client", Making)
    monkeypatch.setattr(cluster_module, "workers_at", answers)
    with pytest.raises(KeyboardInterrupt):
        cluster_module.reach("tcp://127.0.0.1:1")
    assert made == ["begun", "whole"]


def test_a_word_is_said_at_once_and_then_in_its_time(capsys, monkeypatch):
    """One for each lack, however often somebody looks; and anew after a worker was there."""
    address, workers, looks = "tcp://127.0.0.1:1", [0], []

    async def look(_address, _connection):
        looks.append(workers[0])
        return workers[0]

    def look_twenty_times(found):
        workers[0], before = found, len(looks)
        eventually(lambda: looks[before:].count(found) >= 20, "looks at the cluster")

    monkeypatch.setattr(watch, "workers_at", look)
    monkeypatch.setattr(watch, "SECONDS_BETWEEN_LOOKS", 0.001)
    monkeypatch.setattr(watch, "SECONDS_BETWEEN_WORDS", 1e9)
    with watch.watched(address):
        for found in (0, 1, 0):
            look_twenty_times(found)
        assert capsys.readouterr().err == 2 * NO_WORKER.format(address)
        monkeypatch.setattr(watch, "SECONDS_BETWEEN_WORDS", 0)
        look_twenty_times(0)
    assert capsys.readouterr().err.count(NO_WORKER.format(address)) >= 19


def test_the_bar_leaves_a_word_whole(cluster, sweep):
    """On a terminal, where it is drawn again and again."""
    ours, theirs = pty.openpty()
    started = sweep(error=theirs)
    os.close(theirs)
    shown = bytearray()

    def has_three_words():
        shown.extend(os.read(ours, 1 << 16))
        return shown.count(b"dask worker") >= 3

    eventually(has_three_words, "three words")
    started.process.kill()
    os.close(ours)
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode()).replace("\r", "\n")
    assert "million inputs/s" in plain
    assert plain.count("\n" + NO_WORKER.format(cluster.address)) >= 2


def test_whoever_calls_it_is_told_too(cluster, monkeypatch):
    """Not only a sweep."""
    monkeypatch.setattr(watch, "SECONDS_BETWEEN_LOOKS", 0.1)
    results = completed(abs, [-1, -2], cluster.address)
    heard = []
    monkeypatch.setattr(
        sys.stderr, "write", lambda text: heard.append(text) or cluster.new_worker()
    )
    assert sorted(results) == [1, 2]
    assert heard[0] == NO_WORKER.format(cluster.address)


def test_a_killed_client_goes_on_where_it_was(cluster, sweep, undisturbed):
    """The cluster drops its shards; --resume does those that are left, on the same cluster."""
    cluster.new_worker()
    started = sweep()
    started.has_shards()
    started.process.kill()
    started.process.wait()
    out = started.out
    assert not out.exists()
    assert main([*ARGUMENTS, "--out", str(out), "--resume", "--scheduler", cluster.address]) == 0
    assert out.read_bytes() == undisturbed


def test_a_worker_of_other_sources_is_refused(cluster, tmp_path, capsys):
    """Its results would be certified under a hash that is not theirs."""
    root = Path(reference.__file__).parent.parent
    for package in ("reference", "verification"):
        shutil.copytree(root / package, tmp_path / "other" / package)
    with (tmp_path / "other" / "reference" / "gelu.py").open("a") as file:
        file.write("# another version\n")
    cluster.new_worker(PYTHONPATH=str(tmp_path / "other"))
    out = tmp_path / "sweep.json"
    assert main([*ARGUMENTS, "--out", str(out), "--scheduler", cluster.address]) == 2
    assert "install the same version of halfulp" in capsys.readouterr().err
    assert not out.exists()


def test_a_worker_of_another_version_is_refused(cluster, tmp_path, capsys):
    """Before anything is sent to it."""
    package = tmp_path / "other" / "halfulp-0.0.1.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: halfulp\nVersion: 0.0.1\n")
    cluster.new_worker(PYTHONPATH=str(tmp_path / "other"))
    with Client(cluster.address) as client:
        client.wait_for_workers(1)
    out = tmp_path / "sweep.json"
    assert main([*ARGUMENTS, "--out", str(out), "--scheduler", cluster.address]) == 2
    assert "has 0.0.1: install it there" in capsys.readouterr().err
    assert not out.exists()


def test_a_task_that_ends_its_workers_does_not_stop_the_others(cluster):
    """Dask gives it up after a few workers; the others' results have come."""
    for _ in range(6):
        cluster.new_worker()
    with Client(cluster.address) as client:
        client.wait_for_workers(6)
    deadly = lambda n: n or os.kill(os.getpid(), signal.SIGKILL)  # noqa: E731  is sent by value
    seen = []
    with pytest.raises(WorkersLostError, match="several workers died over 0"):
        keep(completed(deadly, range(9), cluster.address), seen)
    assert sorted(seen) == list(range(1, 9))


NO_ADDRESSES = [
    "",
    "somewhere",
    "tcp://",
    "tcp://host",
    "tcp://:8786",
    "tcp://127.0.0.1:99999",
    "tcp://127.0.0.1:-1",
    "tcp://127.0.0.1:1x",
    "tcp://[::1",
    "tcp://tcp://host:8786",
    "http://x",
    "http://x:80",
    "foo://127.0.0.1:1",
    "ws://127.0.0.1:1",
    "ucx://127.0.0.1:1",
    "inproc://127.0.0.1/1/1",
]
NOBODY = ["tcp://a..b:1", "tcp://127.0.0.1:1", "127.0.0.1:1"]
COMMANDS = [ARGUMENTS, ["check", "numpy:numpy.tanh", "tanh", "--exhaustive"]]


@pytest.mark.parametrize("command", COMMANDS, ids=["sweep", "check"])
@pytest.mark.parametrize(
    ("address", "why"),
    [(address, "but got") for address in NO_ADDRESSES]
    + [(address, "none answers at") for address in NOBODY],
)
def test_an_address_without_a_scheduler_is_told_at_once(
    command, address, why, tmp_path, capsys, monkeypatch
):
    """Exit 2, one sentence, and no state that is in the way afterwards."""
    monkeypatch.setattr(scheduler_module, "SECONDS_TO_ANSWER", 1)
    monkeypatch.chdir(tmp_path)
    assert main([*command, "--scheduler", address]) == 2
    error = capsys.readouterr().err
    assert "expected the address of a Dask scheduler" in error
    assert f"{why} {address!r}" in error
    assert error.count("\n") == 1
    assert not list(tmp_path.rglob("*.state*"))


def refused(address, out, capsys):
    """What is said of an address where there is no scheduler for us."""
    assert main([*ARGUMENTS, "--out", str(out), "--scheduler", address]) == 2
    error = capsys.readouterr().err
    assert error.startswith("halfulp: --scheduler: expected ")
    assert error.count("\n") == 1
    return error


def test_somebody_who_is_no_scheduler_is_told(tmp_path, capsys, monkeypatch):
    """A port that takes the connection and says nothing."""
    monkeypatch.setattr(scheduler_module, "SECONDS_TO_ANSWER", 1)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        said = refused(address, tmp_path / "sweep.json", capsys)
    assert "none answers" in said


def test_a_worker_is_no_scheduler(cluster, tmp_path, capsys):
    """Though it speaks the same protocol."""
    cluster.new_worker()
    with Client(cluster.address) as client:
        client.wait_for_workers(1, PATIENCE)
        [address] = client.nthreads()
    assert "it is a Worker" in refused(address, tmp_path / "sweep.json", capsys)


def test_tls_needs_certificates(tmp_path, capsys):
    """Those of Dask's configuration: none, some that are not there, or none where they must be."""
    out = tmp_path / "sweep.json"
    assert "tls.ca-file" in refused("tls://127.0.0.1:1", out, capsys)
    nowhere = str(tmp_path / "nowhere")
    with dask.config.set(tls_settings(nowhere, nowhere)):
        assert "No such file" in refused("tls://127.0.0.1:1", out, capsys)
    with dask.config.set({"distributed.comm.require-encryption": True}):
        assert "expected tls://" in refused("tcp://127.0.0.1:1", out, capsys)


def tls_settings(certificate, key):
    """Dask's settings of a client and a worker."""
    tls = "distributed.comm.tls"
    roles = ("client", "worker", "scheduler")
    return {
        f"{tls}.ca-file": certificate,
        **{f"{tls}.{role}.cert": certificate for role in roles},
        **{f"{tls}.{role}.key": key for role in roles},
    }


@pytest.mark.skipif(OPENSSL is None, reason="there is no openssl to make a certificate")
def test_a_sweep_over_tls(tmp_path, capsys, undisturbed):
    """The same certificate; who does not speak TLS is told."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    new = f"req -x509 -newkey rsa:2048 -nodes -subj /CN=dask -keyout {key} -out {certificate}"
    subprocess.run([OPENSSL, *new.split()], check=True, capture_output=True)  # noqa: S603  ours
    settings = tls_settings(str(certificate), str(key))
    variables = {f"DASK_{k.replace('.', '__').replace('-', '_')}": v for k, v in settings.items()}
    cluster = Cluster(tmp_path / "log", "tls", **variables)
    try:
        cluster.new_worker()
        out = tmp_path / "sweep.json"
        plain = cluster.address.replace("tls", "tcp")
        assert "none answers" in refused(plain, out, capsys)
        with dask.config.set(settings):
            assert main([*ARGUMENTS, "--out", str(out), "--scheduler", cluster.address]) == 0
        assert out.read_bytes() == undisturbed
    finally:
        cluster.close()


@pytest.mark.parametrize("name", ["distributed", "distributed.client", "distributed.comm.core"])
def test_the_log_of_dask_is_not_shown(name):
    """It would stand among our words; afterwards it is as before."""
    code = f"""
import logging
from verification.work.scheduler import quiet
log = logging.getLogger({name!r})
with quiet():
    log.critical("hidden")
log.critical("shown")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert "hidden" not in done.stderr
    assert "shown" in done.stderr


@pytest.mark.parametrize("command", COMMANDS, ids=["sweep", "check"])
def test_without_dask_it_is_told_how_to_get_it(command, tmp_path, capsys, monkeypatch):
    """By the extra of ours that brings it."""
    monkeypatch.chdir(tmp_path)
    for name in ("cluster", "scheduler", "watch"):
        monkeypatch.delitem(sys.modules, f"verification.work.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main([*command, "--scheduler", "tcp://127.0.0.1:1"]) == 2
    error = capsys.readouterr().err
    assert "'distributed'" in error
    assert "[cluster]" in error


def test_a_quick_check_needs_no_cluster(capsys):
    """The option is refused, and not ignored."""
    assert main(["check", "numpy:numpy.tanh", "tanh", "--scheduler", "tcp://127.0.0.1:1"]) == 2
    assert "--exhaustive" in capsys.readouterr().err
