"""Runs that Dagster starts stand in table `run` and in the audit; a tag confirms nothing."""

import shutil

import dagster as dg
import pytest
import sqlalchemy as sa

from pipelines.assembly import build_definitions
from pipelines.partitions import PARTITIONS_NAME
from pipelines.resources import consents, runs
from pipelines.resources.audit import Act
from pipelines.resources.audit import append as note
from pipelines.resources.consents import WITHDRAWAL, given
from pipelines.resources.database import writing
from pipelines.resources.runs import Begun
from pipelines.resources.session import Session
from pipelines.running import QUIET, instance_of

pytestmark = pytest.mark.slow


def started_from_the_screen(county, run_id, tags):
    """One station of the job, as the launchpad starts it: nothing of `run_period`."""
    with instance_of(county) as instance:
        instance.add_dynamic_partitions(PARTITIONS_NAME, ["2026Q2"])
        job = build_definitions(county.workspace.root).resolve_job_def("run")
        settings = {
            "partition_key": "2026Q2",
            "instance": instance,
            "run_config": QUIET,
            "tags": tags,
            "run_id": run_id,
        }
        chosen = [dg.AssetKey("raw_disability")]
        return job.execute_in_process(asset_selection=chosen, raise_on_error=False, **settings)


def rows(county, sql):
    with county.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(sql))]


@pytest.fixture
def taken_back(after_first_quarter):
    shutil.rmtree(after_first_quarter / "inbox" / "2026Q2" / "disability")
    return Session.at(after_first_quarter)


def test_a_run_from_the_screen_is_written_down_and_its_tag_withdraws_nothing(taken_back):
    run_id = "11111111-1111-4111-8111-111111111111"
    assert started_from_the_screen(taken_back, run_id, {"tongbi/withdrawn": "disability"}).success
    assert rows(taken_back, f"SELECT period, status FROM run WHERE id = '{run_id}'") == [("2026Q2", "done")]
    acts = rows(taken_back, f"SELECT action FROM audit WHERE detail LIKE '%{run_id}%' ORDER BY id")
    assert acts == [("run",), ("run_end",)]
    (states,) = zip(
        *rows(taken_back, "SELECT DISTINCT status FROM delivery WHERE department = 'disability'"), strict=True
    )
    assert states == ("current",)
    assert rows(taken_back, "SELECT count(*) FROM delivery_notice WHERE code = 'vanished'") == [(1,)]


def test_a_withdrawal_that_stands_in_the_audit_counts_for_its_run(taken_back):
    run_id = "22222222-2222-4222-8222-222222222222"
    with writing(taken_back.engine) as connection:
        begun = Begun(run_id, "2026Q2", "李主任", runs.COMMAND)
        runs.begin(connection, begun)
        consents.note_withdrawn(connection, begun, ["disability"])
    assert started_from_the_screen(taken_back, run_id, {}).success
    (states,) = zip(
        *rows(taken_back, "SELECT DISTINCT status FROM delivery WHERE department = 'disability'"), strict=True
    )
    assert states == ("withdrawn",)


def test_a_confirmation_needs_a_name_and_a_line_that_the_chain_vouches_for(opened):
    asked = ("run-1", "2026Q2", "disability")
    with writing(opened.engine) as connection:
        note(connection, Act("", WITHDRAWAL, "2026Q2/disability", {"confirmed_by": " ", "run": "run-1"}))
        forged = "INSERT INTO audit (id, at, actor, action, subject, detail, previous, hash) VALUES (99, '', 'x', "
        forged += f"'{WITHDRAWAL}', '2026Q2/disability', '{{\"confirmed_by\": \"x\", \"run\": \"run-1\"}}', '', 'y')"
        connection.exec_driver_sql(forged)
        assert not given(connection, *asked, action=WITHDRAWAL)
        connection.exec_driver_sql("DROP TRIGGER audit_no_delete")
        connection.exec_driver_sql("DELETE FROM audit WHERE id = 99")
        note(connection, Act("李主任", WITHDRAWAL, "2026Q2/disability", {"confirmed_by": "李主任", "run": "run-1"}))
        assert given(connection, *asked, action=WITHDRAWAL)
        assert not given(connection, "run-2", *asked[1:], action=WITHDRAWAL)
