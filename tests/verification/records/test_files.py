"""Files are written whole, onto the disk, and through nothing that the user has not named."""

import errno
import os
import secrets
import stat
import subprocess
import sys

import pytest

from verification.errors import UsageError
from verification.records import files
from verification.records.files import no_empty_folders, prepare, write_new, write_whole

LONG = "n" * 300
# The kernel lengthens no file beyond this many bytes: as if the disk were full.
ROOM = 100
NO_ROOM = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({ROOM}, {ROOM}))"


def write_without_room(path, content):
    """Write in a process for which the disk is full; what it says."""
    code = (
        f"{NO_ROOM}\nfrom pathlib import Path; from verification.records.files import write_whole\n"
        f"write_whole(Path({str(path)!r}), {content!r})"
    )
    done = subprocess.run(  # noqa: S603  our own code
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    return done.stderr.splitlines()[-1]


def log_of_calls(monkeypatch):
    """A list that grows by what is done with the disk, in its order."""
    log = []
    for name in ("fsync", "replace", "rename"):
        known = getattr(os, name)

        def call(*arguments, name=name, known=known):
            what = arguments[0]
            is_folder = isinstance(what, int) and stat.S_ISDIR(os.fstat(what).st_mode)
            log.append(f"{name} folder" if is_folder else name)
            return known(*arguments)

        monkeypatch.setattr(os, name, call)
    return log


def test_a_file_is_on_the_disk_before_it_replaces_another(tmp_path, monkeypatch):
    """And its name, before anything else is done."""
    log = log_of_calls(monkeypatch)
    write_whole(tmp_path / "x.json", "text")
    assert log == ["fsync", "replace", "fsync folder"]
    assert (tmp_path / "x.json").read_text() == "text"
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]


def test_what_lies_beside_the_target_is_left_alone(tmp_path):
    """Links and files under any name that could be foreseen."""
    victim = tmp_path / "victim"
    victim.write_text("kept")
    (tmp_path / "x.json.part").symlink_to(victim)
    write_whole(tmp_path / "x.json", "text")
    assert victim.read_text() == "kept"
    assert (tmp_path / "x.json.part").is_symlink()


def test_even_a_name_that_was_foreseen_is_not_written_through(tmp_path, monkeypatch):
    """A link in the place of the new file is refused, and stays."""
    monkeypatch.setattr(secrets, "token_hex", lambda _: "foreseen")
    (tmp_path / "victim").write_text("kept")
    (tmp_path / ".foreseen.part").symlink_to("victim")
    with pytest.raises(UsageError, match="File exists"):
        write_whole(tmp_path / "x.json", "text")
    assert (tmp_path / "victim").read_text() == "kept"
    assert (tmp_path / ".foreseen.part").is_symlink()


@pytest.mark.parametrize("link", [False, True])
def test_a_full_disk_leaves_the_old_content(tmp_path, link):
    """In a file, and in one that a link leads to; the error says so."""
    old = tmp_path / "old.json"
    old.write_text("old")
    path = tmp_path / "link.json" if link else old
    if link:
        path.symlink_to(old)
    said = write_without_room(path, "x" * (ROOM + 1))
    assert "File too large; what was there is kept" in said
    assert old.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1 + link


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_failure_before_the_end_leaves_the_old_content(tmp_path, monkeypatch, failing):
    """Of the disk, or of the folder."""

    def fail(*_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    path = tmp_path / "x.json"
    path.write_text("old")
    monkeypatch.setattr(os, failing, fail)
    with pytest.raises(UsageError, match=r"error; what was there is kept"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]


def test_an_interrupt_leaves_the_old_content(tmp_path, monkeypatch):
    """Ctrl-C while the disk is waited for."""

    def interrupt(_):
        raise KeyboardInterrupt

    path = tmp_path / "x.json"
    path.write_text("old")
    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, "new")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_permissions_are_those_of_the_old_file_or_of_the_umask(tmp_path):
    """A new one is as readable as any file that the user makes."""
    old = os.umask(0o027)
    try:
        write_whole(tmp_path / "new", "text")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
    (tmp_path / "new").chmod(0o604)
    write_whole(tmp_path / "new", "text")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o604


def test_what_a_link_leads_to_is_overwritten_in_its_place(tmp_path):
    """The longer old content is gone, other names of the file show the new one."""
    (tmp_path / "target").write_text("a longer text")
    (tmp_path / "other").hardlink_to(tmp_path / "target")
    (tmp_path / "link").symlink_to("target")
    write_whole(tmp_path / "link", "short")
    assert (tmp_path / "other").read_text() == "short"
    assert (tmp_path / "link").is_symlink()


def test_a_link_to_nothing_makes_the_file(tmp_path):
    """Where there is a folder for it."""
    (tmp_path / "link").symlink_to("target")
    prepare(tmp_path / "link")
    assert not (tmp_path / "target").exists()
    write_whole(tmp_path / "link", "text")
    assert (tmp_path / "target").read_text() == "text"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        pytest.param(lambda path: path.symlink_to("missing/target"), "No such file", id="dangling"),
        pytest.param(lambda path: path.symlink_to(path), "Too many levels", id="circle"),
        pytest.param(lambda path: path.symlink_to(path.parent), "Is a directory", id="to a folder"),
        pytest.param(lambda path: path.mkdir(), "it is a folder", id="folder"),
        pytest.param(os.mkfifo, "nobody reads this pipe", id="pipe"),
    ],
)
def test_what_cannot_be_written_is_refused_before_the_work(tmp_path, make, reason):
    """And no new file comes of it."""
    make(tmp_path / "out")
    with pytest.raises(UsageError, match=reason):
        prepare(tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", [LONG, f"{LONG}/x"])
def test_a_name_that_is_too_long_is_refused(tmp_path, name):
    """In one sentence, wherever it is looked at."""
    with (
        no_empty_folders(tmp_path / name),
        pytest.raises(UsageError, match="File name too long"),
    ):
        prepare(tmp_path / name)
    with pytest.raises(UsageError, match="File name too long"):
        write_whole(tmp_path / name, "text")


def test_the_longest_name_can_be_written(tmp_path):
    """What is written beside it has a name of its own length."""
    write_whole(tmp_path / ("n" * 255), "text")
    assert (tmp_path / ("n" * 255)).read_text() == "text"


def test_the_reader_of_a_pipe_waits_for_the_work(tmp_path):
    """Its examination is not the end of what comes."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with subprocess.Popen(["cat", path], stdout=subprocess.PIPE, text=True) as reader:  # noqa: S603, S607
        while True:
            try:
                prepare(path)
                break
            except UsageError:
                assert reader.poll() is None
        prepare(path)
        write_whole(path, "text")
        assert reader.communicate()[0] == "text"
    assert path.is_fifo()
    assert files.PIPES == {}


def test_a_pipe_whose_reader_went_is_one_sentence(tmp_path):
    """It went while the work was done."""
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    prepare(tmp_path / "pipe")
    os.close(reader)
    with pytest.raises(UsageError, match="Broken pipe"):
        write_whole(tmp_path / "pipe", "text")


def test_a_new_file_replaces_nothing(tmp_path):
    """It is written where nothing is."""
    (tmp_path / "x").write_text("kept")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "x", b"new")
    assert (tmp_path / "x").read_text() == "kept"
