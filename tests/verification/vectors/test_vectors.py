"""``halfulp vectors`` and ``halfulp judge``: by way of files the verdict is that of a check."""

import json
import os
import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from figures.command import main
from reference import gelu, gelu_tanh, relu, tanh
from reference.arithmetic.formats import FORMATS
from verification.errors import UsageError
from verification.examination.tried import inputs_of
from verification.examination.truth import Question
from verification.vectors.vectors import inputs, judge, read
from verification.verdict.check import check

COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def made(folder, activation="gelu", dtype="float32", *options):
    """Write vectors with answers; the folder."""
    out = ["--dtype", dtype, "-o", str(folder), "--answers", *options]
    assert main(["vectors", activation, *out]) == 0
    return folder


@pytest.fixture(scope="module", name="vectors")
def vectors_of_gelu(tmp_path_factory):
    """Make vectors of gelu in float32, which no test changes."""
    return made(tmp_path_factory.mktemp("vectors") / "gelu")


@pytest.fixture(name="altered")
def copy_of_vectors(vectors, tmp_path):
    """Copy them, to be changed."""
    return shutil.copytree(vectors, tmp_path / "copy")


def outputs_of(vectors, function, path):
    """Write what a function gives for the inputs."""
    x = np.fromfile(vectors / "inputs.bin", "<f4")
    path.write_bytes(np.asarray(function(x)).astype("<f4").tobytes())
    return path


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_the_answers_pass(tmp_path, activation, dtype, capsys):
    """Value and derivative, by the strictest judgement."""
    folder = made(tmp_path / "vectors", activation, dtype)
    files = [str(folder / "value.bin"), "--derivative", str(folder / "derivative.bin")]
    exact = ["--tolerance", "0.5", "--strict"]
    assert main(["judge", str(folder), *files, *exact]) == 0
    assert f"passed: value.bin as {activation} in {dtype}" in capsys.readouterr().out


@pytest.mark.parametrize("format_", FORMATS.values(), ids=FORMATS)
def test_the_inputs_are_those_of_a_check(format_):
    """All of them, each bit pattern once, and in float32 and float64 those of the differences."""
    asked = inputs_of(Question(tanh, "value", format_, 4.0)).view(format_.bits)
    written = inputs(tanh, format_).view(format_.bits)
    assert set(asked.tolist()) <= set(written.tolist())
    assert len(set(written.tolist())) == written.size
    if format_.dtype.itemsize == 2:
        assert set(asked.tolist()) == set(written.tolist())


def test_the_verdict_is_that_of_a_check(vectors, tmp_path):
    """The same findings, at the same inputs, with the same reason; but for the snippet."""
    value = outputs_of(vectors, gelu_tanh, tmp_path / "outputs.bin")
    slope = outputs_of(vectors, gelu.derivative, tmp_path / "slope.bin")
    told = judge(vectors, value, slope).symptoms
    live = check(gelu_tanh, "gelu", derivative=gelu.derivative).symptoms
    assert [(f.kind, f.subject, f.why) for f in told] == [(f.kind, f.subject, f.why) for f in live]
    assert "tanh form" in told[0].why
    assert "inconsistent" in {finding.kind for finding in told}
    x = np.fromfile(vectors / "inputs.bin", "<f4")
    assert np.float32(told[0].at) in x


@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        pytest.param(lambda x: np.where(x == 2, 1, tanh(x)), "not monotone", id="order"),
        pytest.param(lambda x: np.where(x == 2, 0.9, tanh(x)), "not symmetric", id="symmetry"),
        pytest.param(lambda x: tanh(x) * np.float32(1.5), "out of bounds", id="range"),
        pytest.param(lambda x: np.where(x == 3, np.nan, tanh(x)), "nan", id="NaN"),
    ],
)
def test_laws_are_judged(tmp_path, broken, kind):
    """Though the function cannot be called."""
    folder = made(tmp_path / "vectors", "tanh")
    verdict = judge(folder, outputs_of(folder, broken, tmp_path / "outputs.bin"))
    assert kind in {finding.kind for finding in verdict.symptoms}


def test_what_is_not_judged_is_said(vectors):
    """Behaviour, of which files say nothing."""
    verdict = judge(vectors, vectors / "value.bin")
    assert "input written" in verdict.not_judged
    assert "besides computing is not judged" in str(verdict)


def test_all_is_as_the_manifest_says(vectors):
    """Count and hashes."""
    manifest = json.loads((vectors / "manifest.json").read_text())
    files = {path.name: path.read_bytes() for path in vectors.iterdir()}
    del files["manifest.json"]
    assert manifest["files"] == {name: sha256(data).hexdigest() for name, data in files.items()}
    assert manifest["count"] * 4 == len(files["inputs.bin"])
    assert manifest["activation"] == "gelu"
    assert manifest["dtype"] == "float32"
    assert manifest["byte order"] == "little"
    assert manifest.pop("sha256") == own_sum(manifest)


def test_the_table_has_the_bits_of_the_files(vectors):
    """In hex."""
    names = ("inputs.bin", "value.bin", "derivative.bin")
    header, *lines = (vectors / "answers.csv").read_text().splitlines()
    assert header == "x,value,derivative"
    table = np.array([[int(bits, 16) for bits in line.split(",")] for line in lines], np.uint32)
    columns = [np.fromfile(vectors / name, "<u4") for name in names]
    assert np.array_equal(table, np.stack(columns, axis=1))


def test_the_same_vectors_are_the_same_bytes(vectors, tmp_path):
    """At another time, in another folder."""
    again = made(tmp_path / "again")
    assert {path.name: path.read_bytes() for path in again.iterdir()} == {
        path.name: path.read_bytes() for path in vectors.iterdir()
    }


def test_without_answers_there_are_none(tmp_path):
    """Three files."""
    assert main(["vectors", "relu", "-o", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        "inputs.bin",
        "manifest.json",
        "README.md",
    }


def test_a_folder_with_files_is_refused(tmp_path, capsys):
    """And left as it was."""
    (tmp_path / "mine").write_text("kept")
    assert main(["vectors", "relu", "-o", str(tmp_path)]) == 2
    assert "holds other files" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_file_in_place_of_the_folder_is_refused(tmp_path, capsys):
    """In one sentence."""
    (tmp_path / "mine").write_text("kept")
    assert main(["vectors", "relu", "-o", str(tmp_path / "mine")]) == 2
    assert main(["vectors", "relu", "-o", str(tmp_path / "mine" / "below")]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert (tmp_path / "mine").read_text() == "kept"


def test_a_folder_that_cannot_be_read_is_refused(tmp_path, monkeypatch, capsys):
    """By the word of the system."""

    def denied(_folder):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", denied)
    assert main(["vectors", "relu", "-o", str(tmp_path)]) == 2
    assert f"{tmp_path}: Permission denied" in capsys.readouterr().err


def test_all_is_on_the_disk_when_it_is_told(tmp_path, monkeypatch):
    """Each file, and last the folder."""
    synced = []
    known = os.fsync

    def sync(descriptor):
        synced.append(os.fstat(descriptor).st_ino)
        known(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    folder = tmp_path / "new"
    assert main(["vectors", "relu", "--dtype", "float16", "--out", str(folder)]) == 0
    assert set(synced) == {path.stat().st_ino for path in (folder, *folder.iterdir())}
    assert synced[-1] == folder.stat().st_ino


def test_what_is_written_halfway_is_removed(tmp_path, monkeypatch):
    """The disk may be full."""

    def full(path, *arguments, **options):
        if path.name == "README.md":
            raise OSError(28, "No space left on device")
        return original(path, *arguments, **options)

    original = Path.open
    monkeypatch.setattr(Path, "open", full)
    assert main(["vectors", "relu", "-o", str(tmp_path / "new")]) == 2
    assert list((tmp_path / "new").iterdir()) == []


def damage(name, change):
    """Change the bytes of a file."""

    def damaged(folder):
        (folder / name).write_bytes(change((folder / name).read_bytes()))

    return damaged


def own_sum(manifest):
    """The SHA-256 of a manifest that has none yet."""
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def rewrite(change, *, sealed=True):
    """Change the manifest, and its sum with it if it is to be sealed again."""

    def rewritten(folder):
        manifest = json.loads((folder / "manifest.json").read_text())
        stated = manifest.pop("sha256")
        change(manifest)
        manifest["sha256"] = own_sum(manifest) if sealed else stated
        (folder / "manifest.json").write_text(json.dumps(manifest))

    return rewritten


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(damage("inputs.bin", lambda b: b[:-1]), "altered", id="truncated"),
        pytest.param(damage("inputs.bin", lambda b: b[:8] + b"x" + b[9:]), "altered", id="byte"),
        pytest.param(damage("README.md", lambda b: b + b" "), "altered", id="README"),
        pytest.param(damage("value.bin", lambda _: b""), "altered", id="emptied"),
        pytest.param(damage("manifest.json", lambda b: b[:99]), "truncated", id="half"),
        pytest.param(damage("manifest.json", lambda _: b"\x80\x04N."), "something", id="pickle"),
        pytest.param(damage("manifest.json", lambda _: b"[1, 2]"), "something", id="list"),
        pytest.param(
            damage("manifest.json", lambda _: b"[" * 100_000), "something else", id="nested"
        ),
        pytest.param(
            damage("manifest.json", lambda b: b[:-3] + b',"a":' + b'{"a":' * 100_000),
            "something else",
            id="nested within",
        ),
        pytest.param(
            damage("manifest.json", lambda b: b.replace(b'"count": ', b'"count": ' + b"9" * 5000)),
            "something else",
            id="digits",
        ),
        pytest.param(rewrite(lambda m: m.update(kind="other")), "something else", id="kind"),
        pytest.param(lambda f: (f / "README.md").unlink(), "cannot be read", id="missing"),
        pytest.param(lambda f: (f / "manifest.json").unlink(), "a manifest at", id="no manifest"),
    ],
)
def test_what_is_not_as_it_was_written_is_refused(altered, change, said):
    """In one sentence, whichever file it is."""
    change(altered)
    with pytest.raises(UsageError, match=said):
        read(altered)


def test_a_manifest_in_another_layout_is_the_same(altered):
    """Its sum is of what it says."""
    before = (altered / "manifest.json").read_bytes()
    rewrite(lambda _: None, sealed=False)(altered)
    assert (altered / "manifest.json").read_bytes() != before
    assert read(altered).activation is gelu


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda m: m.update(activation="tanh"), id="activation"),
        pytest.param(lambda m: m.update(parameters={"alpha": 1.0}), id="parameters"),
        pytest.param(lambda m: m.update(dtype="float16"), id="dtype"),
        pytest.param(lambda m: m["files"].update({"inputs.bin": "0"}), id="hash"),
        pytest.param(lambda m: m["files"].pop("value.bin"), id="file"),
        pytest.param(lambda m: m["versions"].update(numpy="0"), id="versions"),
        pytest.param(lambda m: m.pop("count"), id="key"),
        pytest.param(lambda m: m.update(note="mine"), id="another key"),
    ],
)
def test_a_slip_in_the_manifest_is_refused(altered, change):
    """Outputs are judged as the function that the inputs were written for, and as no other."""
    rewrite(change, sealed=False)(altered)
    with pytest.raises(UsageError, match=r"manifest\.json as it was written, but it was"):
        read(altered)


def test_a_slip_is_refused_where_all_have_the_same_inputs(tmp_path):
    """In a 16-bit format, where those of any other activation fit."""
    folder = made(tmp_path / "vectors", "relu", "float16")
    rewrite(lambda m: m.update(activation="tanh"), sealed=False)(folder)
    with pytest.raises(UsageError, match="altered"):
        judge(folder, folder / "value.bin")


def test_a_manifest_without_a_sum_is_refused(altered):
    """Nobody knows what it was."""
    manifest = json.loads((altered / "manifest.json").read_text())
    del manifest["sha256"]
    (altered / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(UsageError, match="altered"):
        read(altered)


FIELDS = {
    "version": [2, 4, 3.0, "3", None, True],
    "activation": ["other", "", 1, None, ["gelu"], {}],
    "parameters": [[], None, "", {"alpha": 1.0}],
    "dtype": ["int8", "<f4", 4, None, ["float32"]],
    "byte order": ["big", "Little", None, 1],
    "count": ["2", None, 2.0, True, -1, 0],
    "files": [[], None, {}, {"inputs.bin": 0}, {"../../other": "0", "inputs.bin": "0"}],
    "versions": [None, [], {}, {"halfulp": 1}],
}


@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key, values in FIELDS.items() for value in values]
)
def test_what_the_manifest_says_is_obeyed_or_refused(altered, key, value, capsys):
    """Though its sum fits: it is of another version, or somebody wrote it."""
    rewrite(lambda m: m.update({key: value}))(altered)
    assert main(["judge", str(altered), str(altered / "value.bin")]) == 2
    error = capsys.readouterr().err
    assert error.startswith("halfulp: expected ")
    assert error.count("\n") == 1
    assert repr(value) in error or key in {"count", "parameters"}


@pytest.mark.parametrize(
    "slope", ["0.2", True, None, [0.2], 1, float("inf"), float("nan")], ids=repr
)
def test_parameters_are_finite_numbers(tmp_path, slope):
    """As they were written, not what can be made into one."""
    folder = made(tmp_path / "vectors", "leaky_relu", "float16")
    rewrite(lambda m: m["parameters"].update(negative_slope=slope))(folder)
    with pytest.raises(UsageError, match=r"finite numbers by name|something else"):
        read(folder)


@pytest.mark.parametrize("parameters", [{}, {"negative_slope": 0.2, "alpha": 1.0}])
def test_parameters_are_those_of_the_activation(tmp_path, parameters):
    """None is missing, and none too many."""
    folder = made(tmp_path / "vectors", "leaky_relu", "float16")
    rewrite(lambda m: m.update(parameters=parameters))(folder)
    with pytest.raises(UsageError, match="expected the parameters of leaky_relu"):
        read(folder)


def test_fewer_inputs_are_not_enough(altered):
    """Though inputs and manifest fit each other."""
    data = (altered / "inputs.bin").read_bytes()[:400]
    (altered / "inputs.bin").write_bytes(data)
    digest = sha256(data).hexdigest()
    rewrite(lambda m: (m["files"].update({"inputs.bin": digest}), m.update(count=100)))(altered)
    with pytest.raises(UsageError, match=r"inputs of this version .* the 100 of"):
        read(altered)


def test_inputs_of_another_activation_are_refused(altered):
    """Though the manifest is whole."""
    rewrite(lambda m: m.update(activation="silu"))(altered)
    with pytest.raises(UsageError, match="inputs of this version of Halfulp"):
        read(altered)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(lambda b: b[:-4], "truncated", id="shorter"),
        pytest.param(lambda b: b + b"\0", "truncated or something else", id="longer"),
        pytest.param(lambda _: b"", "holds 0 bytes", id="empty"),
        pytest.param(lambda b: b * 2, "truncated or something else", id="float64"),
    ],
)
def test_outputs_of_another_size_are_refused(vectors, tmp_path, capsys, data, said):
    """With both sizes; exit 2, and so for the derivative."""
    outputs = tmp_path / "outputs.bin"
    outputs.write_bytes(data((vectors / "value.bin").read_bytes()))
    assert main(["judge", str(vectors), str(outputs)]) == 2
    right = str(vectors / "value.bin")
    assert main(["judge", str(vectors), right, "--derivative", str(outputs)]) == 2
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 2
    assert all(said in error for error in errors)


def test_what_has_no_end_is_not_read(vectors, altered, tmp_path, capsys):
    """A device, a pipe that nobody writes to, a folder, and a file without measure."""
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(1 << 40)
    (altered / "value.bin").unlink()
    (altered / "value.bin").symlink_to("/dev/zero")
    right = str(vectors / "value.bin")
    for outputs in ("/dev/zero", str(tmp_path / "pipe"), str(tmp_path)):
        assert main(["judge", str(vectors), outputs]) == 2
        assert f"outputs at {outputs}, but it is no regular file" in capsys.readouterr().err
    assert main(["judge", str(altered), right]) == 2
    assert "value.bin, but it is no regular file" in capsys.readouterr().err
    assert main(["judge", str(vectors), str(tmp_path / "huge")]) == 2
    assert f"it has {1 << 40} bytes" in capsys.readouterr().err


def test_a_pickle_is_not_loaded(vectors, tmp_path, capsys):
    """A file of NumPy's own format is refused for its size."""
    np.save(tmp_path / "outputs.npy", np.array([print], object), allow_pickle=True)
    assert main(["judge", str(vectors), str(tmp_path / "outputs.npy")]) == 2
    assert "raw float32 results" in capsys.readouterr().err


def test_no_outputs_are_refused(vectors, tmp_path, capsys):
    """A file that is not there."""
    assert main(["judge", str(vectors), str(tmp_path / "nothing")]) == 2
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.skipif(COMPILER is None, reason="there is no C compiler")
def test_the_readme_in_the_folder_is_enough(tmp_path):
    """Its program, with a function in the marked place, gives outputs that pass."""
    folder = made(tmp_path / "vectors", "relu")
    text = (folder / "README.md").read_text()
    [program] = re.findall(r"^```c\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    [lines] = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    mine = program.replace("return x; /* your function */", "return x < 0 ? 0 : x;")
    assert mine != program
    (folder / "filter.c").write_text(mine)
    for line in lines.splitlines():
        command = line.replace("cc ", f"{COMPILER} ", 1) if line.startswith("cc ") else line
        subprocess.run(command, shell=True, check=True, cwd=folder)  # noqa: S602  our own README
    assert judge(folder, folder / "outputs.bin")
    x = np.fromfile(folder / "inputs.bin", "<f4")
    assert np.array_equal(np.fromfile(folder / "outputs.bin", "<f4"), relu(x), equal_nan=True)
    rows = re.findall(r"^\| (\d+) \| ([0-9a-f ]+) \| (\S+) \|$", text, re.MULTILINE)
    assert len(rows) == 4
    for number, data, shown in rows:
        assert x[int(number)].tobytes() == bytes.fromhex(data)
        assert x[int(number)] == np.float32(shown)
