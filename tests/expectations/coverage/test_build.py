"""What deliveries could have shown, on towns written by hand: holes, hidden children, silent columns, what is carried."""

from dataclasses import replace

import pandas as pd
import pytest
from town import CA, DI, ED, PS, Town

from expectations.coverage.build import Deliveries, build_coverage
from expectations.coverage.fields import FieldQuestion
from expectations.coverage.shapes import HOLE, Past
from expectations.coverage.units import CoverageContext

NAMES = {CA: "民政", ED: "教育", PS: "公安", DI: "残联", f"{ED}.register": "教育的学籍"}
FIELDS = (f"{CA}.has_carer", f"{ED}.suspended_until")
TOWNS = ["甲镇", "乙镇", "丙镇"]
SCHOOL = {"甲镇": "甲小学", "乙镇": "乙小学", "丙镇": "丙小学"}


def county(skip=lambda department, child: False, size=30, **more):
    """Three towns of `size` children, all at the police and in their town's school, a third of them on civil affairs' ledger."""
    town = Town()
    for child in range(1, 3 * size + 1):
        place = TOWNS[child % 3]
        birth = f"{2012 + child % 5}-03-1{child % 9}"
        rows = {
            PS: {"layout": "register", "hukou_town": place, "hukou_county": "620722"},
            ED: {
                "layout": "register",
                "live_town": place,
                "school": SCHOOL[place],
                "grade": str(1 + child % 6),
                "enrolment_status": "in",
            },
        }
        if child % 2:
            rows[CA] = {
                "layout": "ledger",
                "live_town": place,
                "category": "left_behind",
                "school": SCHOOL[place],
                "has_carer": "yes",
            }
        for department, fields in rows.items():
            if not skip(department, child):
                town.add(
                    department, child, birth_date=birth, delivery_id=department, **fields | more.get(department, {})
                )
    return town


def coverage(town, past=None, came=None, confirmed=()):
    files = town.files()
    files.records["delivery_id"] = files.records["department"]
    sources = frozenset(files.records["department"]) | frozenset(
        files.records["department"] + "." + files.records["layout"]
    )
    question = FieldQuestion(FIELDS, {"has_carer": "有无委托照料人"}, came or set())
    context = CoverageContext(town.profile, {}, frozenset(confirmed), NAMES)
    return build_coverage(files, past or Past(), Deliveries(sources, question), context)


def before(town):
    files = town.files()
    sources = frozenset(files.records["department"]) | frozenset(
        files.records["department"] + "." + files.records["layout"]
    )
    return Past(files.records, sources=sources)


def units(judged, **where):
    holes = judged.units[judged.units["state"] == HOLE]
    for name, value in where.items():
        holes = holes[holes[name] == value]
    return set(holes["unit"])


def hidden(judged, source):
    rows = judged.unseen[judged.unseen["source"] == source]
    return {int(child[-6:]) for child in rows["child_id"]}


def test_a_whole_county_has_no_hole_in_its_first_period_nor_later():
    first, later = coverage(county()), coverage(county(), before(county()))
    for judged in (first, later):
        assert not len(judged.holes())
        assert not len(judged.unseen)
        assert not len(judged.carried)
        assert not len(judged.lost_fields())
    assert (later.units["basis"] == "kept").any()
    assert (first.units["basis"] == "elsewhere").all()


def test_a_township_that_the_police_did_not_bring_hides_its_children_and_those_of_unknown_place():
    def skip(department, child):
        return department == PS and child % 3 == 1

    town = county(skip)
    town.add(CA, 400, layout="ledger", category="left_behind", birth_date="2015-03-10")
    judged = coverage(town)
    assert units(judged, source=PS, dimension="town") == {"乙镇"}
    assert hidden(judged, PS) == {child for child in range(1, 91) if child % 3 == 1} | {400}
    assert "公安「乙镇」：其他部门知道的30名儿童，这里一名也没有" in set(
        judged.unseen["because"].str.split("；").explode()
    )


def test_a_school_that_did_not_come_hides_also_the_pupils_whom_nobody_places_there():
    judged = coverage(county(lambda department, child: department == ED and child % 3 == 2))
    assert "丙小学" in units(judged, source=ED, dimension="school")
    assert hidden(judged, ED) == {child for child in range(1, 91) if child % 3 == 2}


def test_one_child_who_is_not_at_school_is_no_hole():
    judged = coverage(county(lambda department, child: department == ED and child == 7))
    assert not len(judged.holes())
    assert hidden(judged, ED) == set()


def test_half_a_register_is_told_by_the_whole_county_and_hides_everybody():
    judged = coverage(county(lambda department, child: department == PS and child % 2 == 0, size=60))
    assert "" in units(judged, source=PS, dimension="county")
    assert hidden(judged, PS) == {child for child in range(1, 181) if child % 2 == 0}


def test_a_school_missing_in_a_later_period_is_carried_over_and_asked_about_by_name():
    judged = coverage(county(lambda department, child: department == ED and child % 3 == 2), before(county()))
    assert units(judged, source=f"{ED}.register", dimension="school") == {"丙小学"}
    assert set(judged.carried["department"]) == {ED}
    assert {int(child[-6:]) for child in judged.carried["child_id"]} == {
        child for child in range(1, 91) if child % 3 == 2
    }
    because = judged.units.loc[
        (judged.units["state"] == HOLE) & (judged.units["dimension"] == "school") & (judged.units["basis"] == "kept"),
        "because",
    ]
    assert because.tolist() == ["教育的学籍「丙小学」：上一次交来的30名儿童，这次一名也没有"]


def test_what_a_person_confirms_to_be_all_is_no_hole():
    gone = county(lambda department, child: department == ED and child % 3 == 2)
    judged = coverage(gone, before(county()), confirmed=[ED])
    assert not len(judged.holes())
    assert not len(judged.carried)
    assert hidden(judged, ED) == set()
    assert "confirmed" in set(judged.units["state"])


def test_a_kind_of_file_that_did_not_come_at_all_is_a_hole_and_its_records_are_carried():
    judged = coverage(county(lambda department, child: department == CA), before(county()))
    assert units(judged, dimension="source") == {""}
    assert set(judged.carried["department"]) == {CA}
    assert len(judged.carried) == 45


def test_of_two_editions_the_later_one_is_counted():
    past = before(county())
    replaced = past.records.assign(period="2026Q3", record_id="later-" + past.records["record_id"])
    both = pd.concat([past.records.assign(period="2026Q2"), replaced], ignore_index=True)
    judged = coverage(county(lambda department, child: department == CA), replace(past, records=both))
    assert judged.holes().loc[judged.holes()["dimension"] == "source", "because"].tolist() == [
        "民政：上一次交来45行，这次没有交来"
    ]


def test_children_who_outgrew_the_register_are_not_missed():
    past = before(county())
    grown = past.records.assign(birth_date="2005-01-01", id_no_birth="2005-01-01")
    judged = coverage(
        county(lambda department, child: department == CA), replace(past, records=grown, sources=frozenset())
    )
    assert not len(judged.holes())


@pytest.mark.parametrize(("came", "how"), [(set(), "没有交来这一栏"), ({(CA, CA, "has_carer")}, "有栏目而没有填写")])
def test_a_column_that_tells_nothing_any_more_is_a_hole_and_its_cells_are_known_from_before(came, how):
    blank = county(**{CA: {"has_carer": ""}})
    judged = coverage(blank, before(county()), came)
    lost = judged.lost_fields()
    assert lost["field"].tolist() == ["has_carer"]
    assert lost["because"].tolist() == [f"民政的「有无委托照料人」：上一次的文件100%的儿童有填写，这次{how}"]
    assert len(judged.refilled) == 45
    assert set(judged.refilled["value"]) == {"yes"}


def test_a_blank_cell_in_a_column_that_few_fill_is_an_answer():
    past = before(county())
    rows = past.records["department"] == ED
    some = past.records["child_id"].isin(sorted(past.records["child_id"].unique())[:3])
    past.records.loc[rows & some, "suspended_until"] = "2026-08-31"
    now = county()
    at = next(
        place
        for place, record in enumerate(now.records)
        if record["department"] == ED and now.links[place]["child_id"].endswith("000002")
    )
    now.records[at]["suspended_until"] = "2026-12-31"
    judged = coverage(now, past)
    # Two of three have come back to school: their blank cells say so, for the column still tells of the third.
    assert not len(judged.refilled)
    assert not len(judged.lost_fields())


def test_a_word_that_came_and_was_not_understood_is_no_blank():
    past = before(county())
    rows = (past.records["department"] == ED) & past.records["child_id"].str.endswith("000003")
    past.records.loc[rows, "suspended_until"] = "2026-08-31"
    now = county()
    for record, link in zip(now.records, now.links, strict=True):
        if record["department"] == ED and link["child_id"].endswith("000003"):
            record["issues"] = "unknown_code:suspended_until"
        if record["department"] == ED and link["child_id"].endswith("000004"):
            record["suspended_until"] = "2026-12-31"
    assert coverage(now, past).refilled["value"].tolist() == ["2026-08-31"]


def test_what_a_crematorium_said_lasts_until_it_says_something_else_of_the_same_child():
    past = before(county())
    row = past.records.iloc[:1].assign(
        record_id="CM-1", department="cremation", layout="deaths", death_date="2026-05-01"
    )
    known = replace(past, records=pd.concat([past.records, row], ignore_index=True))
    assert coverage(county(), known).carried["record_id"].tolist() == ["CM-1"]
    again = county()
    again.add(
        "cremation", int(row["child_id"].item()[-6:]), layout="deaths", death_date="2026-05-01", delivery_id="cremation"
    )
    assert not len(coverage(again, known).carried)
