"""The figures of an edition on made-up frames: two sizes of a list, what cannot wait, and what became of every line."""

from pathlib import Path

import pandas as pd
import pytest

from assets.publishing.edition_lines import EditionLines, fates_of, lines_of, period_before, status_of, urgent_lists
from expectations.jurisdictions.profile import load_profile
from expectations.life.rules import life_rules
from expectations.life.states import KEPT, PERIOD_KINDS
from pipelines.resources.frames import FrameStore

FINDINGS = pd.DataFrame(
    [
        ("L21-A", "L21", "明确", "甲镇", "T-1"),
        ("L21-B", "L21", "明确", "", "T-2"),
        ("L01-A", "L01", "待核", "甲镇", "T-1"),
        ("L01-C", "L01", "明确", "乙镇", "T-3"),
    ],
    columns=["finding_id", "code", "grade", "town", "child_id"],
)
LIFE = pd.DataFrame(
    [
        ("L21-A", "L21", "kept", "yes", "no"),
        ("L21-B", "L21", "appeared", "yes", "yes"),
        ("L01-A", "L01", "inherited", "yes", "no"),
        ("L01-C", "L01", "returned", "yes", "yes"),
        ("L01-X", "L01", "solved", "no", "no"),
        ("L01-Y", "L01", "still_unseen", "no", "no"),
    ],
    columns=["finding_id", "code", "kind", "listed", "shown"],
)
LINES = lines_of(FINDINGS, LIFE, {"L21"})


def test_a_list_has_two_sizes_and_what_is_answered_stands_between_them():
    sizes = {code: (tally.listed, tally.asked, tally.quiet) for code, tally in EditionLines(LINES).by_list().items()}
    assert sizes == {"L01": (2, 1, 1), "L21": (2, 1, 1)}
    assert (EditionLines(LINES).total.listed, EditionLines(LINES).total.asked) == (4, 2)
    assert EditionLines(LINES).of_children(["T-1"]).total.quiet == 2
    assert EditionLines(LINES).of("L99").listed == 0


def test_where_nothing_is_followed_everything_goes_out():
    assert set(lines_of(FINDINGS, pd.DataFrame(), ())["status"]) == {"asked"}


def test_who_is_answered_needs_no_visit_today():
    hot = EditionLines(LINES[LINES["urgent"] == "1"])
    assert hot.total.listed == 2
    assert hot.asked["finding_id"].tolist() == ["L21-B"]


def test_the_place_decides_what_cannot_wait():
    assert urgent_lists(load_profile("default")) == {"L21"}


def test_every_line_has_one_fate_and_none_is_lost():
    before = FINDINGS.iloc[[0, 2]]
    gone = [("L01-X", "L01", "明确", "甲镇", "T-9"), ("L09-Z", "L09", "明确", "甲镇", "T-8")]
    before = pd.concat([before, pd.DataFrame(gone, columns=FINDINGS.columns)])
    fates = fates_of(LINES, before, LIFE)
    assert {row.finding_id: (row.place, row.fate) for row in fates.itertuples()} == {
        "L21-A": ("now", "已答复不再下发"),
        "L21-B": ("now", "新发现"),
        "L01-A": ("now", "已答复不再下发"),  # goes on under another number, but nobody is asked
        "L01-C": ("now", "复发"),
        "L01-X": ("gone", "数据消除"),
        "L09-Z": ("gone", "此前已办结"),
        "L01-Y": ("earlier", "更早各期仍无记录或无法核对"),
    }
    assert len(fates) == len({*FINDINGS["finding_id"], *before["finding_id"], *LIFE["finding_id"]})


@pytest.mark.parametrize("kind", sorted(PERIOD_KINDS - {KEPT}))
def test_every_kind_of_a_period_has_a_word(kind):
    assert life_rules().fate(kind) != life_rules().settled


def test_a_line_goes_out_unless_it_is_known_to_be_answered():
    assert status_of(FINDINGS, LIFE) == ["quiet", "asked", "quiet", "asked"]
    assert status_of(FINDINGS, LIFE.iloc[1:2]) == ["asked"] * 4


def test_the_period_before_is_of_the_same_kind(opened_with):
    opened = opened_with("2026Q1", "2026Q2", "2026-03", "2026Q4")
    assert period_before(opened, "2026Q4") == "2026Q2"
    assert period_before(opened, "2026Q1") == ""


@pytest.fixture
def opened_with():
    class Frames(FrameStore):
        def __init__(self, labels):
            super().__init__(Path())
            self.labels = labels

        def periods(self, asset):
            return sorted(self.labels)

    class Opened:
        def __init__(self, *labels):
            self.frames = Frames(labels)

    return Opened
