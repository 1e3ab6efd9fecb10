"""The series of measurements (`series.csv`), so that a change for the worse shows before somebody else feels it.

A measurement is noted where it is taken (`note`), collected by `run.py`, compared with the last entry and with the best one of a machine
alike, and written down with `--record`. Of the machine only cores and memory are kept: names of machines and people are nobody's business.

Belongs here: keeping and comparing figures. Does not belong here: taking them.
"""

from __future__ import annotations

import csv
import datetime
import json
import os
import subprocess
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

FOLDER = Path(__file__).resolve().parent
SERIES, LIMITS = FOLDER / "series.csv", FOLDER / "series.yaml"
SERIES_ASIDE = ":(top,exclude)benchmarks/series.csv"  # two recordings in a row are of one and the same code
NOTES = "TONGBI_BENCH_NOTES"
"""Names the file in which the processes of one run note what they measured; unset: nobody collects."""


@dataclass(frozen=True)
class Entry:
    """One figure: what was measured, in which unit, when, of which commit, on how many cores with how much memory."""

    date: str
    commit: str
    machine: str
    measure: str
    value: float
    unit: str


class Limit(BaseModel):
    """How far figures of a unit may get worse before it is said, as a share of the figure they are compared with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    worse: Literal["larger", "smaller"]
    share: float = Field(gt=0)


@dataclass(frozen=True)
class Change:
    """A figure beside the last one and the best one of machines alike; shares above 0 mean a larger figure."""

    entry: Entry
    last: Entry
    best: Entry
    limit: Limit

    @property
    def to_last(self) -> float:
        """Share by which the figure is larger than the last one."""
        return self.entry.value / self.last.value - 1

    @property
    def to_best(self) -> float:
        """Share by which the figure is larger than the best one."""
        return self.entry.value / self.best.value - 1

    @property
    def is_worse(self) -> bool:
        """Whether it is worse than the last or the best by more than its unit allows; the best shows what creeps."""
        sign = 1 if self.limit.worse == "larger" else -1
        return max(sign * self.to_last, sign * self.to_best) > self.limit.share


def load_limits(path: Path = LIMITS) -> dict[str, Limit]:
    """The units that the series knows.

    Raises:
        pydantic.ValidationError: a unit is not stated whole.
    """
    return {unit: Limit(**stated) for unit, stated in yaml.safe_load(path.read_text(encoding="utf-8")).items()}


def note(measure: str, value: float, unit: str) -> None:
    """Hand a figure to the run that started this process; without one nothing happens."""
    if NOTES in os.environ:
        with Path(os.environ[NOTES]).open("a", encoding="utf-8") as file:
            file.write(json.dumps([measure, value, unit], ensure_ascii=False) + "\n")


def collect(notes: Path) -> list[Entry]:
    """What was noted, as entries of today, of the commit that stands here and of this machine's size."""
    today, commit, machine = datetime.date.today().isoformat(), standing_commit(), machine_words()
    lines = notes.read_text(encoding="utf-8").splitlines() if notes.exists() else []
    return [Entry(today, commit, machine, *json.loads(line)) for line in lines]


def standing_commit() -> str:
    """The commit that is checked out, with `+` where files differ from it; empty outside a repository."""

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=FOLDER, capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else ""

    try:
        return git("rev-parse", "--short=7", "HEAD") + (
            "+" if git("status", "--porcelain", "--", ":/", SERIES_ASIDE) else ""
        )
    except OSError:  # no git here
        return ""


def machine_words() -> str:
    """Cores that may be used and memory in GiB, nothing else."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB"


def are_alike(machine: str, other: str) -> bool:
    """Whether figures of two machines may be compared: equal, or equal as far as the shorter says (earlier entries state cores only)."""
    return all(a == b for a, b in zip(machine.split(", "), other.split(", "), strict=False))


def read(path: Path = SERIES) -> list[Entry]:
    """The series, oldest first."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Entry(row["date"], row["commit"], row["machine"], row["measure"], float(row["value"]), row["unit"])
            for row in csv.DictReader(file)
        ]


def append(entries: list[Entry], path: Path = SERIES) -> None:
    """Write entries at the end of the series."""
    begins = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [column.name for column in fields(Entry)], lineterminator="\n")
        if begins:
            writer.writeheader()
        writer.writerows(asdict(entry) | {"value": f"{entry.value:.6g}"} for entry in entries)


def changes(entries: list[Entry], series: list[Entry], limits: dict[str, Limit]) -> list[Change]:
    """Each new figure beside the last and the best of its measure on machines alike; those measured for the first time are left out.

    Raises:
        KeyError: a unit without a limit.
    """
    compared = []
    for entry in entries:
        limit = limits[entry.unit]
        earlier = [
            before
            for before in series
            if (before.measure, before.unit) == (entry.measure, entry.unit) and are_alike(before.machine, entry.machine)
        ]
        if earlier:
            best = min if limit.worse == "larger" else max
            compared.append(Change(entry, earlier[-1], best(earlier, key=lambda before: before.value), limit))
    return compared


def table(entries: list[Entry], compared: list[Change]) -> str:
    """The figures as Markdown, with the change to the last and to the best entry, and below it what got worse than its unit allows."""
    beside = {id(change.entry): change for change in compared}
    lines = ["| measure | now | last | change | best | change |", "|---|---|---|---|---|---|"]
    for entry in entries:
        change = beside.get(id(entry))
        columns = (
            f"{change.last.value:g} ({change.last.date}) | {change.to_last:+.1%} | {change.best.value:g} ({change.best.date}) | {change.to_best:+.1%}"
            if change
            else "first | | |"
        )
        lines.append(f"| {entry.measure} | {entry.value:.5g} {entry.unit} | {columns} |")
    worse = [change for change in compared if change.is_worse]
    lines += [""] + [
        f"WORSE: {change.entry.measure}, {change.entry.value:.5g} {change.entry.unit} against {change.last.value:g} and at best {change.best.value:g}; "
        f"{change.limit.share:.2%} is allowed (benchmarks/series.yaml)"
        for change in worse
    ]
    return "\n".join(lines if worse else [*lines, "Nothing got worse by more than benchmarks/series.yaml allows."])
