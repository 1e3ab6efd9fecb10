"""The undisturbed county is one in which something can go missing: several files, an answer that only justice can give, another county."""

import csv

import pytest

from benchmarks.disturbed.counties import HELD, clerks_of, inbox_of, kinds
from benchmarks.disturbed.disturbances import settings

pytestmark = pytest.mark.slow
PERIODS = ("2026Q2", "2026Q3")


def cells(inbox, department, field):
    return [text for part in inbox.parts(department) for text in inbox.values(part, [field]).values()]


@pytest.mark.parametrize("period", PERIODS)
def test_the_register_and_the_class_lists_come_in_several_files(undisturbed, period):
    inbox = undisturbed[period]
    assert len(inbox.files("education")) > 4
    assert len(inbox.files("attendance")) > 1
    rows = sum(len(part.rows) for part in inbox.parts("education"))
    names = {path.name for path in inbox.files("education")}
    # Rows that nobody can accept are no child's.
    assert rows - 6 <= sum(line["file"] in names for line in inbox.account) <= rows


@pytest.mark.parametrize("period", PERIODS)
def test_only_justice_knows_why_some_children_belong_on_l08(undisturbed, period):
    inbox = undisturbed[period]
    held = [
        number
        for number, word in zip(cells(inbox, "custody", "id_no"), cells(inbox, "custody", "person_status"), strict=True)
        if word == "服刑"
    ]
    with (inbox.truth / "findings.csv").open(encoding="utf-8", newline="") as source:
        true = [line["kid"] for line in csv.DictReader(source) if line["rule"] == "L08"]
    assert 0 < len(held) <= HELD <= len(true) + HELD
    assert len(true) >= len(held)
    stated = dict(
        zip(cells(inbox, "civil_affairs", "father_id"), cells(inbox, "civil_affairs", "father_status"), strict=True)
    )
    assert {stated[number] for number in held} == {""}


def test_the_other_county_bears_its_own_names(other_county):
    inbox = inbox_of(other_county, PERIODS[0])
    other = settings()["other_county"]
    assert set(inbox.towns()) <= set(other["townships"])
    assert sum(number.startswith(other["code"]) for number in cells(inbox, "public_security", "id_no")) > 50


def test_kinds_have_their_clerks_and_families():
    assert {name: bool(clerks_of(name).nations) for name in kinds()} == {
        "ordinary": False,
        "careless": False,
        "minority": True,
    }
    assert all(clerks_of(name).further and clerks_of(name).plain for name in kinds())
    assert clerks_of("careless").quarantined_rows > clerks_of("ordinary").quarantined_rows
