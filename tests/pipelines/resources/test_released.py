"""What people read while a later edition of the same period is made or waits."""

import pandas as pd
import pytest

from pipelines.resources.frames import FrameError, FrameStore
from pipelines.resources.released import (
    ReleasedFrames,
    RunFrames,
    forget_aside,
    is_aside,
    keep_part,
    set_aside,
    wait_unpublished,
)


@pytest.fixture
def store(tmp_path):
    return FrameStore(tmp_path / "frames")


def frame(*values):
    return pd.DataFrame({"a": list(values)})


def test_what_was_published_is_read_until_the_next_edition_is(store):
    people = ReleasedFrames(store.root)
    store.write("findings", "2026Q3", frame("old"))
    store.write("findings", "2026Q2", frame("before"))
    set_aside(store.root, "2026Q3")
    store.write("findings", "2026Q3", frame("new"))
    store.write("coverage.units", "2026Q3", frame("only new"))
    assert people.read("findings", "2026Q3")["a"].tolist() == ["old"]
    assert store.read("findings", "2026Q3")["a"].tolist() == ["new"]
    assert people.read("findings", "2026Q2")["a"].tolist() == ["before"]
    assert not people.exists("coverage.units", "2026Q3")
    assert people.periods("findings") == ["2026Q2", "2026Q3"]
    assert people.periods("coverage.units") == []
    forget_aside(store.root, "2026Q3")
    assert people.read("findings", "2026Q3")["a"].tolist() == ["new"]
    assert not is_aside(store.root, "2026Q3")
    assert not list((store.root / ".released").rglob("*.parquet"))


def test_what_is_aside_stays_whatever_waits_after_it(store):
    store.write("findings", "2026Q3", frame("published"))
    set_aside(store.root, "2026Q3")
    store.write("findings", "2026Q3", frame("waits"))
    set_aside(store.root, "2026Q3")
    assert ReleasedFrames(store.root).read("findings", "2026Q3")["a"].tolist() == ["published"]


def test_of_a_first_edition_that_waits_people_read_nothing(store):
    store.write("findings", "2026Q3", frame("waits"))
    wait_unpublished(store.root, "2026Q3")
    people = ReleasedFrames(store.root)
    assert people.periods("findings") == []
    with pytest.raises(FrameError, match="等待放行"):
        people.read("findings", "2026Q3")


def test_a_run_reads_its_own_period_as_it_is_and_others_as_people_have_them(store):
    for period in ("2026Q2", "2026Q3"):
        store.write("findings", period, frame("published"))
        set_aside(store.root, period)
        store.write("findings", period, frame("latest"))
    run = RunFrames(store.root, "2026Q3")
    assert run.read("findings", "2026Q3")["a"].tolist() == ["latest"]
    assert run.read("findings", "2026Q2")["a"].tolist() == ["published"]
    assert run.periods("findings") == ["2026Q2", "2026Q3"]


def test_a_part_that_was_published_is_read_in_the_place_of_the_whole(store):
    store.write("findings", "2026Q3", frame("L03", "L15"))
    store.write("child_files.records", "2026Q3", frame("r"))
    set_aside(store.root, "2026Q3")
    keep_part(store.root, "2026Q3", {"findings": frame("L15")})
    people = ReleasedFrames(store.root)
    assert people.read("findings", "2026Q3")["a"].tolist() == ["L15"]
    assert people.read("child_files.records", "2026Q3")["a"].tolist() == ["r"]
    assert store.read("findings", "2026Q3")["a"].tolist() == ["L03", "L15"]
