"""What can go wrong outside our own work, and the sentence for it: the one owner of "fault -> code -> sentence" (`trouble.yaml`).

Belongs here: recognising an exception. Not here: who says it (`pipelines.cli.shell`, `step_guard`), mistakes in rule files (`matching.tables`).
An exception's own text is never passed on: it may hold a value, a URL or a password.
"""

from __future__ import annotations

import errno
import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

UNFORESEEN, SPOKEN = "unforeseen", "spoken"
DEEPEST = 8
ROOMS = ("pipelines", "assets", "matching", "expectations", "demo_county")


class Clue(BaseModel):
    """What a client's message has in it when no connection came about."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    words: list[str]


class TroubleTable(BaseModel):
    """The whole of `trouble.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sentences: dict[str, dict[str, str]]
    state: dict[str, dict[str, str]]
    errno: dict[str, list[str]]
    sqlite: dict[str, list[int]]
    sqlstate: dict[str, list[str]]
    unconnected: list[Clue]
    passing: list[str]
    spoken_kinds: list[str]


@dataclass(frozen=True)
class Trouble:
    """A fault that has a name: its code, and what its sentence puts in (a kind or a package, never a value).

    `sentence_of_ours` is the whole sentence of an exception that was written for people.
    """

    code: str
    what: str = ""
    sentence_of_ours: str = ""

    def sentence(self, language: str = "zh") -> str:
        """What to tell a person: what is wrong and what to do."""
        return self.sentence_of_ours or table().sentences[self.code][language].format(what=self.what)

    @property
    def is_passing(self) -> bool:
        """Whether trying again a little later may help."""
        return self.code in table().passing


@cache
def table() -> TroubleTable:
    """The codes and sentences."""
    text = Path(__file__).with_name("trouble.yaml").read_text(encoding="utf-8")
    return TroubleTable.model_validate(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def state(name: str, language: str = "zh") -> str:
    """What a run or a command leaves behind it."""
    return table().state[name][language]


def trouble_of(fault: BaseException) -> Trouble:
    """The trouble behind an exception; `unforeseen` with the exception's kind where nothing better is known."""
    for each in _behind(fault):
        if trouble := _recognised(each):
            return trouble
    # Not an error of a constraint or of a statement: those are mistakes of ours, which nobody can mend by trying again.
    if {kind.__name__ for kind in type(fault).__mro__} & {"OperationalError", "InterfaceError"}:
        return Trouble("database_fault", type(fault).__name__)
    return Trouble(UNFORESEEN, type(fault).__name__)


def _behind(fault: BaseException) -> Iterator[BaseException]:
    """The exception, what it wraps, and what it was raised from."""
    waiting, seen = [fault], set[int]()
    while waiting and len(seen) < DEEPEST:
        each = waiting.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        inner = [getattr(each, "orig", None), *each.args, each.__cause__]
        waiting += [other for other in inner if isinstance(other, BaseException)]


def _recognised(fault: BaseException) -> Trouble | None:
    carried = getattr(fault, "trouble", None)
    if isinstance(carried, Trouble):
        return carried
    for kind in type(fault).__mro__:
        # Of our rooms only: SQLAlchemy and the drivers have a `DatabaseError` of their own, whose text may hold a value.
        if kind.__name__ in table().spoken_kinds and kind.__module__.split(".")[0] in ROOMS:
            parts = [getattr(fault, name, "") for name in ("message", "advice")]
            is_whole = all(isinstance(part, str) for part in parts) and parts[0]
            return Trouble(SPOKEN, sentence_of_ours="".join(parts) if is_whole else str(fault))
    if isinstance(fault, sqlite3.Error):
        return _of_sqlite(fault)
    if hasattr(fault, "sqlstate"):
        return _of_postgresql(fault)
    if isinstance(fault, OSError):
        name = errno.errorcode.get(fault.errno or 0, type(fault).__name__)
        return Trouble(_listed(table().errno, name) or "machine", name)
    return _of_kind(fault)


def _of_sqlite(fault: sqlite3.Error) -> Trouble | None:
    number = getattr(fault, "sqlite_errorcode", None)
    listed = table().sqlite
    # An extended code says more than is listed; its last byte is the plain one.
    code = (_listed(listed, number) or _listed(listed, number & 0xFF)) if number is not None else ""
    if code or not isinstance(fault, sqlite3.DatabaseError):
        return Trouble(code) if code else None
    # A constraint or a wrong statement is a mistake of ours.
    return Trouble("database_fault", type(fault).__name__) if isinstance(fault, sqlite3.OperationalError) else None


def _of_postgresql(fault: Any) -> Trouble | None:
    if fault.sqlstate:
        for code, beginnings in table().sqlstate.items():
            if str(fault.sqlstate).startswith(tuple(beginnings)):
                return Trouble(code)
        return None
    # Without a connection there is no SQLSTATE: only then the client's message is looked at, and never passed on.
    text = str(fault)
    for clue in table().unconnected:
        if any(word in text for word in clue.words):
            return Trouble(clue.code)
    return Trouble("server_gone") if type(fault).__name__ in ("OperationalError", "InterfaceError") else None


def _of_kind(fault: BaseException) -> Trouble | None:
    # By name, so that no library is imported only to be asked whether it failed.
    kinds = {kind.__name__ for kind in type(fault).__mro__}
    if isinstance(fault, MemoryError) or "OutOfMemoryException" in kinds:
        return Trouble("memory")
    if "PendingRollbackError" in kinds:  # what follows when a connection broke in the middle of a transaction
        return Trouble("server_gone")
    if "NoSuchModuleError" in kinds:
        return Trouble("url_driver")
    if "ArgumentError" in kinds and type(fault).__module__.startswith("sqlalchemy"):
        return Trouble("url_unreadable")
    if isinstance(fault, ModuleNotFoundError):
        return Trouble("driver_missing", fault.name or "")
    if type(fault).__module__.split(".")[0] in ("_duckdb", "duckdb") and "IOException" in kinds:
        return Trouble("disk_full" if re.search("space", str(fault), re.IGNORECASE) else "disk_fault")
    return None


def _listed(codes: Mapping[str, list[Any]], wanted: object) -> str:
    return next((code for code, members in codes.items() if wanted in members), "")
