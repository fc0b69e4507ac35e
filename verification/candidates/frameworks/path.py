"""Where a function lies: a module, and attributes, constant subscripts and calls behind it.

``torch.tanh``, ``my.kernels:gelu``, ``transformers.activations:ACT2FN["gelu_new"]``,
``my.layers:Gate(beta=1.7).forward``. It is read as Python's syntax; nothing is run here.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from verification.errors import UsageError

EXAMPLE = "torch:torch.nn.functional.gelu?approximate=tanh"


@dataclass(frozen=True)
class Attribute:
    """``.name``."""

    name: str


@dataclass(frozen=True)
class Item:
    """``[key]``."""

    key: Any


@dataclass(frozen=True)
class Call:
    """``(*arguments, **keywords)``."""

    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]


Step = Attribute | Item | Call


@dataclass(frozen=True)
class Path:
    """Names with dots between them, the first of which are those of a module, and further steps."""

    code: str
    names: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def is_of_a_class(self) -> bool:
        """Whether it ends in the name of a class, by the custom that these begin with capitals."""
        return not self.steps and self.names[-1][:1].isupper()


def parsed(text: str) -> Path:
    """The path that a text is, or UsageError."""
    module, colon, rest = text.partition(":")
    code = f"{module}.{rest}" if colon and '"' not in module and "'" not in module else text
    try:
        node = ast.parse(code, mode="eval").body
        steps: list[Step] = []
        while not isinstance(node, ast.Name):
            step, node = _step(node)
            steps.insert(0, step)
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        raise UsageError(
            "expected MODULE:FUNCTION with attributes, constant subscripts and calls with literal "
            f"arguments behind the module, such as my.layers:Gate(beta=1.7).forward, not {text!r}"
        ) from None
    dotted = list(takewhile(lambda step: isinstance(step, Attribute), steps))
    names = (node.id, *(step.name for step in dotted if isinstance(step, Attribute)))
    if len(names) == 1:
        raise UsageError(f"{text!r}: expected MODULE.FUNCTION behind the colon, such as {EXAMPLE}")
    return Path(code, names, tuple(steps[len(dotted) :]))


def _step(node: ast.expr) -> tuple[Step, ast.expr]:
    """The last step of an expression, and what is before it; ValueError for any other."""
    match node:
        case ast.Attribute(value=before, attr=name):
            return Attribute(name), before
        case ast.Subscript(value=before, slice=key):
            return Item(ast.literal_eval(key)), before
        case ast.Call(func=before, args=arguments, keywords=keywords):
            named = {str(word.arg): ast.literal_eval(word.value) for word in keywords if word.arg}
            if len(named) < len(keywords):
                raise ValueError("** is no literal")
            return Call(tuple(map(ast.literal_eval, arguments)), named), before
        case _:
            raise ValueError("no such step")
