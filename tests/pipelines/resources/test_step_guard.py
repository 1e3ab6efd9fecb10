"""The frame around a station: no exception gets out that could carry a value, a database fault is tried again."""

import dagster as dg
import pytest
import sqlalchemy as sa

from pipelines.resources.frames import FrameError
from pipelines.resources.reading import Refusal
from pipelines.resources.step_guard import StoppedError, hearing, observing, quiet, station

SECRET = "张三丰 620722201503105115"


def raised(fault):
    with pytest.raises(BaseException) as caught, station("link"):  # noqa: PT011 - whatever it is, it is looked at
        raise fault
    return caught.value


def spoken(fault):
    """The sentence for people; what Dagster is given holds nothing of it but a code and whole numbers."""
    with hearing() as sentences:
        kept = raised(fault)
    assert isinstance(kept, dg.Failure)
    assert kept.allow_retries is False
    assert kept.__cause__ is None
    assert kept.__suppress_context__
    assert kept.description.isascii()
    assert all(isinstance(entry.value, int) for name, entry in kept.metadata.items() if name != "code")
    return sentences["link"]


def test_a_refusal_is_said_in_its_own_words():
    assert spoken(Refusal("truncated", "文件不完整。", "请重新导出。")) == "文件不完整。请重新导出。"
    assert spoken(FrameError("还没有 link_pairs 的结果。")) == "还没有 link_pairs 的结果。"


def test_dagster_keeps_the_code_and_counts_of_a_refusal_and_not_the_sentence():
    kept = raised(StoppedError("missing_column", f"「{SECRET}.xlsx」缺少必需的列。", {"files": 2}))
    assert kept.description == "missing_column files=2"
    assert {name: entry.value for name, entry in kept.metadata.items()} == {"code": "missing_column", "files": 2}
    assert raised(Refusal("truncated", SECRET, SECRET)).description == "truncated"
    assert raised(ValueError(SECRET)).description == "ValueError"


def test_what_dagster_does_between_stations_is_as_quiet():
    with pytest.raises(dg.Failure) as caught, quiet("findings"):
        raise ValueError(SECRET)
    assert caught.value.description == "ValueError"


@pytest.mark.parametrize(
    "fault", [ValueError(SECRET), KeyError(SECRET), AssertionError(SECRET), RecursionError(SECRET)]
)
def test_an_unexpected_exception_leaves_its_kind_and_place(fault):
    text = spoken(fault)
    assert type(fault).__name__ in text
    assert "test_step_guard.py" in text
    assert not any(part in text for part in SECRET.split())


@pytest.mark.parametrize(
    ("fault", "word"), [(OSError(28, "No space left on device"), "磁盘已满"), (MemoryError(SECRET), "内存")]
)
def test_the_machines_troubles_say_what_to_check(fault, word):
    text = spoken(fault)
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

    monkeypatch.setattr("pipelines.resources.step_guard.WAIT_SECONDS", 0)
    assert job.execute_in_process(raise_on_error=False).success
    assert len(tries) == 3
