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

from pipelines.resources.step_guard import FINISHED, STARTED, Observer

# Shares of a first run, before anything was learned here.
_FIRST = {"raw": 3.0, "standardise": 3.0, "link": 6.0, "child_files": 3.0, "findings": 3.0, "publish": 5.0}


@dataclass
class TimeEstimate:
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
    def over(cls, stations: Sequence[str], before: Mapping[str, float]) -> TimeEstimate:
        """An estimate over the stations of the graph, from the seconds of the run before where there are any."""
        expected = {name: before.get(name) or _FIRST.get(name.split("_")[0], 3.0) for name in stations}
        return cls(expected, learned=bool(before))

    def note(self, name: str, state: str, seconds: float) -> None:
        """What a station reported."""
        if state == STARTED:
            self.current, self.since = name, time.perf_counter()
        else:
            self.taken[name], self.current = seconds, ""

    def share(self) -> float:
        """How much of the work is done, 0 to 1."""
        whole = sum(self.expected.values()) or 1.0
        done = sum(self.expected.get(name, 0.0) for name in self.taken)
        if self.current:
            # A station that takes longer than expected stops just short of its end, so that the bar never runs backwards.
            expected = self.expected.get(self.current, 0.0)
            done += min(0.95 * expected, (time.perf_counter() - self.since) / self._pace())
        return min(1.0, done / whole)

    def _pace(self) -> float:
        """How much slower this run is than expected, from the stations that are done."""
        expected = sum(self.expected.get(name, 0.0) for name in self.taken)
        # The first stations are over in tenths of a second and say nothing of the machine.
        return max(0.01, sum(self.taken.values()) / expected) if expected > 0.5 else 1.0

    def left(self) -> float | None:
        """Seconds left, None while nothing is known yet."""
        if not self.learned and len(self.taken) < 2:
            return None
        return (1.0 - self.share()) * sum(self.expected.values()) * self._pace()


class _Left(ProgressColumn):
    """The seconds left, counted anew at every refresh, also within a long station."""

    def __init__(self, estimate: TimeEstimate, words: Callable[[float | None], str]) -> None:
        super().__init__()
        self.estimate, self.words = estimate, words

    def render(self, _task: Task) -> Text:
        """The words for what is left now."""
        return Text(self.words(self.estimate.left()))


class _Bar(ProgressColumn):
    """The bar, which moves within a station too."""

    def __init__(self, estimate: TimeEstimate) -> None:
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
def shown(estimate: TimeEstimate, display: Display) -> Iterator[Observer]:
    """Show a bar while the block runs (on a terminal), or a line per finished station; yields the observer."""
    if not display.console.is_terminal:

        def print_line(name: str, state: str, seconds: float) -> None:
            estimate.note(name, state, seconds)
            if state == FINISHED:
                display.console.print(display.finished(name, seconds), style="dim")

        yield print_line
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), _Bar(estimate), TimeElapsedColumn())
    with Progress(*columns, _Left(estimate, display.left), console=display.console, transient=True) as progress:
        task = progress.add_task("", total=1.0)

        def move_bar(name: str, state: str, seconds: float) -> None:
            estimate.note(name, state, seconds)
            progress.update(task, description=display.station(name))

        yield move_bar
