"""What starts a run by itself: schedules run the period that ended, the arrival sensor waits until the copying is over."""

from datetime import UTC, datetime

import dagster as dg
import pytest

from pipelines.automation import inbox_states, schedules, sensors


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


def test_arrivals_are_run_once_when_they_are_quiet(tmp_path, instance):
    folder = tmp_path / "inbox" / "2026Q3" / "education"
    folder.mkdir(parents=True)
    assert look(tmp_path, instance, None) == ([], "")
    (folder / "学籍.csv").write_text("姓名", encoding="utf-8")
    asked, cursor = look(tmp_path, instance, None)
    assert asked == []
    (folder / "学籍.csv").write_text("姓名,身份证号", encoding="utf-8")  # still being written
    asked, cursor = look(tmp_path, instance, cursor)
    assert asked == []
    asked, cursor = look(tmp_path, instance, cursor)
    assert asked == ["2026Q3"]
    asked, cursor = look(tmp_path, instance, cursor)
    assert asked == []


def test_what_is_no_period_or_no_delivery_is_not_seen(tmp_path):
    for name in ("2026Q3/education/~$学籍.xlsx", "杂物/a.csv", "2026Q9/education/a.csv", "2026Q3/education/.hidden"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert inbox_states(tmp_path) == {}
