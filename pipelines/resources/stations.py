"""What every station of the graph does around its work: report start and end, and let no exception out that could
carry a value.

The work itself belongs to the assets. Dagster keeps exception texts in its event log, so an unexpected exception
leaves only its type and place.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import dagster as dg
import sqlalchemy as sa

from pipelines.resources import faults
from pipelines.resources.database import DatabaseError
from pipelines.resources.frames import FrameError
from pipelines.resources.locks import BusyError
from pipelines.resources.reading.shapes import Refusal
from pipelines.resources.workspace import WorkspaceError

TRIES, WAIT_SECONDS = 3, 2
Observer = Callable[[str, str, float], None]
_observers: list[Observer] = []
_debug = logging.getLogger("tongbi.debug")
_SPOKEN = (FrameError, DatabaseError, BusyError, WorkspaceError)
# Sentences about our own YAML files; they name file and key. By name: the rim knows nothing of what must hold.
_SPOKEN_NAMES = {
    "ChainError",
    "KeyFileError",
    "RuleFileError",
    "UnknownSettingError",
    "ContractError",
    "AccountingError",
}


@contextmanager
def observing(observer: Observer) -> Iterator[None]:
    """Call `observer(station, "started" | "finished" | "failed", seconds)` for what runs meanwhile in this process."""
    _observers.append(observer)
    try:
        yield
    finally:
        _observers.remove(observer)


@contextmanager
def station(name: str) -> Iterator[None]:
    """The frame around one station's work.

    Raises:
        dg.Failure: with a Chinese sentence; it is not tried again.
        dg.RetryRequested: the database did not answer; Dagster tries again a little later.
    """
    began = time.perf_counter()
    _tell(name, "started", 0.0)
    try:
        yield
        faults.reach(f"station:{name}")
    except BaseException as fault:
        _tell(name, "failed", time.perf_counter() - began)
        raise _translated(name, fault) from None
    _tell(name, "finished", time.perf_counter() - began)


def _tell(name: str, what: str, seconds: float) -> None:
    for observer in tuple(_observers):
        with suppress(Exception):  # a display that fails must not stop the work
            observer(name, what, seconds)


def _translated(name: str, fault: BaseException) -> BaseException:
    if isinstance(fault, dg.Failure | dg.RetryRequested | KeyboardInterrupt | SystemExit | GeneratorExit):
        return fault
    if isinstance(fault, sa.exc.OperationalError | sa.exc.InterfaceError):
        return dg.RetryRequested(max_retries=TRIES, seconds_to_wait=WAIT_SECONDS)
    _debug.debug("%s %s\n%s", name, type(fault).__name__, "".join(traceback.format_tb(fault.__traceback__)))
    if isinstance(fault, Refusal):
        return dg.Failure(f"{fault.message}{fault.advice}", metadata={"code": fault.code}, allow_retries=False)
    if isinstance(fault, _SPOKEN) or type(fault).__name__ in _SPOKEN_NAMES:
        return dg.Failure(str(fault), allow_retries=False)
    if isinstance(fault, MemoryError | OSError):
        return dg.Failure(_machine_sentence(fault), allow_retries=False)
    return dg.Failure(_internal_sentence(name, fault), allow_retries=False)


def _machine_sentence(fault: BaseException) -> str:
    reason = (getattr(fault, "strerror", "") or type(fault).__name__) if isinstance(fault, OSError) else "内存不足"
    return f"机器出了问题（{reason}）：请检查磁盘空间、内存和权限，然后重新运行；上一次的结果没有改变。"


def _internal_sentence(name: str, fault: BaseException) -> str:
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename] or frames[-1:]
    place = f"{Path(ours[-1].filename).name} 第 {ours[-1].lineno} 行" if ours else "未知位置"
    what = f"程序内部错误（{type(fault).__name__}，{name}，{place}）：上一次的结果没有改变；"
    return what + "请加 --debug 重新运行，把 log 文件夹交给维护人员。"
