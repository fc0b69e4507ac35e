"""What a framework is: how its functions are called, here and by its user."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reference.arithmetic.formats import FORMATS

Function = Callable[..., Any]
Write = Callable[..., str]


@dataclass(frozen=True)
class Library:
    """A framework that is loaded: what makes functions of NumPy arrays of its functions.

    ``call`` takes a function of any number of its arrays. ``product`` takes one likewise, and makes
    its vector-Jacobian product: a function of those arrays and upstream, which gives a tuple of
    gradients, one for each of the former, and zeros where the function does not depend on one.
    ``second`` takes a function of one array, and makes the derivative of its derivative. Where it
    ``compiles``, a function's first call takes longer than others.
    """

    call: Callable[[Function], Function]
    product: Callable[[Function], Function] | None = None
    second: Callable[[Function], Function] | None = None
    compiles: bool = False


def of_numpy(_device: str | None) -> Library:
    """Functions that take NumPy arrays as they are."""
    return Library(lambda function: function)


@dataclass(frozen=True)
class File:
    """Functions that lie in a file, which is no module: how one is found, and called in a line."""

    find: Callable[[str], Function]
    write: Callable[..., str]


@dataclass(frozen=True)
class Gradient:
    """A gradient that a line shows: of a call with these arrays, in one of them, times upstream.

    ``element`` is what picks one out of a packed gradient, as "[0]".
    """

    call: Write
    arrays: tuple[str, ...]
    upstream: str
    which: int = 0
    element: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """What the arrays are called."""
        return ("x", "y")[: len(self.arrays)]

    @property
    def called(self) -> str:
        """The call with arrays of these names."""
        return self.call(*self.names)

    @property
    def function(self) -> str:
        """It as a function of them."""
        return f"lambda {', '.join(self.names)}: {self.called}"


def written(call: Write, *arrays: str) -> str:
    """A call as its user writes it."""
    return call(*arrays)


@dataclass(frozen=True)
class Framework:
    """How to call the functions of a framework, and how its user would.

    ``load`` takes a device, None for the framework's own choice. ``array`` is the template of an
    array of one number, and of what it has behind its dtype to lie on a device, which is ``on``.
    ``value``, ``product`` and ``second`` write a line of code: they take what writes a call of the
    function, and arrays: of the last x and a 1. Where there is a ``product`` or a ``second``, there
    is one in the loaded library.
    ``package`` has to be importable, and pip installs it as ``distribution``. Names that begin with
    one of the ``homes`` are of this framework.
    """

    name: str
    load: Callable[[str | None], Library]
    array: str
    value: Callable[..., str] = written
    product: Callable[[Gradient], str] | None = None
    second: Callable[[Write, str, str], str] | None = None
    before_float64: str = ""
    has_devices: bool = False
    on: str = ""
    package: str = ""
    distribution: str = ""
    homes: tuple[str, ...] = ()
    formats: tuple[str, ...] = tuple(FORMATS)
    file: File | None = None
