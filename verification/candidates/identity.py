"""Which candidate it is: its names, and the files that they lead to, without loading any."""

import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from .implementation import Implementation
from .isolation import Named

# What is no part of the path of a file, or of a module, in a name or in a command.
BETWEEN = re.compile(r"[\s:?&='\"()\[\]]+")
SUFFIXES = (".py", ".so", ".pyd")


def identity_of(origin: Callable[[], Implementation]) -> dict[str, Any]:
    """The names of a candidate, with all that is said of it, and hashes of its files.

    Those are the module that each name begins with, and the files that it, or a command, names; not
    what these load in turn.
    """
    said: Any = origin.candidate.to_message() if isinstance(origin, Named) else None
    if isinstance(origin, partial):
        said = {"command": [one for one in origin.args if isinstance(one, str)]}
    texts = list(_texts(said))
    files = {path for text in texts for word in BETWEEN.split(text) for path in _files_of(word)}
    return {"said": said, "files": {str(path): _hash_of(path) for path in sorted(files)}}


def _texts(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict):
        for one in said.values():
            yield from _texts(one)
    elif isinstance(said, list | tuple):
        for one in said:
            yield from _texts(one)


def _files_of(word: str) -> Iterator[Path]:
    """The file that a word is, and those of the modules that it begins with."""
    if word and Path(word).is_file():
        yield Path(word)
    for folder in {Path.cwd(), *map(Path, sys.path)}:
        place = folder
        for name in word.split("."):
            if not name.isidentifier():
                break
            place /= name
            yield from (path for path in _modules_at(place) if path.is_file())


def _modules_at(place: Path) -> Iterator[Path]:
    yield place / "__init__.py"
    yield from (place.with_name(place.name + suffix) for suffix in SUFFIXES)


def _hash_of(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
