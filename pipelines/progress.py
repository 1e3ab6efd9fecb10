"""How far a run is, and how long it will still take: weights per station, learned from the last run of the workspace.

Display only. Stations report through `pipelines.resources.step_guard`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import Progress, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeElapsedColumn
from rich.progress_bar import ProgressBar
from rich.text import Text

# Shares of a first run, before anything was learned here.
_FIRST = {"raw": 3.0, "standardise": 3.0, "link": 6.0, "child_files": 3.0, "findings": 3.0, "publish": 5.0}


@dataclass
class Estimate:
    """The expected seconds of every station, corrected by what the stations of this run took.

    Attributes:
        expected: station -> expected seconds, in the order of running.
        learned: whether the seconds come from an earlier run.
    """

    expected: dict[str, float]
    learned: bool
    taken: dict[str, float] = field(default_factory=dict)
    current: str = ""
    since: float = 0.0

    @classmethod
    def over(cls, stations: Sequence[str], before: Mapping[str, float]) -> Estimate:
        """An estimate over the stations of the graph, from the seconds of the run before where there are any."""
        expected = {name: before.get(name) or _FIRST.get(name.split("_")[0], 3.0) for name in stations}
        return cls(expected, learned=bool(before))

    def note(self, name: str, what: str, seconds: float) -> None:
        """What a station reported."""
        if what == "started":
            self.current, self.since = name, time.perf_counter()
        else:
            self.taken[name], self.current = seconds, ""

    def share(self) -> float:
        """How much of the work is done, 0 to 1."""
        whole = sum(self.expected.values()) or 1.0
        done = sum(self.expected.get(name, 0.0) for name in self.taken) + self._in_current()
        return min(1.0, done / whole)

    def _in_current(self) -> float:
        expected = self.expected.get(self.current, 0.0)
        return min(0.95 * expected, (time.perf_counter() - self.since) / self._pace()) if self.current else 0.0

    def _pace(self) -> float:
        """How much slower this run is than expected, from the stations that are done."""
        expected = sum(self.expected.get(name, 0.0) for name in self.taken)
        return max(0.01, sum(self.taken.values()) / expected) if expected > 0.5 else 1.0

    def left(self) -> float | None:
        """Seconds left, None while nothing is known yet."""
        if not self.learned and len(self.taken) < 2:
            return None
        return (1.0 - self.share()) * sum(self.expected.values()) * self._pace()


class _Left(ProgressColumn):
    """The seconds left, counted anew at every refresh, also within a long station."""

    def __init__(self, estimate: Estimate, words: Callable[[float | None], str]) -> None:
        super().__init__()
        self.estimate, self.words = estimate, words

    def render(self, _task: Task) -> Text:
        """The words for what is left now."""
        return Text(self.words(self.estimate.left()))


class _Bar(ProgressColumn):
    """The bar, which moves within a station too."""

    def __init__(self, estimate: Estimate) -> None:
        super().__init__()
        self.estimate = estimate

    def render(self, _task: Task) -> ProgressBar:
        """The bar as far as the estimate is."""
        return ProgressBar(total=1.0, completed=self.estimate.share(), width=40)


@dataclass
class Display:
    """Where progress is shown, and the words for a station and for the seconds left."""

    console: Console
    station: Callable[[str], str]
    left: Callable[[float | None], str]
    finished: Callable[[str, float], str]


@contextmanager
def shown(estimate: Estimate, display: Display) -> Iterator[Callable[[str, str, float], None]]:
    """Show a bar while the block runs (on a terminal), or a line per finished station; yields the observer."""
    if not display.console.is_terminal:
        yield _lines(estimate, display)
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), _Bar(estimate), TimeElapsedColumn())
    with Progress(*columns, _Left(estimate, display.left), console=display.console, transient=True) as progress:
        task = progress.add_task("", total=1.0)

        def observe(name: str, what: str, seconds: float) -> None:
            estimate.note(name, what, seconds)
            progress.update(task, description=display.station(name))

        yield observe


def _lines(estimate: Estimate, display: Display) -> Callable[[str, str, float], None]:
    def observe(name: str, what: str, seconds: float) -> None:
        estimate.note(name, what, seconds)
        if what == "finished":
            display.console.print(display.finished(name, seconds), style="dim")

    return observe
