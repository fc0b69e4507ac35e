"""A bar on standard error: the inputs done, the rate and the time left."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{(task.speed or 0) / 1e6:.1f} million inputs/s")


@contextmanager
def progress(label: str, total: int, done: int = 0) -> Iterator[Callable[[int], None]]:
    """Show how far ``total`` inputs are done; what it gives is called with each few more."""
    columns = (
        TextColumn("{task.percentage:>5.1f} %"),
        BarColumn(),
        _Rate(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), speed_estimate_period=120) as bar:
        task = bar.add_task(label, total=total, completed=done)
        yield lambda inputs: bar.advance(task, inputs)
