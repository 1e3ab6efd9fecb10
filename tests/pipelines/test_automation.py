"""What starts a run by itself: schedules run the period that ended, the arrival sensor waits for the departments and for the copying; how a period is opened."""

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest
import yaml

import expectations.jurisdictions as profiles
from assets.coverage.arriving import departments_to_come, expected_departments
from pipelines.assembly import build_definitions
from pipelines.automation import inbox_states, schedules, sensors
from pipelines.resources.frames import FrameStore
from pipelines.resources.workspace import Workspace


@pytest.fixture
def instance(tmp_path_factory):
    with dg.DagsterInstance.local_temp(str(tmp_path_factory.mktemp("dagster"))) as found:
        yield found


@pytest.mark.parametrize(
    ("name", "day", "period"),
    [
        ("quarterly", (2026, 10, 10), "2026Q3"),
        ("quarterly", (2027, 1, 10), "2026Q4"),
        ("monthly", (2026, 10, 5), "2026-09"),
    ],
)
def test_schedules_run_the_period_that_ended(instance, name, day, period):
    schedule = next(one for one in schedules() if one.name == name)
    context = dg.build_schedule_context(instance, scheduled_execution_time=datetime(*day, tzinfo=UTC))
    request = schedule(context)
    assert request.partition_key == period
    assert instance.has_dynamic_partition("period", period)


def look(root, instance, cursor):
    sensor = next(one for one in sensors(root) if one.name == "arrival")
    result = sensor(dg.build_sensor_context(instance, cursor=cursor))
    asked = [request.partition_key for request in result.run_requests or []]
    added = [key for request in result.dynamic_partitions_requests or [] for key in request.partition_keys]
    assert asked == added, "a run is only asked for with its period"
    return asked, result.cursor or ""


FOUR = ("civil_affairs", "disability", "education", "public_security")


@pytest.fixture
def workspace(tmp_path):
    return Workspace.create(tmp_path / "w")


def put(workspace, *departments, text="姓名", period="2026Q3"):
    for department in departments:
        path = workspace.inbox / period / department / "表.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def reason(root, instance):
    sensor = next(one for one in sensors(root) if one.name == "arrival")
    skipped = sensor(dg.build_sensor_context(instance)).skip_reason
    return skipped.skip_message if isinstance(skipped, dg.SkipReason) else skipped


def test_arrivals_are_run_once_when_they_are_quiet(workspace, instance):
    root = workspace.root
    assert look(root, instance, None) == ([], "")
    put(workspace, *FOUR)
    asked, cursor = look(root, instance, None)
    assert asked == []
    put(workspace, "education", text="姓名,身份证号")  # still being written
    asked, cursor = look(root, instance, cursor)
    assert asked == []
    asked, cursor = look(root, instance, cursor)
    assert asked == ["2026Q3"]
    asked, cursor = look(root, instance, cursor)
    assert asked == []


def test_the_first_files_start_nothing_and_it_is_said_who_is_waited_for(workspace, instance):
    put(workspace, "civil_affairs", "education")
    cursor = None
    for _ in range(3):
        asked, cursor = look(workspace.root, instance, cursor)
        assert asked == []
    assert "2026Q3 还没有收到残联、公安的文件" in reason(workspace.root, instance)
    # A lock file of a program that has the file open is no delivery.
    put(workspace, "disability", "public_security")
    (workspace.inbox / "2026Q3" / "disability" / "表.csv").rename(
        workspace.inbox / "2026Q3" / "disability" / "~$表.csv"
    )
    assert "还没有收到残联的文件" in reason(workspace.root, instance)
    put(workspace, "disability")
    _, cursor = look(workspace.root, instance, cursor)
    assert look(workspace.root, instance, cursor)[0] == ["2026Q3"]


def test_a_place_says_whom_it_expects_else_the_period_before_does(workspace, instance):
    put(workspace, "civil_affairs", "education")
    frames = FrameStore(workspace.frames)
    frames.write(
        "delivered", "2026Q2", pd.DataFrame({"source": ["civil_affairs", "civil_affairs.ledger", "education"]})
    )
    assert departments_to_come(workspace, "2026Q3") == []
    # Another kind of period says nothing of this one.
    assert expected_departments(workspace, "2026-07") == list(FOUR)
    own = yaml.safe_load((Path(profiles.__file__).parent / "default.yaml").read_text(encoding="utf-8"))
    own["gate"]["expected"] = {"value": ["civil_affairs", "attendance", "education.register"]}
    (workspace.root / "own.yaml").write_text(yaml.safe_dump(own, allow_unicode=True), encoding="utf-8")
    settings = workspace.root / "tongbi.toml"
    settings.write_text('profile = "own.yaml"\n', encoding="utf-8")
    assert departments_to_come(Workspace.open(workspace.root), "2026Q3") == ["attendance"]


def job_of(root):
    return build_definitions(root).resolve_job_def("new_period")


def open_period(root, instance, period):
    config = {"ops": {"open_period": {"config": {"period": period}}}}
    return job_of(root).execute_in_process(instance=instance, run_config=config, raise_on_error=False)


def test_a_new_period_is_opened_from_the_launchpad(workspace, instance):
    assert open_period(workspace.root, instance, "2026q4").success
    assert instance.has_dynamic_partition("period", "2026Q4")
    assert sorted(path.name for path in (workspace.inbox / "2026Q4").iterdir()) == sorted(FOUR)


@pytest.mark.parametrize(("period", "sentence"), [("2026年四季度", "季度写成 2026Q3"), ("2026-10", "按季度比对")])
def test_what_is_no_period_of_this_place_is_refused_in_words(workspace, instance, period, sentence):
    done = open_period(workspace.root, instance, period)
    failure = next(event for event in done.all_events if event.is_step_failure)
    assert sentence in str(failure.step_failure_data.error) + str(failure.step_failure_data.user_failure_data)
    assert not instance.get_dynamic_partitions("period")
    assert not (workspace.inbox / period).exists()


def test_the_pages_own_button_adds_a_period_that_every_job_offers(workspace, instance):
    """`Add new partition` in the window that starts a run adds to the same name."""
    instance.add_dynamic_partitions("period", ["2026Q4"])
    jobs = [build_definitions(workspace.root).resolve_job_def(name) for name in ("run", "release")]
    for job in jobs:
        assert job.partitions_def.get_partition_keys(dynamic_partitions_store=instance) == ["2026Q4"]


def test_what_is_no_period_or_no_delivery_is_not_seen(tmp_path):
    for name in ("2026Q3/education/~$学籍.xlsx", "杂物/a.csv", "2026Q9/education/a.csv", "2026Q3/education/.hidden"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert inbox_states(tmp_path) == {}
