"""Publishing into SQL, on SQLite and PostgreSQL: register replaced, history appended, nothing twice."""

import dataclasses

import pandas as pd
import pytest
import sqlalchemy as sa

from pipelines.resources import publication
from pipelines.resources.database import writing
from pipelines.resources.publication import Edition
from pipelines.resources.tables import child, child_record, finding_event
from pipelines.resources.tables import publication as publication_table


def edition(period, digest, children, findings):
    links = pd.DataFrame({"record_id": [f"r{n}" for n in range(len(children))], "child_id": children})
    listed = pd.DataFrame(
        [(f"L01-{name}", "L01", name, "", "明确") for name in findings],
        columns=["finding_id", "code", "child_id", "field", "grade"],
    )
    numbers = links.assign(kind="id_no", value="620722201503101234", department="education").drop(columns="record_id")
    events = pd.DataFrame([("merge", "T2026Q2-000001", "T2026Q2-000002")], columns=publication.EVENT_COLUMNS)
    return Edition(period, digest, "run", "me", links, listed, numbers, events, {}, {"children": len(set(children))})


def publish(engine, one):
    with writing(engine) as connection:
        return publication.publish(connection, one)


def events(engine, period):
    wanted = sa.select(finding_event.c.finding_id, finding_event.c.kind).where(finding_event.c.period == period)
    with engine.connect() as connection:
        return sorted(tuple(row) for row in connection.execute(wanted.order_by(finding_event.c.finding_id)))


def count(engine, table):
    with engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()


ONE, TWO = "T2026Q2-000001", "T2026Q2-000002"


def test_the_same_edition_twice_appends_nothing(engine):
    assert publish(engine, edition("2026Q2", "d1", [ONE, ONE, TWO], [ONE]))
    assert not publish(engine, edition("2026Q2", "d1", [ONE, ONE, TWO], [ONE]))
    assert (count(engine, publication_table), count(engine, child), count(engine, child_record)) == (1, 2, 3)


def test_findings_live_across_periods(engine):
    publish(engine, edition("2026Q2", "d1", [ONE, TWO], [ONE, TWO]))
    publish(engine, edition("2026Q3", "d2", [ONE, "T2026Q3-000001"], [TWO, "T2026Q3-000001"]))
    assert events(engine, "2026Q2") == [(f"L01-{ONE}", "new"), (f"L01-{TWO}", "new")]
    assert events(engine, "2026Q3") == [
        (f"L01-{ONE}", "gone"),
        (f"L01-{TWO}", "lasting"),
        ("L01-T2026Q3-000001", "new"),
    ]


def test_a_corrected_period_replaces_its_own_children_and_no_others(engine):
    publish(engine, edition("2026Q2", "d1", [ONE], []))
    publish(engine, edition("2026Q3", "d2", [ONE, "T2026Q3-000001", "T2026Q3-000002"], []))
    publish(engine, edition("2026Q3", "d3", [ONE, "T2026Q3-000001"], []))
    with engine.connect() as connection:
        names = list(connection.execute(sa.select(child.c.child_id).order_by(child.c.child_id)).scalars())
        assert publication.latest_digest(connection, "2026Q3") == "d3"
    assert names == [ONE, "T2026Q3-000001"]


def test_a_failure_in_the_middle_leaves_the_edition_before(engine):
    publish(engine, edition("2026Q2", "d1", [ONE], [ONE]))
    broken = dataclasses.replace(edition("2026Q2", "d2", [TWO], [TWO]), findings=pd.DataFrame({"finding_id": ["x"]}))
    with pytest.raises(KeyError):
        publish(engine, broken)
    with engine.connect() as connection:
        assert publication.latest_digest(connection, "2026Q2") == "d1"
    assert events(engine, "2026Q2") == [(f"L01-{ONE}", "new")]
