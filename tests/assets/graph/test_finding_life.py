"""What the station of the findings' life works out before the rules speak: who was merged where, who is too old, and since when it is known."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from assets.graph.finding_life import _Before, _births, _going_on, _leads, _renumbered
from expectations.life.states import APPEARED, BY_DATA, BY_REPLY, MERGED, SOLVED, Event, fold

A, B, C = "T2026Q1-000001", "T2026Q1-000002", "T2026Q2-000003"


@pytest.mark.parametrize(
    ("ended", "moves", "expected"),
    [
        ({}, [("merge", A, B)], {B: A}),
        ({C: B}, [("merge", A, B)], {C: A, B: A}),
        ({C: B}, [("split", B, "T2026Q3-000009")], {C: B}),
        ({}, [], {}),
    ],
)
def test_an_ended_number_leads_to_the_child_that_has_its_records_now(
    ended: dict[str, str], moves: list[tuple[str, str, str]], expected: dict[str, str]
) -> None:
    assert _leads(ended, moves) == expected


def test_what_ended_with_a_merge_or_was_solved_by_the_data_goes_on_nowhere() -> None:
    def event(name: str, kind: str, state: str, source: str = BY_DATA) -> Event:
        return Event(name, "2026Q1", kind, state, source)

    lives = fold(
        [
            event("L03-OPEN", APPEARED, "new"),
            event("L03-MERGED", MERGED, "closed"),
            event("L03-SOLVED", SOLVED, "closed"),
            event("L03-ANSWERED", "answered", "rejected", BY_REPLY),
        ]
    )
    before = _Before(lives, dict.fromkeys(lives, ("L03", A, "")), {}, [], pd.DataFrame())
    assert set(_going_on(before)) == {"L03-OPEN", "L03-ANSWERED"}


def test_a_child_that_is_in_no_file_any_more_has_the_birth_date_of_its_last_files() -> None:
    frames = {
        "2026Q1": {A: "2008-01-01", B: "2009-02-02"},
        "2026-05": {C: "2008-05-05"},
        "2026Q2": {A: "2008-01-02"},
        "2026Q4": {C: "2008-04-04"},
    }

    def read(name: str, period: str, columns: list[str]) -> pd.DataFrame:
        assert (name, columns) == ("child_files.children", ["child_id", "birth_date"])
        return pd.DataFrame(list(frames[period].items()), columns=columns)

    county: Any = SimpleNamespace(frames=SimpleNamespace(periods=lambda _: sorted(frames), read=read))
    now = pd.DataFrame([(C, "2008-03-03")], columns=["child_id", "birth_date"])
    assert _births(county, "2026Q3", now, {A, B, C}) == {A: "2008-01-02", B: "2009-02-02", C: "2008-03-03"}
    assert _births(county, "2026Q3", now.iloc[:0], {C}) == {}, "neither months nor later quarters are asked"


def test_a_number_of_an_earlier_run_leads_to_the_child_that_has_its_records_in_the_corrected_data() -> None:
    published = {"CA-1": B, "ED-1": B, "CA-2": C, "ED-2": C, "PS-3": A, "CA-9": "T2026Q2-000009"}
    before = _Before({}, {}, {}, [], pd.DataFrame(), {}, published)
    now = [("CA-1", A), ("ED-1", A), ("PS-3", A), ("CA-2", A), ("ED-2", "T2026Q1-000004")]
    records = pd.DataFrame(now, columns=["record_id", "child_id"])
    # Of C's records one went here and one there; the last child's department delivered anew: nobody can say.
    assert _renumbered(before, records) == {B: A}
