"""What departments owe: the widest hole of each, once, in few words; what the place expects of every period."""

from dataclasses import replace

import pandas as pd
import pytest
from period_pair import PeriodPair
from town import DI, ED, Town

from assets.coverage.gate import GateMaterial, ordinary_or_not
from assets.coverage.owed import FIELD, KNOWN_WHOLE, UNIT, owed_parts, really_owed, short_reasons, widest_holes
from expectations.coverage.shapes import CONFIRMED, FIELD_COLUMNS, HOLE, UNIT_COLUMNS, Coverage

SCHOOL = "教育的学籍「甲小学」：上一次交来的43名儿童，这次一名也没有"
ELSEWHERE = "教育「甲小学」：其他部门知道的17名儿童，这里一名也没有"
TOWN = "教育的学籍「甲镇」：上一次交来的144名儿童，这次只有94名（65%，应在100%左右）"


def unit(source, dimension, name, because, **more):
    return {
        "source": source,
        "dimension": dimension,
        "unit": name,
        "because": because,
        "basis": "kept",
        "state": HOLE,
        "asked": 43,
        "seen": 0,
        **more,
    }


def coverage(*units, fields=()):
    return replace(
        Coverage.complete(),
        units=pd.DataFrame(list(units)).reindex(columns=UNIT_COLUMNS),
        fields=pd.DataFrame(list(fields)).reindex(columns=FIELD_COLUMNS) if fields else Coverage.complete().fields,
    )


HOLES = (
    unit("education.register", "town", "甲镇", TOWN),
    unit("education.register", "school", "甲小学", SCHOOL),
    unit("education", "school", "甲小学", ELSEWHERE, basis="elsewhere"),
)


def told(found):
    return {department: list(units["because"]) for department, units in widest_holes(found)}


def test_a_missing_school_is_told_once_and_not_as_its_township():
    assert told(coverage(*HOLES)) == {"education": [SCHOOL]}


def test_a_kind_that_did_not_come_hides_no_hole_of_another_kind():
    gone = unit("education.attendance", "source", "", "教育的在校名单：上一次交来90行，这次没有交来", asked=90)
    assert told(coverage(*HOLES, gone)) == {"education": [gone["because"], SCHOOL]}
    whole = unit("education", "source", "", "教育：上一次交来90行，这次没有交来")
    assert told(coverage(*HOLES, whole)) == {"education": [whole["because"]]}


def test_one_thing_has_one_short_name_wherever_it_is_read():
    short = short_reasons(coverage(*HOLES))
    assert set(short.values()) == {"教育的学籍「甲小学」没有交齐"}
    many = [unit("education.register", "school", f"{n}小学", f"教育的学籍「{n}小学」：一名也没有") for n in range(9)]
    assert short_reasons(coverage(*many))[many[3]["because"]] == "教育的学籍「0小学」没有交齐，另有8处"


def test_columns_and_confirmed_units_are_parts_of_their_own():
    column = {"source": "civil_affairs.ledger", "field": "agreement", "file": "台账.xlsx", "rows": 20, "filled": 2}
    column |= {"state": HOLE, "because": "民政的「协议」：上一次90%的儿童有填写，这次没有交来这一栏"}
    closed = unit(
        "education.register", "school", "乙小学", "教育的学籍「乙小学」：一名也没有", state=CONFIRMED, asked=12
    )
    found = coverage(*HOLES, closed, fields=[column])
    parts = owed_parts(found, {"教育的学籍「甲小学」没有交齐": ["未建学籍"]})
    assert [(part.department, part.kind, part.expected, part.came, part.lists) for part in parts] == [
        ("civil_affairs", FIELD, 20, 2, ()),
        ("education", UNIT, 43, 0, ("未建学籍",)),
        ("education", KNOWN_WHOLE, 12, 0, ()),
    ]
    assert parts[0].which == "民政的「协议」（台账.xlsx）"
    assert [part.kind for part in really_owed(parts)] == [FIELD, UNIT]
    assert short_reasons(found)[column["because"]] == "民政的「协议」没有交来这一栏"


def first_period(expected):
    """A first period with a school register only, at a place that expects these."""
    town = Town(place="default")
    town.change("gate.expected", expected)
    pair = PeriodPair(town)
    town.add(ED, 1, layout="register", enrolment_status="in")
    found = pair.coverage_of_sources(set(), {ED, "education.register"})
    material = GateMaterial(found, pd.DataFrame({"code": []}), None, pair.files.records.assign(delivery_id="d"))
    return [reason.sentence for reason in ordinary_or_not(material, town.profile, {DI: "残联"})]


@pytest.mark.parametrize(
    ("expected", "sentences"),
    [
        (None, []),
        ([ED], []),
        ([ED, DI], ["disability：本地规则要求每期交来，这次没有交来"]),
        ([ED, "education.attendance"], ["education：本地规则要求每期交来，这次没有交来"]),
    ],
)
def test_what_a_place_expects_is_asked_for_in_a_first_period_too(expected, sentences):
    assert [sentence.replace(".attendance", "") for sentence in first_period(expected)] == sentences
