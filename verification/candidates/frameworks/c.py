"""A function in a shared library, ``void f(const T *x, T *y, size_t n)``; value alone.

T is the format that is asked for: float for float32, and uint16_t holds the bits of bfloat16. One
of two inputs takes both before its result: ``void f(const T *x, const T *y, T *out, size_t n)``.
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
    function.restype = None

    def value(*arrays: Array) -> Array:
        arrays = tuple(np.require(array, requirements=["C", "A"]) for array in arrays)
        result = np.empty_like(arrays[0])
        pointers = (ctypes.c_void_p(array.ctypes.data) for array in (*arrays, result))
        function(*pointers, ctypes.c_size_t(result.size))
        return result

    return value


def _write(path: str, *arrays: str) -> str:
    file, _, name = path.rpartition(":")
    names = ("x", "y") if len(arrays) == 1 else ("x", "y", "out")
    given = "".join(f"{name} = {array}; " for name, array in zip(names, arrays, strict=False))
    pointers = ", ".join(f"ctypes.c_void_p({name}.ctypes.data)" for name in names)
    call = f"ctypes.CDLL({file!r}).{name}({pointers}, ctypes.c_size_t(x.size))"
    return f"{given}{names[-1]} = numpy.empty_like(x); {call}; {names[-1]}"


C = Framework("c", of_numpy, "numpy.array([{}], '{{dtype}}')", file=File(find, _write))
