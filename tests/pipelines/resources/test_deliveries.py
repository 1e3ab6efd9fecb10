"""The register of deliveries, on SQLite and PostgreSQL: the same file twice, corrections, withdrawals."""

import pytest

from pipelines.resources import audit, deliveries
from pipelines.resources.database import writing
from pipelines.resources.deliveries import Arrived, Branch, Counted, Said

BRANCH = Branch("2026Q3", "education")
A, B, C = (letter * 64 for letter in "abc")


def arrive(engine, *files):
    with writing(engine) as connection:
        return deliveries.register(connection, BRANCH, [Arrived(name, sha, 10) for name, sha in files], "me")


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


def test_a_file_taken_back_is_withdrawn_and_may_return(engine):
    settle(engine, arrive(engine, ("一.xlsx", A), ("二.xlsx", B)))
    settle(engine, arrive(engine, ("一.xlsx", A)))
    assert states(engine) == {"a": "current", "b": "withdrawn"}
    settle(engine, arrive(engine, ("一.xlsx", A), ("二.xlsx", B)))
    assert states(engine) == {"a": "current", "b": "current"}


def test_counts_differences_and_sentences_are_kept(engine):
    (taken,) = arrive(engine, ("学籍.xlsx", A))
    with writing(engine) as connection:
        deliveries.count(connection, {taken.id: Counted(10, 7, 2, 1)})
        deliveries.note_difference(connection, taken.id, {"added": 1, "removed": 0, "changed": 3})
        for _ in range(2):
            deliveries.say(
                connection, BRANCH, [Said("学籍.xlsx", "totals", "warn", "Sheet1", 9, "合计行与明细不符。", "请核对。")]
            )
    with engine.connect() as connection:
        (row,) = deliveries.of_period(connection, "2026Q3", ["received"])
        assert (row["rows_in"], row["accepted"], row["quarantined"], row["set_aside"]) == (10, 7, 2, 1)
        assert row["difference"] == '{"added": 1, "changed": 3, "removed": 0}'
        assert [line["message"] for line in deliveries.said(connection, "2026Q3")] == ["合计行与明细不符。"]
        assert audit.broken_line(connection) is None


@pytest.mark.parametrize("text", ["'; DROP TABLE delivery; --", "一“二”.xlsx"])
def test_file_names_are_only_text(engine, text):
    arrive(engine, (text, A))
    with engine.connect() as connection:
        assert [row["file"] for row in deliveries.rows(connection, BRANCH)] == [text]
