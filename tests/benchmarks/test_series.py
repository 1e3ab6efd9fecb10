"""The series of measurements: what is written comes back, only machines alike are compared, and a change for the worse is said."""

import re
from dataclasses import replace

import pytest
from pydantic import ValidationError

from benchmarks import series
from benchmarks.series import Entry, Limit, are_alike, changes, load_limits, table

LIMITS = {"s": Limit(worse="larger", share=0.3), "F1": Limit(worse="smaller", share=0.001)}
WALL = Entry("2026-11-01", "abc1234", "2 cores, 24 GiB", "link 10 records: wall", 10.0, "s")
F1 = Entry("2026-11-01", "abc1234", "2 cores, 24 GiB", "link 10 records: F1", 0.999, "F1")


def change(now, *earlier):
    (only,) = changes([now], list(earlier), LIMITS)
    return only


def test_what_is_appended_is_read_again(tmp_path):
    path = tmp_path / "series.csv"
    series.append([WALL], path)
    series.append([F1, replace(WALL, measure="with, a comma", value=0.1234567)], path)
    assert series.read(path) == [WALL, F1, replace(WALL, measure="with, a comma", value=0.123457)]
    assert path.read_text(encoding="utf-8").startswith("date,commit,machine,measure,value,unit\n2026-11-01,abc1234,")


def test_no_series_yet_compares_nothing(tmp_path):
    assert series.read(tmp_path / "none.csv") == []
    assert changes([WALL], [], LIMITS) == []
    assert "| link 10 records: wall | 10 s | first | | | |" in table([WALL], [])


def test_worse_than_the_last_by_more_than_the_unit_allows():
    assert change(replace(WALL, value=13.1), WALL).is_worse
    assert not change(replace(WALL, value=12.9), WALL).is_worse
    assert not change(replace(WALL, value=2.0), WALL).is_worse  # faster is never worse


def test_smaller_is_worse_for_quality():
    assert change(replace(F1, value=0.997), F1).is_worse
    assert not change(replace(F1, value=1.0), F1).is_worse


def test_what_creeps_is_seen_against_the_best():
    steps = [replace(WALL, value=10 * 1.1**step) for step in range(4)]
    crept = change(steps[3], *steps[:3])
    assert crept.last.value == pytest.approx(12.1)
    assert crept.best.value == 10.0
    assert crept.to_last < 0.3 < crept.to_best
    assert crept.is_worse


@pytest.mark.parametrize(
    ("machine", "other", "alike"),
    [
        ("2 cores, 24 GiB", "2 cores, 24 GiB", True),
        ("2 cores, 24 GiB", "2 cores", True),
        ("2 cores, 24 GiB", "2 cores, 64 GiB", False),
        ("2 cores", "4 cores, 24 GiB", False),
    ],
)
def test_machines_alike(machine, other, alike):
    assert are_alike(machine, other) is alike
    assert bool(changes([replace(WALL, machine=machine)], [replace(WALL, machine=other)], LIMITS)) is alike


def test_the_table_says_what_got_worse_and_by_how_much_it_may():
    worse = [replace(WALL, value=15.0)]
    shown = table(worse, changes(worse, [WALL], LIMITS))
    assert "| link 10 records: wall | 15 s | 10 (2026-11-01) | +50.0% | 10 (2026-11-01) | +50.0% |" in shown
    assert "WORSE: link 10 records: wall, 15 s against 10 and at best 10; 30.00% is allowed" in shown
    assert "Nothing got worse" in table([WALL], changes([WALL], [WALL], LIMITS))


def test_processes_note_and_the_run_collects(tmp_path, monkeypatch):
    notes = tmp_path / "notes"
    monkeypatch.delenv(series.NOTES, raising=False)
    series.note("nobody collects", 1.0, "s")
    assert series.collect(notes) == []
    monkeypatch.setenv(series.NOTES, str(notes))
    series.note("读一个文件", 1.5, "s")
    (entry,) = series.collect(notes)
    assert (entry.measure, entry.value, entry.unit) == ("读一个文件", 1.5, "s")
    assert re.fullmatch(r"\d+ cores, \d+ GiB", entry.machine)
    assert re.fullmatch(r"(?:[0-9a-f]{7,}\+?)?", entry.commit)


def test_the_kept_series_has_units_with_limits_and_says_nothing_of_a_machine_but_its_size():
    kept = series.read()
    assert kept
    assert {entry.unit for entry in kept} <= set(load_limits())
    assert [entry for entry in kept if not re.fullmatch(r"\d+ cores(?:, \d+ GiB)?", entry.machine)] == []
    assert all(entry.value > 0 for entry in kept)
    assert [entry.date for entry in kept] == sorted(entry.date for entry in kept)


def test_a_unit_without_a_direction_is_refused(tmp_path):
    path = tmp_path / "limits.yaml"
    path.write_text("s: {share: 0.3}\n", encoding="utf-8")
    with pytest.raises(ValidationError, match="worse"):
        load_limits(path)
