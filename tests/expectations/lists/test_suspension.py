"""L06 where the register gives no dates: how long a suspension has lasted is seen in the periods before (rules/lists.md#l06)."""

from datetime import date

import pytest
from town import ED, Town

from expectations.lists.files import EarlierPeriod

QUARTERS = [
    ("2026年第二季度", date(2026, 6, 30)),
    ("2026年第一季度", date(2026, 3, 31)),
    ("2025年第四季度", date(2025, 12, 31)),
    ("2025年第三季度", date(2025, 9, 30)),
    ("2025年第二季度", date(2025, 6, 30)),
    ("2025年第一季度", date(2025, 3, 31)),
]
NAME = "T2026Q3-000001"


def kept(suspended: str) -> tuple[EarlierPeriod, ...]:
    """Earlier quarters, the latest first: `s` with the child in 休学, `-` without."""
    return tuple(
        EarlierPeriod(zh, day, frozenset({NAME} if mark == "s" else ()), frozenset())
        for mark, (zh, day) in zip(suspended, QUARTERS, strict=False)
    )


@pytest.mark.parametrize(
    ("earlier", "since"),
    [
        ("", ""),  # a first period: no line
        ("s", "2026年第二季度"),
        ("-", ""),
        ("ss", "2026年第一季度"),
        ("s-", "2026年第二季度"),  # no year is kept yet
        ("s---", ""),  # a year is kept: it is known to have begun in spring
        ("ssss", "2025年第三季度"),
        ("sss-", "2025年第四季度"),  # asked since spring; a longer memory does not end it
        ("sss---", ""),
        ("-sss", ""),
        ("ssss--", "2025年第三季度"),
    ],
)
def test_a_suspension_without_dates(town: Town, earlier: str, since: str) -> None:
    town.add(ED, 1, enrolment_status="suspended")
    town.earlier = kept(earlier)
    assert town.listed("L06") == ({1: "待核"} if since else {})
    if since:
        assert town.reason("L06") == f"学籍自{since}起一直登记为休学，没有登记起止日期。"


@pytest.mark.parametrize(
    ("fields", "grade"),
    [
        ({"suspended_until": "2026-12-31"}, ""),
        ({"status_date": "2026-03-01"}, ""),
        ({"status_date": "2026-03"}, ""),
        ({"status_date": "2025-06"}, "很可能"),
        ({"status_date": "2025-09"}, ""),
        ({"suspended_until": "2026-08-31"}, "明确"),
    ],
)
def test_where_there_are_dates_they_decide(town: Town, fields: dict[str, str], grade: str) -> None:
    town.add(ED, 1, enrolment_status="suspended", **fields)
    town.earlier = kept("ssss")
    assert town.listed("L06") == ({1: grade} if grade else {})


def test_who_came_back_or_is_grown_up_is_not_listed(town: Town) -> None:
    town.add(ED, 1, enrolment_status="suspended")
    town.add(ED, 1, enrolment_status="in")
    town.earlier = kept("ssss")
    assert town.listed("L06") == {}
