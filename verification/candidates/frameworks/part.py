"""A part of a candidate: one function, and what is known of it before it is found."""

from collections.abc import Mapping
from typing import Any, Protocol

from .framework import Framework, Function


class Part(Protocol):
    """One function: its framework, where that is known, how it is called, and where it is found."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def framework(self) -> Framework | None:
        """Whose arrays it takes; None if only the function itself tells."""

    @property
    def options(self) -> Mapping[str, Any]:
        """The keyword arguments that are added to each call."""

    def call(self, *arguments: str) -> str:
        """A line that calls it."""

    def function(self) -> Function:
        """The function itself, or UsageError."""


Parts = Mapping[str, Part]
