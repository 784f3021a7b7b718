"""Live progress: bars on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

PLAIN_SECONDS = 10.0
"""Between two plain lines of one stage."""
PLAIN_WIDTH = 120
"""Columns where there is no terminal to ask."""


def open_console(*, stderr: bool = False) -> Console:
    """Standard output or error, as wide as the terminal or, where there is none, as a table needs."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, width=None if stream.isatty() else PLAIN_WIDTH)


class Stage:
    """One counted piece of work on show."""

    def __init__(self, telemetry: "Telemetry", title: str, total: int, task: TaskID | None) -> None:
        """Made by `Telemetry.stage`."""
        self._telemetry = telemetry
        self._title = title
        self._total = total
        self._task = task
        self._started = self._spoke = time.monotonic()

    def update(self, done: int, text: str = "", *, total: int | None = None) -> None:
        """Show that `done` of the total are done, with a few words."""
        self._total = self._total if total is None else total
        if self._task is not None:
            self._telemetry.bars.update(self._task, completed=done, total=self._total, text=text)
            return
        now = time.monotonic()
        if now - self._spoke >= PLAIN_SECONDS or done >= self._total:
            self._spoke = now
            self._telemetry.say(f"{self._title}: {done}/{self._total} {text} ({now - self._started:.0f} s)")


class Telemetry:
    """Everything a long command shows while it works; goes to stderr so that stdout stays for results."""

    def __init__(self, console: Console | None = None) -> None:
        """Show on `console`, else on stderr."""
        self.console = console or open_console(stderr=True)
        self.bars = Progress(
            TextColumn("{task.description}", justify="left"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[text]}", style="dim"),
            console=self.console,
        )

    def __enter__(self) -> Self:
        """Start drawing."""
        if self.console.is_terminal:
            self.bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop drawing."""
        if self.console.is_terminal:
            self.bars.stop()

    def say(self, text: str) -> None:
        """One line."""
        self.console.print(text, highlight=False, markup=False, soft_wrap=True)

    @contextmanager
    def stage(self, title: str, total: int, *, done: int = 0) -> Iterator[Stage]:
        """Show a piece of work of `total` parts while the block runs."""
        task: TaskID | None = None
        if self.console.is_terminal:
            task = self.bars.add_task(title, total=total, completed=done, text="")
        yield Stage(self, title, total, task)
        if task is not None:
            self.bars.stop_task(task)
