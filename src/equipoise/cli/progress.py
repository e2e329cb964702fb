"""Progress for what takes over a second: a rich bar on a terminal, nothing elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class Report(Protocol):
    """What a room calls: which stage, how far, of how many."""

    def __call__(self, stage: str, done: int, total: int, /) -> None:
        """Stage `stage` has done `done` of `total`."""


@contextmanager
def progress_bar(console: Console) -> Iterator[Report]:
    """A callback that draws one bar a stage while the block runs; quiet when the console is no terminal."""
    columns = TextColumn("{task.description:<34}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=False, disable=not console.is_terminal) as bars:
        tasks: dict[str, int] = {}

        def report(stage: str, done: int, total: int, /) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(bars.task_ids[tasks[stage]], completed=done, total=total)

        yield report
