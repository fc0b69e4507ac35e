"""Functions found by their paths: modules are imported, classes instantiated, steps taken."""

import importlib
import inspect
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path as File
from typing import Any

from verification.candidates.text import said_by
from verification.errors import UsageError

from .framework import Framework, Function
from .known import FRAMEWORKS
from .path import Attribute, Call, Item, Path, Step


def require(framework: Framework, name: str) -> None:
    """Import the package of a framework; UsageError where it is not installed."""
    if not framework.package:
        return
    try:
        importlib.import_module(framework.package)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{framework.package}.".startswith(f"{error.name}."):
            raise
        raise UsageError(
            f"{name!r}: expected the package {framework.package!r}, but it is not installed: "
            f"python -m pip install {framework.distribution}"
        ) from None
    except ImportError as error:
        raise UsageError(
            f"{name!r}: expected the package {framework.package!r}, but it cannot be imported: "
            f"{said_by(error)}"
        ) from None


def function_at(path: Path, options: Mapping[str, Any], name: str) -> Function:
    """The function that a path leads to, with its options; a class is instantiated with them."""
    found = _found(path, name)
    if inspect.isclass(found):
        found = _taken(found, Call((), options), name)
    elif options and callable(found):
        found = partial(found, **options)
    if not callable(found):
        raise UsageError(f"{name!r}: expected a function of x, but {path.code} is none")
    function: Function = found
    return function


def _found(path: Path, name: str) -> Any:
    """Import the longest prefix that is a module, this folder's too, and look up the rest in it."""
    if str(File.cwd()) not in sys.path:
        sys.path.insert(0, str(File.cwd()))
    names = path.names
    for length in range(len(names) - 1, 0, -1):
        module_name = ".".join(names[:length])
        try:
            found: Any = importlib.import_module(module_name)
        except ModuleNotFoundError as error:
            if error.name and not f"{module_name}.".startswith(f"{error.name}."):
                raise
            continue
        for part in names[length:]:
            if not hasattr(found, part):
                rest = ".".join(names[length:])
                raise UsageError(f"{name!r}: {module_name} has no function {rest!r}")
            found = getattr(found, part)
        for step in path.steps:
            found = _taken(found, step, name)
        return found
    raise UsageError(
        f"{name!r}: no module {names[0]!r} is installed or in this folder, and it is no framework: "
        f"those are {', '.join(FRAMEWORKS)}"
    )


def _taken(found: Any, step: Step, name: str) -> Any:
    """What a step leads to, or UsageError."""
    try:
        match step:
            case Attribute(attribute):
                return getattr(found, attribute)
            case Item(key):
                return found[key]
            case Call(arguments, keywords):
                return found(*arguments, **keywords)
    except Exception as error:  # noqa: BLE001  it is a candidate's own class
        raise UsageError(f"{name!r} leads to no function: {said_by(error)}") from None
