"""The life of findings in SQL, on SQLite and PostgreSQL: appended only, read in order, issued lines keep their day."""

import pytest
import sqlalchemy as sa

from pipelines.resources import finding_events
from pipelines.resources.database import insert_rows, writing
from pipelines.resources.finding_events import Issued
from pipelines.resources.tables import child_event, child_record


def event(name, period, kind="appeared", **more):
    return {"finding_id": name, "period": period, "kind": kind, "state": "new", "source": "data", **more}


def append(engine, *rows):
    with writing(engine) as connection:
        return finding_events.append(connection, rows)


def test_events_come_back_in_order_with_a_time(engine):
    assert append(engine, event("A", "2026Q2"), event("A", "2026Q2", "dispatched"), event("B", "2026Q3")) == 3
    with engine.connect() as connection:
        found = finding_events.events(connection)
        assert [row["kind"] for row in found] == ["appeared", "dispatched", "appeared"]
        assert all(row["at"] for row in found)
        assert [row["finding_id"] for row in finding_events.before(connection, "2026Q3")] == ["A", "A"]


def test_quarters_and_months_do_not_mix(engine):
    append(engine, event("A", "2026Q2"), event("B", "2026-07"))
    with engine.connect() as connection:
        assert [row["finding_id"] for row in finding_events.before(connection, "2026Q3")] == ["A"]
        assert [row["finding_id"] for row in finding_events.before(connection, "2026-08")] == ["B"]
        assert finding_events.later_exists(connection, "2026Q1")
        assert not finding_events.later_exists(connection, "2026Q2")
        assert not finding_events.later_exists(connection, "2026-07")
        assert finding_events.latest_period(connection) == "2026-07"


@pytest.mark.parametrize("sql", ["UPDATE life_event SET state = 'closed'", "DELETE FROM life_event"])
def test_what_happened_cannot_be_changed(engine, sql):
    append(engine, event("A", "2026Q2"))
    with pytest.raises(sa.exc.DBAPIError), writing(engine) as connection:
        connection.execute(sa.text(sql))


def test_a_line_sent_again_keeps_the_day_its_answer_is_due(engine):
    one = Issued("顺化镇", "A", "township", "L01", "2026-10-30")
    with writing(engine) as connection:
        finding_events.replace_issued(
            connection, "2026Q3", [one, Issued("顺化镇", "B", "township", "L01", "2026-10-30")]
        )
        finding_events.replace_issued(connection, "2026Q3", [Issued("顺化镇", "A", "township", "L01", "2026-11-30")])
        assert finding_events.issued(connection, "2026Q3") == [one]
        assert finding_events.issued_periods(connection) == ["2026Q3"]


def test_a_merged_number_leads_to_the_end_of_the_chain(engine):
    rows = [{"period": "2026Q2", "kind": "merge", "child_id": "T1", "other_id": "T2"}]
    rows += [{"period": "2026Q3", "kind": "merge", "child_id": "T0", "other_id": "T1"}]
    rows += [{"period": "2026Q3", "kind": "split", "child_id": "T0", "other_id": "T9"}]
    with writing(engine) as connection:
        insert_rows(connection, child_event, rows)
        assert finding_events.merged_children(connection) == {"T2": "T0", "T1": "T0"}
        assert finding_events.merged_children(connection, "2026Q3") == {"T2": "T1"}, "a period run again makes its own"


def test_a_returned_file_is_written_down_once(engine):
    row = {"sha256": "s", "file": "a.xlsx", "period": "2026Q3", "recipient": "顺化镇", "counts": "{}"}
    with writing(engine) as connection:
        finding_events.register_files(connection, [row])
        first = finding_events.read_files(connection)
        finding_events.register_files(connection, [{**row, "counts": '{"unchanged": 1}'}])
        assert finding_events.read_files(connection) == first


def test_what_an_earlier_run_of_a_period_said_is_known(engine):
    rows = [
        {"finding_id": "L01-A", "period": "2026Q3", "kind": "appeared", "state": "new", "source": "data"},
        {"finding_id": "L01-B", "period": "2026Q3", "kind": "answered", "state": "closed", "source": "reply"},
        {"finding_id": "L01-C", "period": "2026Q2", "kind": "appeared", "state": "new", "source": "data"},
    ]
    with writing(engine) as connection:
        finding_events.append(connection, rows)
        assert finding_events.said_already(connection, "2026Q3") == {"L01-A"}
        named = [("2026Q3", "CA-1", "T1"), ("2026Q2", "CA-1", "T0")]
        insert_rows(
            connection,
            child_record,
            [{"period": period, "record_id": record, "child_id": child} for period, record, child in named],
        )
        assert finding_events.record_children(connection, "2026Q3") == {"CA-1": "T1"}


def test_a_merged_number_leads_to_the_last_one_and_a_circle_ends_where_it_closes():
    assert finding_events.final_numbers({"T3": "T2", "T2": "T1"}) == {"T3": "T1", "T2": "T1"}
    assert finding_events.final_numbers({"T1": "T2", "T2": "T1"}) == {"T1": "T1", "T2": "T2"}
