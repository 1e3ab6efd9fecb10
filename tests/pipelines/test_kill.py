"""A run killed anywhere and repeated gives the same result, and at no moment is half a list shown (rules/bad-inputs.md#input-40)."""

import os
import subprocess
import sys
import time

import pytest

from pipelines.resources.session import Session

pytestmark = pytest.mark.slow

PLACES = [
    "before_rename:raw_public_security",
    "before_rename:link_children",
    "before_rename:findings",
    "publish:built",
    "publish:uncommitted",
    "publish:committed",
    "outbox:between_renames",
]
# Dagster's runs, its index of events, its schedules.
MAKING = ["before_rename:history", "before_rename:runs", "before_rename:schedules"]
SHARES = [0.5, 0.85, 0.95]
RUN = ("run", "--period", "2026Q2", "--workspace")


@pytest.fixture(scope="module")
def corrected(corrected_made, first_quarter_made, published):
    """(what was published, what an uninterrupted run of the corrected delivery publishes, how long it took)."""
    old, new = published(first_quarter_made), published(corrected_made)
    assert new != old
    return old, new, float((corrected_made / "seconds.txt").read_text(encoding="utf-8"))


def test_killed_at_every_place(corrected, after_first_quarter, correct, tongbi, published):
    old, new, _ = corrected
    correct(after_first_quarter)
    for place in PLACES:
        done = tongbi(*RUN, after_first_quarter, environment={"TONGBI_CRASH_AT": place})
        assert done.returncode == -9, f"{place} was not reached: {done.stderr}"
        Session.at(after_first_quarter).recover()
        assert published(after_first_quarter) in (old, new), place
    assert tongbi(*RUN, after_first_quarter).returncode == 0
    assert published(after_first_quarter) == new
    assert not list(after_first_quarter.rglob(".*.part"))


def test_killed_at_any_moment(corrected, after_first_quarter, correct, tongbi, published):
    old, new, seconds = corrected
    correct(after_first_quarter)
    for share in SHARES:
        tongbi.start(*RUN, after_first_quarter)
        time.sleep(share * seconds)
        tongbi.kill()
        tongbi.wait()
        shown = published(after_first_quarter)
        assert shown in (old, new, {}), "half a list is shown"
        Session.at(after_first_quarter).recover()
        assert published(after_first_quarter) in (old, new)
    assert tongbi(*RUN, after_first_quarter).returncode == 0
    assert published(after_first_quarter) == new


def test_killed_while_dagsters_databases_are_made(fresh_county, tongbi, published):
    for place in MAKING:
        done = tongbi(*RUN, fresh_county, environment={"TONGBI_CRASH_AT": place})
        assert done.returncode == -9, f"{place} was not reached: {done.stderr}"
    done = tongbi(*RUN, fresh_county)
    assert done.returncode == 0, done.stderr
    assert published(fresh_county)


@pytest.mark.skipif("TONGBI_KILLS" not in os.environ, reason="TONGBI_KILLS=60 makes so many aimed kills, an hour or so")
def test_as_many_aimed_kills_as_asked():
    kills = os.environ["TONGBI_KILLS"]
    done = subprocess.run([sys.executable, "-m", "benchmarks.kills", "--kills", kills], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
