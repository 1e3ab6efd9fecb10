"""Every disturbance does what it says, to nothing else, the same for the same seed; and the truth knows every row that is left."""

import csv
import shutil
from collections import Counter

import numpy as np
import pytest

from benchmarks.disturbed.counties import inbox_of
from benchmarks.disturbed.disturbances import (
    DISTURBANCES,
    OTHER,
    DisturbanceContext,
    NotApplicableError,
    fields_of_lists,
    settings,
)

# Each reads a dozen files twice, each in a process of its own.
pytestmark = pytest.mark.slow
FIRST, SECOND = "2026Q2", "2026Q3"
ADDING = ("second_county", "stale_file", "corrected_beside")


def kids(inbox, department):
    """Children of a department's rows, by the truth, with how often."""
    names = {path.name for path in inbox.files(department)}
    return Counter(line["kid"] for line in inbox.account if line["file"] in names)


def account(inbox):
    return sorted(tuple(line.values()) for line in inbox.account)


def place_of_names(inbox, department):
    """(child, name in its row) of every row that the truth has of a department: wrong as soon as the account slips by one row."""
    where = {
        (path.name, inbox.look(path).sheets[part.place].name, row): text.strip()
        for path in inbox.files(department)
        for part in inbox.parts_of(path)
        for row, text in inbox.values(part, ["name"]).items()
    }
    rows = ((line["kid"], where.get((line["file"], line["sheet"], int(line["row"])))) for line in inbox.account)
    return Counter(pair for pair in rows if pair[1])


@pytest.mark.parametrize("name", [name for name in DISTURBANCES if name != "justice_others"])
def test_the_account_follows(disturb, name):
    trial = disturb(name)
    assert trial.touched()
    if name not in ADDING:
        for department in trial.touched():
            before, after = (place_of_names(inbox, department) for inbox in (trial.before, trial.after))
            assert not after - before, department
    lines = Counter((line["file"], line["sheet"], line["row"]) for line in trial.after.account)
    assert max(lines.values()) == 1
    known = {path.name for path in trial.after.folder.rglob("*") if path.is_file()}
    assert {line["file"] for line in trial.after.account} <= known


@pytest.mark.parametrize("name", ["police_cut_shuffled", "school_missing", "column_unreadable", "stale_file"])
def test_the_same_seed_disturbs_in_the_same_way(disturb, name, tmp_path):
    first = disturb(name, seed=3)
    known = account(first.after)
    shutil.rmtree(tmp_path / f"{name}-{SECOND}-3")
    again = disturb(name, seed=3)
    assert (again.said, account(again.after)) == (first.said, known)


@pytest.mark.parametrize("name", ["police_cut", "police_cut_ordered", "police_cut_shuffled"])
@pytest.mark.parametrize("period", [FIRST, SECOND])
def test_the_police_file_is_cut(disturb, name, period):
    trial = disturb(name, period)
    before, after = trial.rows("public_security")
    assert 0.25 * before < after < 0.9 * before
    assert sum(kids(trial.after, "public_security").values()) == after
    assert trial.rows("education")[0] == trial.rows("education")[1]


def test_an_ordered_file_loses_whole_townships_and_a_shuffled_one_a_share_of_each(disturb):
    gone = {}
    for name in ("police_cut_ordered", "police_cut_shuffled"):
        trial = disturb(name)
        towns = trial.before.towns()
        addresses = [
            Counter(
                next((town for town in towns if town in text), "")
                for part in inbox.parts("public_security")
                for text in inbox.values(part, ["hukou_addr"]).values()
            )
            for inbox in (trial.before, trial.after)
        ]
        gone[name] = sum(addresses[1][town] == 0 for town in addresses[0])
    assert gone["police_cut_ordered"] > gone["police_cut_shuffled"]


@pytest.mark.parametrize(("name", "department"), [("education_file", "education"), ("class_list", "attendance")])
def test_one_file_is_missing(disturb, name, department):
    trial = disturb(name)
    assert len(trial.after.files(department)) == len(trial.before.files(department)) - 1


@pytest.mark.parametrize(
    ("name", "department", "field"),
    [("school_missing", "education", "school_code"), ("grade_missing", "education", "grade")],
)
def test_one_unit_is_missing_whole(disturb, name, department, field):
    trial = disturb(name)
    before, after = (
        {text.strip() for part in inbox.parts(department) for text in inbox.values(part, [field]).values()}
        for inbox in (trial.before, trial.after)
    )
    assert len(before - after) == 1
    assert f"{trial.rows(department)[0] - trial.rows(department)[1]}/" in trial.said


@pytest.mark.parametrize(
    ("name", "department"), [("township_police", "public_security"), ("township_education", "education")]
)
def test_one_township_is_missing_whole(disturb, name, department):
    trial = disturb(name)
    towns = trial.before.towns()

    def named(inbox):
        texts = [
            text
            for part in inbox.parts(department)
            for text in inbox.values(part, ["hukou_addr", "live_addr"]).values()
        ]
        return {town for town in towns for text in texts if town in text}

    assert len(named(trial.before) - named(trial.after)) == 1


@pytest.mark.parametrize("seed", range(2))
def test_a_column_is_left_out_emptied_or_made_unreadable(disturb, seed):
    missing, empty, unreadable = (
        disturb(name, seed=seed) for name in ("column_missing", "column_empty", "column_unreadable")
    )
    department, _, name = missing.said.partition(" 缺列 ")
    assert name in fields_of_lists()
    assert name in {each for part in missing.before.parts(department) for each in part.columns}
    assert name not in missing.columns(department)
    assert missing.rows(department)[0] == missing.rows(department)[1]
    department, _, name = empty.said.partition(" 空列 ")
    assert name in empty.columns(department)
    assert empty.cells(department, name) == {""}
    department, _, rest = unreadable.said.partition(" 列 ")
    words = {*settings()["unreadable"], ""}
    assert all({*text.split()} <= words for text in unreadable.cells(department, rest.partition(" ")[0]))


def test_no_file_has_a_column_of_care(disturb):
    trial = disturb("care_columns")
    for department in ("civil_affairs", "education"):
        assert not trial.columns(department) & set(settings()["care"])
        assert trial.rows(department)[0] == trial.rows(department)[1]


def test_a_further_source_is_missing_and_only_one_that_came_before(disturb):
    trial = disturb("source_missing")
    (gone,) = set(trial.before.departments()) - set(trial.after.departments())
    assert gone not in settings()["departments"]
    with pytest.raises(NotApplicableError):
        disturb("source_missing", FIRST)


def test_justice_answers_about_other_people(disturb):
    trial = disturb("justice_others")

    def asked(inbox):
        return {text for part in inbox.parts("custody") for text in inbox.values(part, ["id_no"]).values()}

    assert asked(trial.after)
    assert not asked(trial.before) & asked(trial.after)
    assert trial.cells("custody", "person_status") == {"无"}


def test_one_ledger_is_missing(disturb):
    trial = disturb("ledger_missing")
    assert len(trial.after.parts("civil_affairs")) == len(trial.before.parts("civil_affairs")) - 1


def test_another_county_lies_among_ours(disturb):
    trial = disturb("second_county", FIRST)
    other = [line for line in trial.after.account if line["kid"].startswith(OTHER)]
    assert len(other) > 100
    ours = [line for line in trial.after.account if not line["kid"].startswith(OTHER)]
    assert len(ours) == len(trial.before.account)
    name = settings()["other_county"]["county"]
    assert all((trial.after.folder / department).glob(f"{name}_*") for department in trial.before.departments())
    with (trial.after.truth / "findings.csv").open(encoding="utf-8", newline="") as source:
        assert any(line["kid"].startswith(OTHER) for line in csv.DictReader(source))


def test_the_earlier_period_is_delivered_again_as_it_was_or_saved_anew(disturb, county):
    earlier = inbox_of(county, FIRST)
    seen = set()
    for seed in range(4):
        trial = disturb("stale_file", seed=seed)
        department = trial.said.partition(" ")[0]
        assert kids(trial.after, department) == kids(earlier, department)
        same = {path.read_bytes() for path in trial.after.files(department)} == {
            path.read_bytes() for path in earlier.files(department)
        }
        assert same is ("另存" not in trial.said)
        seen.add(same)
    assert seen == {True, False}


def test_a_corrected_file_lies_beside_the_old_one(disturb):
    trial = disturb("corrected_beside", FIRST)
    department = trial.said.partition(" ")[0]
    (corrected,) = {path.name for path in trial.after.files(department)} - {
        path.name for path in trial.before.files(department)
    }
    old = trial.after.folder / department / corrected.replace("（更正）", "")
    names = {old.name: 0, corrected: 0}
    for line in trial.after.account:
        if line["file"] in names:
            names[line["file"]] += 1
    assert names[old.name] == names[corrected] > 0
    assert old.read_bytes() != (trial.after.folder / department / corrected).read_bytes()


def test_nothing_to_disturb_is_said(delivered):
    inbox = inbox_of(delivered, FIRST)
    for department in ("public_security", "attendance"):
        inbox.empty(department)
    occasion = DisturbanceContext(np.random.default_rng(1), None, lambda: inbox)
    for name in ("police_cut", "township_police", "class_list", "stale_file"):
        with pytest.raises(NotApplicableError):
            DISTURBANCES[name].act(inbox, occasion)
