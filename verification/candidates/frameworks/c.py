"""A function in a shared library, ``void f(const T *x, T *y, size_t n)``; value alone.

T is the format that is asked for: float for float32, and uint16_t holds the bits of bfloat16.
"""

import ctypes
from pathlib import Path

import numpy as np

from reference.arithmetic.types import Array
from verification.errors import UsageError

from .framework import File, Framework, Function, of_numpy


def find(path: str) -> Function:
    """The function that ``./library.so:name`` is, or UsageError."""
    file, _, name = path.rpartition(":")
    if not (file and name):
        raise UsageError(f"expected c:LIBRARY:FUNCTION, such as c:./kernels.so:gelu, not {path!r}")
    try:
        function = getattr(ctypes.CDLL(str(Path(file).absolute())), name)
    except OSError as error:
        raise UsageError(f"expected a shared library, but {file!r}: {error}") from None
    except AttributeError:
        raise UsageError(f"{file!r} has no function {name!r}") from None
    function.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]
    function.restype = None

    def value(x: Array) -> Array:
        x = np.require(x, requirements=["C", "A"])
        y = np.empty_like(x)
        function(x.ctypes.data, y.ctypes.data, x.size)
        return y

    return value


def _write(path: str, x: str) -> str:
    file, _, name = path.rpartition(":")
    pointers = ", ".join(f"ctypes.c_void_p({array}.ctypes.data)" for array in "xy")
    call = f"ctypes.CDLL({file!r}).{name}({pointers}, ctypes.c_size_t(x.size))"
    return f"x = {x}; y = numpy.empty_like(x); {call}; y"


C = Framework("c", of_numpy, "numpy.array([{}], '{{dtype}}')", file=File(find, _write))
