"""A period through the product in a process of its own, and what there is to see of it afterwards.

Belongs here: starting it, how it ended, what the workspace published. Does not belong here: what that is worth (`figures`).
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import openpyxl

from benchmarks import forked
from demo_county.scoring import listed_lines
from expectations.life.states import MERGED, Event, fold

PUBLISHED, SAME, WAITS, REFUSED, BROKEN = "published", "same", "waits", "refused", "broken"
OUTCOMES = (PUBLISHED, SAME, WAITS, REFUSED, BROKEN)
"""A new edition; the run ended well and there was nothing new to publish; neither published nor refused; refused; an error nobody foresaw."""
QUESTIONS = frozenset({"ask", "stop"})
_NONE = "本期无"
_LIST_NAME = re.compile(r"（(L\d+[A-Z]?)）")
_Returned = TypeVar("_Returned")


@dataclass(frozen=True)
class Seen:
    """What a workspace shows of a period after a run.

    Attributes:
        outcome: one of `OUTCOMES`.
        lines: list -> children (villages) on it, as the truth numbers them.
        open: ids of the findings that are open.
        closed: ids of those that data closed.
        codes: id -> its list.
        none: lists of which the summary says that there is nobody.
        notices: severity -> how many notices the period has.
        questions: codes of the notices that ask or stop.
    """

    outcome: str
    lines: dict[str, frozenset[str]] = field(default_factory=dict)
    open: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    codes: dict[str, str] = field(default_factory=dict)
    none: frozenset[str] = frozenset()
    notices: dict[str, int] = field(default_factory=dict)
    questions: tuple[str, ...] = ()


def load() -> None:
    """Import everything once, so that a fork is a command that has begun."""
    from benchmarks import kills

    kills.load()


def apart(function: Callable[..., _Returned], *given: Any) -> _Returned:
    """A function in a forked process: whatever threads and databases it opens end with it.

    Raises:
        Exception: what the function raised.
    """
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    gc.freeze()
    process = context.Process(target=_answer, args=(theirs, function, given))
    process.start()
    theirs.close()
    try:
        is_well, returned = ours.recv()
    except EOFError:
        raise RuntimeError(f"{function.__name__} ended without an answer") from None
    finally:
        process.join()
    if not is_well:
        raise returned
    return returned  # type: ignore[no-any-return]


def _answer(pipe: Any, function: Callable[..., Any], given: tuple[Any, ...]) -> None:
    try:
        pipe.send((True, function(*given)))
    except Exception as fault:
        pipe.send((False, fault))


def run_period(root: Path, period: str) -> Seen:
    """Run a period in a workspace by the command line, and see what came of it."""
    before = publications(root, period)
    said = root / "said.txt"
    gc.freeze()
    process = os.fork()
    if process == 0:
        words = ["run", "--period", period, "--workspace", str(root)]
        forked.be_the_command(words, {1: said, 2: said}, lambda: None)
    _, status = os.waitpid(process, 0)
    code = os.waitstatus_to_exitcode(status)
    outcome = outcome_of(code, publications(root, period) > before, said.read_text(encoding="utf-8", errors="replace"))
    return apart(look, root, period, outcome)


def outcome_of(code: int, is_new: bool, said: str) -> str:
    """How a run ended, by what it left: a new publication, else its exit code and whether it foresaw its end."""
    if is_new:
        return PUBLISHED
    if code == 0:
        return SAME
    if code < 0 or "Traceback (most recent call last)" in said:
        return BROKEN
    return REFUSED if code in (1, 2) else WAITS


def publications(root: Path, period: str) -> int:
    """How many editions of a period the workspace has published."""
    if not (root / "tongbi.db").exists():
        return 0
    return int(_query(root, "SELECT count(*) FROM publication WHERE period = ?", period)[0][0])


def look(root: Path, period: str, outcome: str) -> Seen:
    """What is published of a period, and the state of every finding; without an edition only how it ended and what was noticed."""
    noticed = _query(root, "SELECT severity, code FROM delivery_notice WHERE period = ?", period)
    notices = dict(Counter(str(severity) for severity, _ in noticed))
    questions = tuple(sorted({str(code) for severity, code in noticed if severity in QUESTIONS}))
    shown = root / "outbox" / period
    if outcome not in (PUBLISHED, SAME) or not (shown / "findings.csv").exists():
        return Seen(outcome, notices=notices, questions=questions)
    listed = listed_lines(root / "truth" / period, shown / "findings.csv")
    fields = ", ".join(Event.__slots__)
    events = _query(root, f"SELECT {fields} FROM life_event ORDER BY id")
    lives = fold(Event(**dict(zip(Event.__slots__, row, strict=True))) for row in events)
    settled = {name for name, life in lives.items() if life.settled_by}
    return Seen(
        outcome,
        {code: frozenset(units) for code, units in listed.items()},
        frozenset(set(lives) - settled),
        frozenset(name for name in settled if lives[name].settled_by == "data" and lives[name].kind != MERGED),
        dict(_query(root, "SELECT finding_id, code FROM finding")),
        lists_without_anybody(shown / "汇总.xlsx"),
        notices,
        questions,
    )


def lists_without_anybody(workbook: Path) -> frozenset[str]:
    """Codes of the lists of which the summary says 本期无 and nothing else."""
    book = openpyxl.load_workbook(workbook, read_only=True)
    rows = [row[:2] for row in book["说明"].iter_rows(values_only=True)] if "说明" in book.sheetnames else []
    book.close()
    said = ((_LIST_NAME.search(str(name or "")), count) for name, count in rows)
    return frozenset(name[1] for name, count in said if name and count == _NONE)


def _query(root: Path, statement: str, *given: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(root / "tongbi.db")) as connection:
        return connection.execute(statement, given).fetchall()
