"""The register of deliveries, on SQLite and PostgreSQL: the same file twice, corrections, withdrawals."""

import pytest

from pipelines.resources import audit, deliveries
from pipelines.resources.database import writing
from pipelines.resources.deliveries import ArrivedFile, Branch, DeliveryNotice, RowCounts

BRANCH = Branch("2026Q3", "education")
A, B, C = (letter * 64 for letter in "abc")


def arrive(engine, *files):
    with writing(engine) as connection:
        return deliveries.register(connection, BRANCH, [ArrivedFile(name, sha, 10) for name, sha in files], "me")


def settle(engine, taken):
    with writing(engine) as connection:
        deliveries.settle(connection, BRANCH, [one.id for one in taken])


def states(engine):
    with engine.connect() as connection:
        return {row["sha256"][0]: row["status"] for row in deliveries.rows(connection, BRANCH)}


def test_the_same_file_twice_changes_nothing(engine):
    first = arrive(engine, ("学籍.xlsx", A))
    settle(engine, first)
    again = arrive(engine, ("学籍.xlsx", A))
    assert [one.new for one in first + again] == [True, False]
    assert states(engine) == {"a": "current"}
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM audit").scalar() == 1


def test_the_same_content_under_two_names_counts_once(engine):
    taken = arrive(engine, ("学籍.xlsx", A), ("学籍(1).xlsx", A))
    assert [one.sha256 for one in taken] == [A]


def test_a_copy_beside_a_file_that_is_known_does_not_take_its_name(engine):
    first = arrive(engine, ("学籍.xlsx", A))
    settle(engine, first)
    again = arrive(engine, ("学籍(1).xlsx", A), ("学籍.xlsx", A))
    assert [(one.file, one.new) for one in again] == [("学籍.xlsx", False)]


def test_a_corrected_file_supersedes_the_earlier_one_when_it_is_published(engine):
    settle(engine, arrive(engine, ("学籍.xlsx", A), ("补.xlsx", C)))
    taken = arrive(engine, ("学籍.xlsx", B), ("补.xlsx", C))
    corrected = next(one for one in taken if one.sha256 == B)
    assert corrected.supersedes == deliveries.delivery_id(BRANCH, A)
    assert states(engine) == {"a": "current", "b": "received", "c": "current"}
    settle(engine, taken)
    assert states(engine) == {"a": "superseded", "b": "current", "c": "current"}


def test_a_file_that_returns_counts_for_the_run_that_takes_it_again(engine):
    settle(engine, arrive(engine, ("学籍.xlsx", A), ("补.xlsx", B)))
    settle(engine, arrive(engine, ("学籍.xlsx", A)))
    # Not only when its edition is published: stations ask what came while it is made.
    arrive(engine, ("学籍.xlsx", A), ("补.xlsx", B))
    assert states(engine) == {"a": "current", "b": "received"}


def test_a_file_taken_back_is_withdrawn_and_may_return(engine):
    settle(engine, arrive(engine, ("一.xlsx", A), ("二.xlsx", B)))
    settle(engine, arrive(engine, ("一.xlsx", A)))
    assert states(engine) == {"a": "current", "b": "withdrawn"}
    settle(engine, arrive(engine, ("一.xlsx", A), ("二.xlsx", B)))
    assert states(engine) == {"a": "current", "b": "current"}


def test_counts_differences_and_sentences_are_kept(engine):
    (taken,) = arrive(engine, ("学籍.xlsx", A))
    with writing(engine) as connection:
        deliveries.count(connection, {taken.id: RowCounts(10, 7, 2, 1)})
        deliveries.note_difference(connection, taken.id, {"added": 1, "removed": 0, "changed": 3})
        for _ in range(2):
            deliveries.replace_notices(
                connection,
                BRANCH,
                [DeliveryNotice("学籍.xlsx", "totals", "warn", "Sheet1", 9, "合计行与明细不符。", "请核对。")],
            )
    with engine.connect() as connection:
        (row,) = deliveries.of_period(connection, "2026Q3", ["received"])
        assert (row["rows_in"], row["accepted"], row["quarantined"], row["set_aside"]) == (10, 7, 2, 1)
        assert row["difference"] == '{"added": 1, "changed": 3, "removed": 0}'
        assert [line["message"] for line in deliveries.notices_of_period(connection, "2026Q3")] == [
            "合计行与明细不符。"
        ]
        assert audit.broken_line(connection) is None


@pytest.mark.parametrize("text", ["'; DROP TABLE delivery; --", "一“二”.xlsx"])
def test_file_names_are_only_text(engine, text):
    arrive(engine, (text, A))
    with engine.connect() as connection:
        assert [row["file"] for row in deliveries.rows(connection, BRANCH)] == [text]


def test_the_content_of_another_period_is_known_again_by_whoever_came_later(engine):
    first = arrive(engine, ("学籍.xlsx", A))
    settle(engine, first)
    later, police = Branch("2026Q4", "education"), Branch("2026Q4", "public_security")
    with writing(engine) as connection:
        taken = {
            branch: deliveries.register(connection, branch, [ArrivedFile("新.xlsx", A, 10)], "me")
            for branch in (later, police)
        }
        known = {branch: deliveries.elsewhere(connection, branch, lines) for branch, lines in taken.items()}
        own = deliveries.elsewhere(connection, BRANCH, first)
        assert deliveries.elsewhere(connection, later, []) == {}
    assert [line["period"] for line in known[later].values()] == ["2026Q3"]
    assert [line["department"] for line in known[police].values()] == ["education"]
    assert own == {}
    settle(engine, [])  # the first period gave it up again
    with writing(engine) as connection:
        assert deliveries.elsewhere(connection, later, taken[later]) == {}


def test_what_yesterdays_edition_rests_on_is_not_refused(engine):
    settle(engine, arrive(engine, ("学籍.xlsx", A)))
    taken = arrive(engine, ("学籍.xlsx", A), ("新.xlsx", B))
    with writing(engine) as connection:
        deliveries.refuse_new(connection, [one.id for one in taken])
    assert states(engine) == {"a": "current", "b": "refused"}


def test_a_known_content_says_since_when_and_under_which_name(engine):
    arrive(engine, ("学籍.xlsx", A))
    (again,) = arrive(engine, ("改名.xlsx", A))
    assert (again.file, again.first_file, again.new) == ("改名.xlsx", "学籍.xlsx", False)
    assert again.since
