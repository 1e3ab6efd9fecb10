"""Which records are linked, and what becomes of rows that say the same about a child."""

from datetime import date

import pandas as pd

from assets.intake.contract import all_contracts
from assets.intake.linkable import SAME, about_children, fold, unfold
from matching.linking import link_records
from matching.model import default_model

COLUMNS = [*dict.fromkeys(["record_id", *SAME, "file", "sheet", "row", "id_no_birth", "id_no_status", "visit_date"])]
MOST = default_model().decide.cluster_limit
NUMBER = "620722201503101234"


def frame(*rows: dict[str, object]) -> pd.DataFrame:
    filled = [
        dict.fromkeys(COLUMNS, "") | {"record_id": f"R-{at}", "file": "a", "row": at} | row
        for at, row in enumerate(rows)
    ]
    return pd.DataFrame(filled, columns=COLUMNS)


def row(**fields: object) -> dict[str, object]:
    known = {"department": "civil_affairs", "layout": "ledger", "name": "张三", "birth_date": "2015-03-10"}
    return known | {"guardian_name": "张大", "live_addr": "甲村"} | fields


def test_thirty_identical_rows_are_one_statement_and_all_find_their_child() -> None:
    records = frame(
        *[row(id_no=NUMBER, id_no_status="valid") for _ in range(30)], row(name="李四", birth_date="2012-01-02")
    )
    folded = fold(records, MOST)
    assert len(folded.kept) == 2
    found = unfold(link_records(folded.kept).clusters, folded)
    assert len(found) == 31
    assert found["record_id"].tolist() == records["record_id"].tolist()
    assert found["row"].tolist() == list(range(31))
    assert found["child_id"].nunique() == 2
    assert found["child_id"].iloc[:30].nunique() == 1


def test_a_visit_book_names_a_child_every_month() -> None:
    visits = [row(department="visits", layout="visits", visit_date=f"2026-0{month}-01") for month in (1, 2, 3)]
    assert len(fold(frame(*visits), MOST).kept) == 1


def test_more_rows_than_one_child_can_have_are_a_question_and_not_one_child() -> None:
    """The same but for a remark, and without any number: nothing tells one child from another (rules/bad-inputs.md#input-33)."""
    records = frame(*[row() for _ in range(MOST + 5)], row(name="李四", birth_date="2012-01-02"))
    folded = fold(records, MOST)
    linked = link_records(folded.kept)
    found = unfold(linked.clusters, folded)
    assert sorted(found["record_id"]) == sorted(records["record_id"]), "nothing is lost"
    assert found["child_id"].nunique() == MOST + 6
    assert (linked.pairs["grade"] == "review").sum() == len(linked.pairs) > 0
    assert linked.pairs["reason"].str.contains("超大簇").all()
    assert linked.report["oversized_clusters"] == MOST + 5


def test_many_visits_on_different_days_are_one_childs() -> None:
    days = [f"2026-0{month}-{day:02d}" for month in (1, 2, 3) for day in range(1, 29)]
    visits = [row(department="visits", layout="visits", visit_date=day) for day in days]
    assert len(fold(frame(*visits), MOST).kept) == 1


def test_rows_of_two_kinds_of_book_stay_two_records() -> None:
    assert len(fold(frame(row(), row(layout="payment_roll")), MOST).kept) == 2
    assert len(fold(frame(row(), row(department="education")), MOST).kept) == 2


def test_bare_names_are_never_folded() -> None:
    bare = {"birth_date": "", "guardian_name": "", "live_addr": ""}
    assert len(fold(frame(row(**bare), row(**bare)), MOST).kept) == 2
    only_birth = {"guardian_name": "", "live_addr": ""}
    assert len(fold(frame(row(**only_birth), row(**only_birth)), MOST).kept) == 2


def test_adults_are_not_linked() -> None:
    records = frame(
        row(),
        row(department="workers", layout="workers", birth_date=""),
        row(layout="household", birth_date=""),
        row(department="cremation", layout="deaths", id_no_birth="1985-03-10", birth_date=""),
        row(department="cremation", layout="deaths", birth_date="2015-03-10"),
        row(department="cremation", layout="deaths", birth_date=""),
    )
    assert about_children(records, all_contracts(), date(2026, 9, 30)).tolist() == [
        True,
        False,
        False,
        False,
        True,
        False,
    ]
