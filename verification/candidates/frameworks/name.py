"""A name taken apart: whose function it is, where it lies, and with which options it is called.

``framework:module.path:function``, with keyword arguments behind a question mark. The framework is
the one in front of the first colon; of a name without one, that which ``--framework`` says; else
that of the package, if it is known (``transformers`` is PyTorch's). Of any other package nobody can
tell before it is imported: the object tells, and so no derivative is judged but one that is named.
"""

from ast import literal_eval
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from verification.errors import UsageError

from .framework import Framework, Function
from .known import FRAMEWORKS, HOMES
from .loading import function_at, require
from .path import EXAMPLE, Path, parsed


@dataclass(frozen=True)
class Name:
    """What a name says; ``framework`` is None where only the object will tell.

    ``path`` is one of Python's, or the name of a file with what stands in it.
    """

    name: str
    framework: Framework | None
    path: Path | str
    options: Mapping[str, Any] = field(default_factory=dict)

    def function(self) -> Function:
        """Import and find it, or UsageError."""
        if self.framework is not None:
            require(self.framework, self.name)
            if self.framework.file is not None:
                return self.framework.file.find(str(self.path))
        assert isinstance(self.path, Path)  # noqa: S101  else there is a file
        return function_at(self.path, self.options, self.name)

    def call(self, *arguments: str) -> str:
        """A line that calls it, as far as the name tells whether it is a class."""
        options = [f"{key}={value!r}" for key, value in self.options.items()]
        if not isinstance(self.path, Path):
            assert self.framework is not None  # noqa: S101  files have one
            assert self.framework.file is not None  # noqa: S101  likewise
            return self.framework.file.write(self.path, *arguments)
        if self.path.is_of_a_class:
            return f"{self.path.code}({', '.join(options)})({', '.join(arguments)})"
        return f"{self.path.code}({', '.join([*arguments, *options])})"


def taken_apart(
    name: str, framework: str | None = None, otherwise: Framework | None = None
) -> Name:
    """What a name says, or UsageError; ``framework`` is for one that does not begin with it.

    Where the package does not tell either, it is of another one, if that is given.
    """
    prefix, colon, rest = name.partition(":")
    if not (colon and prefix in FRAMEWORKS):
        prefix, rest = "", name
    if framework is not None and framework not in FRAMEWORKS:
        raise UsageError(f"no framework {framework!r}; expected {', '.join(FRAMEWORKS)}")
    text, _, query = rest.partition("?")
    if not text:
        raise UsageError(
            f"expected FRAMEWORK:FUNCTION with a framework among {', '.join(FRAMEWORKS)}, such as "
            f"{EXAMPLE!r}, but got {name!r}"
        )
    options = dict(map(_option, query.split("&"))) if query else {}
    known = FRAMEWORKS.get(prefix or framework or "")
    if known is None and otherwise is not None and otherwise.file is not None:
        known = otherwise
    if known is not None and known.file is not None:
        if options:
            raise UsageError(f"{name!r}: a function in a file has no options")
        return Name(name, known, text)
    path = parsed(text)
    return Name(name, known or HOMES.get(path.names[0]) or otherwise, path, options)


def _option(text: str) -> tuple[str, Any]:
    key, separator, value = text.partition("=")
    if not (key and separator):
        raise UsageError(f"expected options as key=value&key=value, but got {text!r}")
    try:
        return key, literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return key, value
