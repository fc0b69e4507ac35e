"""A section of the results: a heading, a table, a sentence or two."""

from dataclasses import dataclass
from math import exp, fsum, log


@dataclass(frozen=True)
class Section:
    """One workload a row; the last sentence is made of the same figures."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    says: str = ""

    def markdown(self) -> str:
        """Return it as Markdown."""
        lines = [self.columns, ("---",) * len(self.columns), *self.rows]
        table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
        return "\n\n".join(part for part in (f"## {self.title}", table, self.says) if part)


def geometric_mean(numbers: list[float]) -> float:
    """The mean for ratios."""
    return exp(fsum(map(log, numbers)) / len(numbers))


def nanoseconds(seconds: float, elements: int) -> str:
    """A time an element."""
    return f"{seconds / elements * 1e9:.2f}"
