"""What a period's linkage leaves for the next one survives the disk, and who gets it."""

from types import SimpleNamespace

import pytest

from assets.graph.linkage import MANY, ChildRegister, compares_changes, known_before
from benchmarks.county import Habits, make_county
from matching.linking import link_records
from matching.periods.changes import link_period
from pipelines.resources.frames import FrameStore
from pipelines.resources.io_manager import parts_of


@pytest.fixture(scope="module")
def records():
    return make_county(Habits(children=600, seed=5))


def kept(tmp_path, found, period):
    """The frames of a run, written as the asset's outputs are."""
    frames = FrameStore(tmp_path)
    frames.write("link_pairs", period, found.pairs)
    for part, frame in parts_of(ChildRegister.after(found, found.events)).items():
        frames.write(f"link_register.{part}", period, frame)
    return frames


def test_the_next_period_compares_nothing_where_nothing_changed(records, tmp_path):
    first = link_period(records)
    known = known_before(kept(tmp_path, first, "2026Q2"), "2026Q3")
    later = link_period(records.assign(record_id="N" + records["record_id"]), known=known)
    assert later.report["changes"]["compared"] == 0
    assert later.clusters["child_id"].tolist() == first.clusters["child_id"].tolist()
    assert len(later.pairs) == len(first.pairs)


def test_a_period_that_was_compared_as_a_whole_leaves_no_memory(records, tmp_path):
    known = known_before(kept(tmp_path, link_records(records), "2026Q2"), "2026Q3")
    assert known.memory is None
    assert len(known.identifiers)


@pytest.mark.parametrize(
    ("asked", "size", "wanted"),
    [("auto", MANY - 1, False), ("auto", MANY, True), ("all", MANY, False), ("changes", 5, True)],
)
def test_small_counties_compare_everything_unless_they_say_otherwise(asked, size, wanted):
    county = SimpleNamespace(workspace=SimpleNamespace(settings=SimpleNamespace(compare=asked)))
    assert compares_changes(county, size) is wanted
