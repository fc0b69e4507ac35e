"""What a framework is: how its functions are called, here and by its user."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reference.arithmetic.formats import FORMATS

Function = Callable[..., Any]
Write = Callable[[str], str]


@dataclass(frozen=True)
class Library:
    """A framework that is loaded: what makes functions of NumPy arrays of its functions.

    ``call`` takes a function of any number of its arrays. ``product`` takes one of a single array,
    and makes its vector-Jacobian product, a function of (x, upstream).
    """

    call: Callable[[Function], Function]
    product: Callable[[Function], Function] | None = None


def of_numpy(_device: str | None) -> Library:
    """Functions that take NumPy arrays as they are."""
    return Library(lambda function: function)


@dataclass(frozen=True)
class File:
    """Functions that lie in a file, which is no module: how one is found, and called in a line."""

    find: Callable[[str], Function]
    write: Callable[[str, str], str]


@dataclass(frozen=True)
class Framework:
    """How to call the functions of a framework, and how its user would.

    ``load`` takes a device, None for the framework's own choice. ``array`` is the template of an
    array of one number, and of what it has behind its dtype to lie on a device, which is ``on``.
    ``value`` and ``product`` write a line of code: they take what writes a call of the function,
    and the arrays x and upstream. Where there is a ``product``, there is one in the loaded library.
    ``package`` has to be importable, and pip installs it as ``distribution``. Names that begin with
    one of the ``homes`` are of this framework.
    """

    name: str
    load: Callable[[str | None], Library]
    array: str
    value: Callable[[Write, str], str] = lambda call, x: call(x)
    product: Callable[[Write, str, str], str] | None = None
    before_float64: str = ""
    has_devices: bool = False
    on: str = ""
    package: str = ""
    distribution: str = ""
    homes: tuple[str, ...] = ()
    formats: tuple[str, ...] = tuple(FORMATS)
    file: File | None = None
