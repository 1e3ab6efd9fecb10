"""A small undisturbed county, made once, and its deliveries copied for whoever disturbs them."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from benchmarks.disturbed.counties import CountyPlan, inbox_of, make_county, make_other_county
from benchmarks.disturbed.disturbances import DISTURBANCES, DisturbanceContext
from benchmarks.disturbed.inbox import DeliveredPeriod

PLAN = CountyPlan("ordinary", 400, 5)
FIRST, SECOND = PLAN.periods


@pytest.fixture(scope="session")
def county(tmp_path_factory):
    folder = tmp_path_factory.mktemp("disturbed") / "county"
    make_county(PLAN, folder)
    return folder


@pytest.fixture(scope="session")
def other_county(tmp_path_factory):
    folder = tmp_path_factory.mktemp("disturbed") / "other"
    make_other_county(PLAN, folder)
    return folder


@pytest.fixture(scope="session")
def undisturbed(county):
    """Period -> its delivery as it was made, read once."""
    return {period: inbox_of(county, period) for period in PLAN.periods}


@dataclass
class Trial:
    """A disturbance on a copy of the county: the inbox as it was and as it is, and what the disturbance said."""

    before: DeliveredPeriod
    after: DeliveredPeriod
    said: str

    def rows(self, department: str) -> tuple[int, int]:
        """Data rows of a department before and after."""
        before, after = (sum(len(part.rows) for part in inbox.parts(department)) for inbox in (self.before, self.after))
        return before, after

    def touched(self) -> set[str]:
        """Departments whose files are others now."""
        before, after = (
            {(path.parent.name, path.name): path.read_bytes() for path in inbox.folder.glob("*/*")}
            for inbox in (self.before, self.after)
        )
        return {key[0] for key in {*before, *after} if before.get(key) != after.get(key)}

    def columns(self, department: str) -> set[str]:
        """Fields that a department's files have now."""
        return {name for part in self.after.parts(department) for name in part.columns}

    def cells(self, department: str, name: str) -> set[str]:
        """What stands in a field of a department's files now."""
        parts = self.after.parts(department)
        return {text.strip() for part in parts for text in self.after.values(part, [name]).values()}


@pytest.fixture
def disturb(county, undisturbed, tmp_path, request):
    """`disturb(name, period, seed)`: the trial."""

    def on_a_copy(name: str, period: str = SECOND, seed: int = 1) -> Trial:
        root = tmp_path / f"{name}-{period}-{seed}"
        for folder in ("inbox", "truth"):
            shutil.copytree(county / folder, root / folder)
        earlier = undisturbed[FIRST] if period == SECOND else None

        def other() -> DeliveredPeriod:
            return inbox_of(request.getfixturevalue("other_county"), period)

        after = inbox_of(root, period)
        said = DISTURBANCES[name].act(after, DisturbanceContext(np.random.default_rng(seed), earlier, other))
        return Trial(undisturbed[period], inbox_of(root, period), said)

    return on_a_copy


@pytest.fixture
def delivered(county, tmp_path) -> Path:
    """A copy of the county's folder."""
    return Path(shutil.copytree(county, tmp_path / "copy"))
