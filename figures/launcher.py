"""The ``halfulp`` command, once it is sure that Python finds our packages and not others.

It is installed as a module of its own, ``halfulp``, because a folder of the user's may be named as
one of our packages and stand before it on Python's path: then nothing in that package of ours can
say so.
"""

import os
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

# A file or folder that our package of the name has, and hardly another.
OURS = {"reference": "facts.json", "verification": "witnesses", "figures": "findings"}


def run() -> NoReturn:
    """Run the command as a process of its own."""
    try:
        refuse_others()
        from figures.command import run as run_ours  # noqa: PLC0415  after the check
    except OSError as error:
        _say(f"halfulp: expected to read its own files, but: {error.strerror}\n")
        sys.exit(2)
    run_ours()


def refuse_others() -> None:
    """Exit with status 2 and one sentence where a package of ours is hidden by another."""
    for name, mark in OURS.items():
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            continue
        found = Path(spec.origin).resolve()
        if not (found.parent / mark).exists():
            other = found.parent if found.name == "__init__.py" else found
            _say(
                f"halfulp: expected the package {name!r} of Halfulp, but {other} hides it: rename "
                "it, or take its folder off Python's path\n"
            )
            sys.exit(2)


def _say(sentence: str) -> None:
    """On standard error, if it can be written to; Python would keep it, and fail when it ends."""
    with suppress(OSError):
        os.write(2, sentence.encode(errors="backslashreplace"))
