"""The frame around a station: no exception gets out that could carry a value, a database fault is tried again."""

import dagster as dg
import pytest
import sqlalchemy as sa

from pipelines.resources.frames import FrameError
from pipelines.resources.reading import Refusal
from pipelines.resources.stations import observing, station, trouble_in

SECRET = "张三丰 620722201503105115"


def raised(fault):
    with pytest.raises(BaseException) as caught, station("link"):  # noqa: PT011 - whatever it is, it is looked at
        raise fault
    return caught.value


def spoken(found):
    assert isinstance(found, dg.Failure)
    assert found.allow_retries is False
    assert found.__cause__ is None
    assert found.__suppress_context__
    return found.description


def test_a_refusal_is_said_in_its_own_words():
    assert spoken(raised(Refusal("truncated", "文件不完整。", "请重新导出。"))) == "文件不完整。请重新导出。"


def test_a_sentence_of_ours_stays_in_the_process_and_dagster_keeps_the_general_one():
    found = raised(FrameError("还没有 link_pairs 的结果。"))
    assert "link_pairs" not in spoken(found)
    assert found.metadata["code"].text == "spoken"
    assert trouble_in("link").sentence() == "还没有 link_pairs 的结果。"
    with station("link"):
        pass
    assert trouble_in("link") is None


@pytest.mark.parametrize(
    "fault", [ValueError(SECRET), KeyError(SECRET), AssertionError(SECRET), RecursionError(SECRET)]
)
def test_an_unexpected_exception_leaves_its_kind_and_place(fault):
    text = spoken(raised(fault))
    assert type(fault).__name__ in text
    assert "test_stations.py" in text
    assert not any(part in text for part in SECRET.split())


@pytest.mark.parametrize(
    ("fault", "word"), [(OSError(28, "No space left on device"), "磁盘已满"), (MemoryError(SECRET), "内存")]
)
def test_the_machines_troubles_say_what_to_check(fault, word):
    text = spoken(raised(fault))
    assert word in text
    assert "620722" not in text


def test_a_database_that_does_not_answer_is_tried_again():
    found = raised(sa.exc.OperationalError("SELECT 1", {"name": SECRET}, Exception("server closed the connection")))
    assert isinstance(found, dg.RetryRequested)
    assert found.max_retries == 3


def test_interrupting_is_not_translated():
    assert isinstance(raised(KeyboardInterrupt()), KeyboardInterrupt)


def test_observers_hear_of_it_and_cannot_break_it():
    heard = []

    def deaf(*_):
        raise RuntimeError

    with observing(deaf), observing(lambda name, what, _: heard.append((name, what))):
        with station("link"):
            pass
        raised(ValueError("x"))
    assert heard == [("link", "started"), ("link", "finished"), ("link", "started"), ("link", "failed")]


def test_dagster_tries_again(monkeypatch):
    tries = []

    @dg.op
    def fragile(_context):
        with station("fragile"):
            tries.append(1)
            if len(tries) < 3:
                raise sa.exc.OperationalError(SECRET, None, Exception(SECRET))

    @dg.job
    def job():
        fragile()

    monkeypatch.setattr("pipelines.resources.stations.WAIT_SECONDS", 0)
    assert job.execute_in_process(raise_on_error=False).success
    assert len(tries) == 3
