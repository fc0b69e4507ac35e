"""A row of the table: a kind of fault, how many were injected, and how many did no harm."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

# Yields, for each fault, what did not hold; nothing if all that has to did.
Injection = Callable[[Path, "Choice"], Iterator[str]]


@dataclass(frozen=True)
class Choice:
    """Which of many faults are injected: all, or ``few`` of them."""

    few: int | None = None

    def of(self, faults: Sequence[T]) -> Sequence[T]:
        """The faults, or as many as wanted, evenly spread."""
        if self.few is None or len(faults) <= self.few:
            return faults
        return [faults[(2 * i + 1) * len(faults) // (2 * self.few)] for i in range(self.few)]

    def times(self, number: int) -> range:
        """A number of repetitions, or fewer."""
        return range(number if self.few is None else min(number, self.few))


@dataclass(frozen=True)
class Row:
    """What was injected, what has to hold, and what came of it."""

    fault: str
    holds: str
    injected: int
    failures: tuple[str, ...]

    @property
    def markdown(self) -> str:
        """A line of the table."""
        return f"| {self.fault} | {self.holds} | {self.injected} | {self.harmless} |"

    @classmethod
    def from_markdown(cls, line: str) -> "Row":
        """The row that a line of the table is; what did not hold is not in it."""
        fault, holds, *counts = (part.strip() for part in line.strip("|\n ").split("|"))
        injected, harmless = map(int, counts)
        return cls(fault, holds, injected, ("",) * (injected - harmless))

    @property
    def harmless(self) -> int:
        """How many did no harm."""
        return self.injected - len(self.failures)


def injected(injection: Injection, folder: Path, choice: Choice) -> Row:
    """Inject faults of a kind; its docstring says which, and what has to hold."""
    _, _, holds = (injection.__doc__ or "").partition("\n\n")
    folder.mkdir()
    outcomes = []
    try:
        outcomes.extend(injection(folder, choice))
    except Exception as error:  # noqa: BLE001  such as a command that does not end
        outcomes.append(f"{type(error).__name__}: {error}")
    holds = " ".join(holds.split()).rstrip(".")
    return Row(fault_of(injection), holds, len(outcomes), tuple(filter(None, outcomes)))


def fault_of(injection: Injection) -> str:
    """What a kind of injection injects, by its docstring."""
    return (injection.__doc__ or "").partition("\n")[0].rstrip(".")
