"""A sweep on a Dask cluster of real processes on this machine, and what may happen to it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from distributed import Client

import reference
from figures.command import main
from verification.errors import WorkersLostError
from verification.work import cluster as cluster_module
from verification.work.processes import completed

ARGUMENTS = ["sweep", "relu", "silu", "--dtype", "float16"]
COMMAND = "from figures.command import run; run()"
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

    def __init__(self, log):
        self.log = log
        self.port = free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.processes = []
        self.scheduler = self.new_scheduler()

    def run(self, *arguments, **environment):
        """Start a process of Dask."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603  Dask's own commands
                [sys.executable, "-m", *arguments],
                stderr=log,
                cwd=self.log.parent,
                env={**os.environ, **environment},
            )
        self.processes.append(process)
        return process

    def new_scheduler(self):
        """Start a scheduler, as ``dask scheduler`` does."""
        place = ["--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard"]
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


@pytest.fixture
def sweep(cluster, tmp_path):
    """Start a sweep on the cluster in a process of its own, and wait for its first shard."""
    processes = []

    def start(*options):
        out = tmp_path / "sweep.json"
        where = ["--out", str(out), "--scheduler", cluster.address]
        process = subprocess.Popen(  # noqa: S603  our own command
            [sys.executable, "-c", COMMAND, *ARGUMENTS, *where, *options],
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        state = tmp_path / "sweep.json.state"
        eventually(lambda: state.exists() and state.read_bytes().count(b"\n") >= 2, "a shard")
        assert process.poll() is None
        return process, out

    yield start
    for process in processes:
        process.kill()
        process.communicate()


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
    process, out = sweep()
    with Client(cluster.address) as client:
        eventually(lambda: first.pid in at_work(client), "a shard on the first worker")
        first.kill()
    assert process.wait(PATIENCE) == 0
    assert out.read_bytes() == undisturbed


def test_a_scheduler_restart_loses_nothing(cluster, sweep, undisturbed):
    """The sweep waits until scheduler and workers are back, and goes on with what is left."""
    worker = cluster.new_worker()
    process, out = sweep()
    cluster.scheduler.kill()
    cluster.scheduler.wait()
    worker.wait(PATIENCE)
    cluster.new_scheduler()
    cluster.new_worker()
    assert process.wait(PATIENCE) == 0
    assert out.read_bytes() == undisturbed


def test_a_killed_client_goes_on_where_it_was(cluster, sweep, undisturbed):
    """The cluster drops its shards; --resume does those that are left, on the same cluster."""
    cluster.new_worker()
    process, out = sweep()
    process.kill()
    process.wait()
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


ADDRESSES = ["tcp://127.0.0.1:1", "somewhere", "tcp://", "foo://127.0.0.1:1"]
COMMANDS = [ARGUMENTS, ["check", "numpy:numpy.tanh", "tanh", "--exhaustive"]]


@pytest.mark.parametrize("command", COMMANDS, ids=["sweep", "check"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_without_a_scheduler_is_told_at_once(
    command, address, tmp_path, capsys, monkeypatch
):
    """Exit 2, one sentence, and no state that is in the way afterwards."""
    monkeypatch.setattr(cluster_module, "SECONDS_TO_ANSWER", 1)
    monkeypatch.chdir(tmp_path)
    assert main([*command, "--scheduler", address]) == 2
    assert "expected the address of a Dask scheduler" in capsys.readouterr().err
    assert not list(tmp_path.rglob("*.state*"))


def test_somebody_who_is_no_scheduler_is_told(tmp_path, capsys, monkeypatch):
    """A port that takes the connection and says nothing."""
    monkeypatch.setattr(cluster_module, "SECONDS_TO_ANSWER", 1)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        out = str(tmp_path / "sweep.json")
        assert main([*ARGUMENTS, "--out", out, "--scheduler", address]) == 2
    assert "expected the address of a Dask scheduler" in capsys.readouterr().err


def test_a_quick_check_needs_no_cluster(capsys):
    """The option is refused, and not ignored."""
    assert main(["check", "numpy:numpy.tanh", "tanh", "--scheduler", "tcp://127.0.0.1:1"]) == 2
    assert "--exhaustive" in capsys.readouterr().err
