"""A function of a shared library, called where it is."""

import shutil
import subprocess

import numpy as np
import pytest

from figures.command import main
from verification.candidates.frameworks import implementation

COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
SOURCE = """
#include <math.h>
#include <stddef.h>
void my_tanh(const float *x, float *y, size_t n) {
    for (size_t i = 0; i < n; ++i) y[i] = (float)tanh(x[i]);
}
void in_double(const double *x, double *y, size_t n) {
    for (size_t i = 0; i < n; ++i) y[i] = tanh(x[i]);
}
void wrong(const float *x, float *y, size_t n) {
    for (size_t i = 0; i < n; ++i) y[i] = x[i] > 3 ? 1.0f : tanhf(x[i]);
}
void forgets_the_last(const float *x, float *y, size_t n) {
    for (size_t i = 0; i + 1 < n; ++i) y[i] = (float)tanh(x[i]);
}
void crashes(const float *x, float *y, size_t n) {
    for (size_t i = 0; i < n; ++i) y[i] = x[i] == 1.5f ? *(volatile char *)0 : (float)tanh(x[i]);
}
"""

pytestmark = pytest.mark.skipif(COMPILER is None, reason="there is no C compiler")


@pytest.fixture(autouse=True)
def library(tmp_path, monkeypatch):
    """The current folder, with a library in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kernels.c").write_text(SOURCE)
    command = [COMPILER, "-O2", "-shared", "-fPIC", "-o", "libkernels.so", "kernels.c", "-lm"]
    subprocess.run(command, check=True)  # noqa: S603  our own program


@pytest.mark.parametrize(
    ("function", "dtype", "status", "said"),
    [
        ("my_tanh", "f32", 0, "passed"),
        ("in_double", "f64", 0, "passed"),
        ("wrong", "f32", 1, "value is less accurate"),
        ("forgets_the_last", "f32", 1, "at: x = "),
        ("crashes", "f32", 1, "killed by SIGSEGV"),
    ],
)
def test_a_function_is_judged(function, dtype, status, said, capsys):
    """In the format that it takes."""
    assert main(["check", f"c:./libkernels.so:{function}", "tanh", "--dtype", dtype]) == status
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("c:./libkernels.so", "c:LIBRARY:FUNCTION"),
        ("c:./libkernels.so:my_tan", "has no function 'my_tan'"),
        ("c:./nothing.so:f", "expected a shared library"),
        ("c:./libkernels.so:my_tanh?a=1", "has no options"),
    ],
)
def test_a_name_that_is_none_is_refused(name, said, capsys):
    """In a sentence."""
    assert main(["check", name, "tanh"]) == 2
    assert said in capsys.readouterr().err


def test_any_array_is_taken():
    """Of any shape and layout; the line that shows a finding gives the same."""
    function = implementation("c:./libkernels.so:my_tanh")
    x = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    for array in (x, x.T, x[::2, ::-1], x[0, 0, 0], x[:0]):
        assert np.array_equal(function.forward(array), np.tanh(array.astype(float)).astype("f4"))
    line = function.call.replace("{x}", "0.5").replace("{dtype}", "float32")
    *statements, last = line.split("; ")
    names = {"ctypes": __import__("ctypes"), "numpy": np}
    exec("; ".join(statements), names)  # noqa: S102  our own text
    assert names[last] == np.float32(np.tanh(0.5))
