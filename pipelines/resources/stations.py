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

from pipelines.resources import faults
from pipelines.resources.reading.shapes import Refusal
from pipelines.resources.trouble import UNFORESEEN, Trouble, trouble_of

TRIES, WAIT_SECONDS = 3, 2
Observer = Callable[[str, str, float], None]
_observers: list[Observer] = []
_debug = logging.getLogger("tongbi.debug")
_troubles: dict[str, Trouble] = {}


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
        dg.Failure: with a Chinese sentence that holds no value, and its code; it is not tried again.
        dg.RetryRequested: the database did not answer; Dagster tries again a little later.
    """
    began = time.perf_counter()
    _troubles.pop(name, None)
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


def trouble_in(name: str) -> Trouble | None:
    """What stopped a station in this process. Its whole sentence stays here: Dagster keeps the general one and the code."""
    return _troubles.get(name)


def _translated(name: str, fault: BaseException) -> BaseException:
    if isinstance(fault, dg.Failure | dg.RetryRequested | KeyboardInterrupt | SystemExit | GeneratorExit):
        return fault
    _debug.debug("%s %s\n%s", name, type(fault).__name__, "".join(traceback.format_tb(fault.__traceback__)))
    if isinstance(fault, Refusal):
        return dg.Failure(f"{fault.message}{fault.advice}", metadata={"code": fault.code}, allow_retries=False)
    trouble = trouble_of(fault)
    if trouble.code == UNFORESEEN:
        trouble = Trouble(UNFORESEEN, f"{trouble.what}，{name}，{_place(fault)}")
    _troubles[name] = trouble
    if trouble.is_passing:
        return dg.RetryRequested(max_retries=TRIES, seconds_to_wait=WAIT_SECONDS)
    general = Trouble(trouble.code, trouble.what).sentence()
    return dg.Failure(general, metadata={"code": trouble.code}, allow_retries=False)


def _place(fault: BaseException) -> str:
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename] or frames[-1:]
    return f"{Path(ours[-1].filename).name} 第 {ours[-1].lineno} 行" if ours else "未知位置"
