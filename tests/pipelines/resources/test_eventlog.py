"""The event log with steady connections: Dagster's own class reads what it wrote, and it is what a workspace uses."""

import dagster as dg
from dagster._core.storage.event_log import SqliteEventLogStorage

from pipelines.resources.eventlog import SteadyEventLog
from pipelines.resources.workspace import Workspace


@dg.asset(check_specs=[dg.AssetCheckSpec("counted", asset="thing")])
def thing():
    yield dg.Output(1)
    yield dg.AssetCheckResult(passed=True)


def test_dagsters_own_class_reads_what_ours_wrote(tmp_path, monkeypatch):
    workspace = Workspace.create(tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(workspace.dagster_home))
    with dg.DagsterInstance.from_config(str(workspace.dagster_home)) as instance:
        assert isinstance(instance.event_log_storage, SteadyEventLog)
        result = dg.materialize([thing], instance=instance)
        written = [entry.dagster_event_type for entry in instance.all_logs(result.run_id)]
        assert instance.get_latest_materialization_event(thing.key) is not None
    theirs = SqliteEventLogStorage(str(workspace.dagster_home / "history" / "runs"))
    read = [entry.dagster_event_type for entry in theirs.get_logs_for_run(result.run_id)]
    assert read == written
    assert len(read) > 8
    assert theirs.get_latest_materialization_events([thing.key])[thing.key] is not None
