"""What every station of the graph does around its work: report start and end, and let no exception out that could carry a value.

The work itself belongs to the assets. Dagster keeps exception texts in its event log, so an unexpected exception
leaves only its type and place.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import dagster as dg

from pipelines.resources import faults
from pipelines.resources.reading.shapes import Refusal
from pipelines.resources.trouble import UNFORESEEN, Trouble, trouble_of

TRIES, WAIT_SECONDS = 3, 2
STARTED, FINISHED, FAILED = "started", "finished", "failed"
Observer = Callable[[str, str, float], None]
_observers: list[Observer] = []
_hearers: list[dict[str, str]] = []
_debug = logging.getLogger("tongbi.debug")


class StoppedError(Exception):
    """A station stops for a reason that people were told already (table `delivery_notice`).

    Attributes:
        code: what it was, as the sentences about the deliveries have it.
        counts: how many files or rows it concerns; the only figures that Dagster is given.
    """

    def __init__(self, code: str, sentence: str, counts: Mapping[str, int]) -> None:
        super().__init__(sentence)
        self.code, self.counts = code, dict(counts)


@contextmanager
def hearing() -> Iterator[dict[str, str]]:
    """Station -> the sentence for people about its failure, of what runs meanwhile in this process; Dagster gets only a code."""
    sentences: dict[str, str] = {}
    _hearers.append(sentences)
    try:
        yield sentences
    finally:
        _hearers.remove(sentences)


@contextmanager
def observing(observer: Observer) -> Iterator[None]:
    """Call `observer(station, STARTED | FINISHED | FAILED, seconds)` for what runs meanwhile in this process."""
    _observers.append(observer)
    try:
        yield
    finally:
        _observers.remove(observer)


@contextmanager
def station(name: str) -> Iterator[None]:
    """The frame around one station's work.

    Raises:
        dg.Failure: with a code and counts, which Dagster keeps; the sentence goes to `hearing`. It is not tried again.
        dg.RetryRequested: the database did not answer; Dagster tries again a little later.
    """
    began = time.perf_counter()
    _tell(name, STARTED, 0.0)
    try:
        yield
        faults.reach(f"station:{name}")
    except BaseException as fault:
        _tell(name, FAILED, time.perf_counter() - began)
        # `from None`: Dagster would keep the text of the cause, too.
        raise _quietened(name, fault, _translated(name, fault)) from None
    _tell(name, FINISHED, time.perf_counter() - began)


@contextmanager
def quiet(name: str) -> Iterator[None]:
    """The same frame without observers, for what Dagster does between the stations: an error of a frame may quote a cell.

    Raises:
        dg.Failure, dg.RetryRequested: as `station`.
    """
    try:
        yield
    except BaseException as fault:
        raise _quietened(name, fault, _translated(name, fault)) from None


def _tell(name: str, state: str, seconds: float) -> None:
    for observer in tuple(_observers):
        with suppress(Exception):  # a display that fails must not stop the work
            observer(name, state, seconds)


def _quietened(name: str, fault: BaseException, translated: BaseException) -> BaseException:
    """The failure as Dagster may keep it for ever: code and counts. A sentence could name a file, and files bear children's names."""
    if not isinstance(translated, dg.Failure):
        return translated
    _hear(name, translated.description or "")
    known = {key: entry.value for key, entry in translated.metadata.items()}
    counts = {key: value for key, value in known.items() if isinstance(value, int)}
    code = str(known.get("code", type(fault).__name__))
    description = " ".join([code, *(f"{key}={value}" for key, value in counts.items())])
    return dg.Failure(description, metadata={"code": code, **counts}, allow_retries=translated.allow_retries)


def _hear(name: str, sentence: str) -> None:
    for sentences in tuple(_hearers):
        sentences[name] = sentence


def _translated(name: str, fault: BaseException) -> BaseException:
    if isinstance(fault, dg.Failure | dg.RetryRequested | KeyboardInterrupt | SystemExit | GeneratorExit):
        return fault
    _debug.debug("%s %s\n%s", name, type(fault).__name__, "".join(traceback.format_tb(fault.__traceback__)))
    if isinstance(fault, StoppedError):
        return dg.Failure(str(fault), metadata={"code": fault.code, **fault.counts}, allow_retries=False)
    if isinstance(fault, Refusal):
        return dg.Failure(f"{fault.message}{fault.advice}", metadata={"code": fault.code}, allow_retries=False)
    trouble, code = trouble_of(fault), ""
    if trouble.code == UNFORESEEN:
        # Whoever looks into it needs the kind of exception and where it was raised; its text may hold a value.
        frames = traceback.extract_tb(fault.__traceback__)
        ours = [frame for frame in frames if "site-packages" not in frame.filename] or frames[-1:]
        place = f"{Path(ours[-1].filename).name} 第 {ours[-1].lineno} 行" if ours else "未知位置"
        trouble, code = Trouble(UNFORESEEN, f"{trouble.what}，{name}，{place}"), type(fault).__name__
    if trouble.is_passing:
        _hear(name, trouble.sentence())  # when every try has failed this is what is said
        return dg.RetryRequested(max_retries=TRIES, seconds_to_wait=WAIT_SECONDS)
    return dg.Failure(trouble.sentence(), metadata={"code": code or trouble.code}, allow_retries=False)
