"""One disturbance of one county at one stage, run and judged; counties and undisturbed runs are made once for all of them.

Belongs here: which run follows which, and what is kept for the next case. Does not belong here: files, running, judging.
"""

from __future__ import annotations

import pickle
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.disturbed import counties
from benchmarks.disturbed.counties import CountyPlan, inbox_of
from benchmarks.disturbed.disturbances import (
    DISTURBANCES,
    FIRST,
    SECOND,
    STAGES,
    DisturbanceContext,
    NotApplicableError,
)
from benchmarks.disturbed.figures import CaseFigures, RunComparison
from benchmarks.disturbed.running import Seen, apart, run_period
from demo_county.scoring import true_lines


@dataclass(frozen=True)
class DisturbedCase:
    """A county, a disturbance, when it happens, and which of its draws it is."""

    plan: CountyPlan
    disturbance: str
    stage: str
    draw: int = 0

    def rng(self) -> np.random.Generator:
        """All chance of the disturbance: the same case is the same disturbance."""
        return np.random.default_rng(
            [self.plan.seed, zlib.crc32(self.disturbance.encode()), STAGES.index(self.stage), self.draw]
        )

    @property
    def period(self) -> str:
        """The period that is disturbed: the first, else the last."""
        return self.plan.periods[0 if self.stage == FIRST else -1]


@dataclass(frozen=True)
class CaseResult:
    """What came of a case: what was done, how the run ended, the figures, seconds of disturbing and running."""

    case: DisturbedCase
    done: str
    outcome: str
    figures: CaseFigures
    notices: dict[str, int]
    questions: tuple[str, ...]
    seconds: float

    def row(self) -> dict[str, Any]:
        """As it is kept: everything that repeats the case, and counts."""
        plan = self.case.plan
        return {
            "kind": plan.kind,
            "children": plan.children,
            "seed": plan.seed,
            "periods": list(plan.periods),
            "disturbance": self.case.disturbance,
            "stage": self.case.stage,
            "draw": self.case.draw,
            "done": self.done,
            "outcome": self.outcome,
            "notices": self.notices,
            "questions": list(self.questions),
            "seconds": round(self.seconds, 1),
            **self.figures.row(),
        }


@dataclass(frozen=True)
class Quarter:
    """An undisturbed period: whose, and what was seen."""

    plan: CountyPlan
    period: str
    seen: Seen


@dataclass
class Bench:
    """Runs cases below a folder; what is there already is not made again."""

    folder: Path
    _seen: dict[Path, Seen] = field(default_factory=dict)

    def judged(self, case: DisturbedCase) -> CaseResult | None:
        """Run a case; None where the county has nothing to be disturbed so."""
        undisturbed, start = self.undisturbed(case.plan, case.period), self._start(case)
        county, other, began = self.county(case.plan), self.other_county(case), time.perf_counter()
        # Never twice in one place: the audit knows a workspace by where it lies, and refuses another database there.
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            root = shutil.copytree(start, Path(folder) / "workspace")
            counties.deliver(county, root, case.period)
            try:
                done = apart(disturb, root, county, case, other)
            except NotApplicableError:
                return None
            disturbed, true = run_period(root, case.period), true_lines(root / "truth" / case.period)
        figures = RunComparison(true, self._open_before(case), undisturbed, disturbed).figures()
        seconds = time.perf_counter() - began
        return CaseResult(case, done, disturbed.outcome, figures, disturbed.notices, disturbed.questions, seconds)

    def quarters(self, plan: CountyPlan) -> Iterator[Quarter]:
        """The undisturbed periods of a county, one after the other."""
        for period in plan.periods:
            yield Quarter(plan, period, self.undisturbed(plan, period))

    def county(self, plan: CountyPlan) -> Path:
        """The county's folder with its undisturbed deliveries."""
        return self._made(self.folder / "counties" / plan.name, counties.make_county, plan)

    def other_county(self, case: DisturbedCase) -> Path | None:
        """The other county's folder, made for the cases that need it only."""
        if case.disturbance != "second_county":
            return None
        return self._made(self.folder / "counties" / f"{case.plan.name}-other", counties.make_other_county, case.plan)

    def undisturbed(self, plan: CountyPlan, period: str) -> Seen:
        """What a period of the undisturbed county shows."""
        path = self._workspace(plan, period).with_suffix(".seen")
        if path not in self._seen:
            # A file of our own, written below.
            self._seen[path] = pickle.loads(path.read_bytes())
        return self._seen[path]

    def forget(self, plan: CountyPlan) -> None:
        """Remove a county and its workspaces."""
        for part in ("counties", "workspaces"):
            for path in (self.folder / part).glob(f"{plan.name}*"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _workspace(self, plan: CountyPlan, period: str) -> Path:
        """A workspace in which the undisturbed county's periods have run up to this one."""
        root = self.folder / "workspaces" / f"{plan.name}-{period}"
        if not root.with_suffix(".seen").exists():
            shutil.rmtree(root, ignore_errors=True)
            place = plan.periods.index(period)
            if place:
                shutil.copytree(self._workspace(plan, plan.periods[place - 1]), root)
            else:
                apart(counties.new_workspace, self.county(plan), root)
            counties.deliver(self.county(plan), root, period)
            seen = run_period(root, period)
            root.with_suffix(".seen").write_bytes(pickle.dumps(seen))
        return root

    def _start(self, case: DisturbedCase) -> Path:
        """The workspace before the case's run."""
        periods = case.plan.periods
        if case.stage == FIRST:
            root = self.folder / "workspaces" / f"{case.plan.name}-empty"
            if not root.exists():
                apart(counties.new_workspace, self.county(case.plan), root)
            return root
        return self._workspace(case.plan, periods[-2] if case.stage == SECOND else periods[-1])

    def _open_before(self, case: DisturbedCase) -> frozenset[str]:
        periods = case.plan.periods
        if case.stage == FIRST:
            return frozenset()
        return self.undisturbed(case.plan, periods[-2] if case.stage == SECOND else periods[-1]).open

    @staticmethod
    def _made(folder: Path, make: Any, plan: CountyPlan) -> Path:
        if not folder.exists():
            aside = folder.with_name(f"{folder.name}.part")
            shutil.rmtree(aside, ignore_errors=True)
            apart(make, plan, aside)
            aside.rename(folder)
        return folder


def disturb(root: Path, county: Path, case: DisturbedCase, other: Path | None) -> str:
    """Disturb the delivery that lies in a workspace.

    Raises:
        NotApplicableError: there is nothing to be disturbed so.
    """
    place = case.plan.periods.index(case.period)

    def other_county() -> Any:
        assert other is not None
        return inbox_of(other, case.period)

    before = inbox_of(county, case.plan.periods[place - 1]) if place else None
    occasion = DisturbanceContext(case.rng(), before, other_county)
    return DISTURBANCES[case.disturbance].act(inbox_of(root, case.period), occasion)


def plan_row(plan: CountyPlan) -> dict[str, Any]:
    """A county as it is kept."""
    return asdict(plan)
