"""Killed at a chosen moment and done again: 60 aimed kills of a small invented county, and a table of what came of them.

`python -m benchmarks.kills [--kills 60] [--children 200] [--only dagster,upgrade]`. A moment is an SQL statement, a file opened for
writing, renamed or removed, a folder made: the process dies (SIGKILL) just before it. Afterwards the same command must end well, and
what is published and stored must be what an uninterrupted command leaves. Exit code 1 when anything differs.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import os
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from benchmarks import forked

PERIODS = ("2026Q2", "2026Q3")
FIRST = PERIODS[0]
SEED = 7
# A killed run stands in `run` and so does the one that repeats it.
UNCOUNTED = {"run", "alembic_version", "sqlite_sequence"}
FILES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate"}


@dataclass
class Case:
    """One command that is killed.

    Attributes:
        name: what it is called in the table.
        words: the command, without the workspace.
        share: its share of the kills.
        base: makes the workspace before it.
        aimed: which of the moments, in order, may be chosen; all of them when absent.
        again: another command that must end well afterwards; the same one when absent.
    """

    name: str
    words: tuple[str, ...]
    share: int
    base: Callable[[], Path]
    aimed: Callable[[list[str]], range] | None = None
    again: tuple[str, ...] = ()


@dataclass
class Outcome:
    """What came of the kills of one case: how many died, and a line for every one that left a difference."""

    case: str
    moments: int = 0
    killed: int = 0
    wrong: list[str] = field(default_factory=list)


def watch(root: Path, deadly: int, log: Path | None) -> None:
    """Count this process's moments from now on; die at one of them, or write them all down."""
    import sqlalchemy as sa

    count = 0
    lines = log.open("w", encoding="utf-8", buffering=1) if log else None

    def reached(what: str) -> None:
        nonlocal count
        count += 1
        if count == deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        if lines:
            lines.write(what.replace("\n", " ") + "\n")

    def file_touched(name: str, given: tuple[object, ...]) -> None:
        is_written = name == "open" and isinstance(given[2], int) and given[2] & (os.O_WRONLY | os.O_RDWR)
        path = str(given[0]) if given else ""
        if (name in FILES or is_written) and path.startswith(str(root)) and path != str(log):
            reached(f"{name} {path.removeprefix(str(root))}")

    def statement(connection: sa.Connection, _cursor: object, sql: str, *_: object) -> None:
        if not sql.startswith(("PRAGMA", "SELECT")):
            reached(f"sql {connection.engine.url.database} {sql[:60]}")

    def committed(connection: sa.Connection) -> None:
        reached(f"sql {connection.engine.url.database} COMMIT")

    sys.addaudithook(file_touched)
    sa.event.listen(sa.Engine, "before_cursor_execute", statement)
    sa.event.listen(sa.Engine, "commit", committed)


def run(words: tuple[str, ...], root: Path, deadly: int = 0, log: Path | None = None) -> tuple[int, str]:
    """A command in a process of its own; its exit code (-9 when it was killed) and what it said."""
    said = root.with_name("said.txt")
    gc.freeze()
    process = os.fork()
    if process == 0:
        forked.be_the_command([*words, "--workspace", str(root)], {1: said, 2: said}, lambda: watch(root, deadly, log))
    _, status = os.waitpid(process, 0)
    return os.waitstatus_to_exitcode(status), said.read_text(encoding="utf-8", errors="replace")


def facts(root: Path) -> dict[str, str]:
    """What is published (hashes) and how many rows each of our tables holds."""
    folder = root / "outbox" / FIRST
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    found = {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    with closing(sqlite3.connect(root / "tongbi.db")) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in sorted(set(tables) - UNCOUNTED):
            found[f"table {name}"] = str(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
    return found


def try_case(case: Case, count: int, scratch: Path) -> Outcome:
    """Kill one command at `count` moments, evenly spread over those aimed at."""
    base, log = case.base(), scratch / "moments.txt"
    whole = shutil.copytree(base, scratch / "whole", dirs_exist_ok=False)
    code, said = run(case.words, whole, 0, log)
    if code:
        raise SystemExit(f"{case.name} fails without being killed:\n{said}")
    if case.again:
        run(case.again, whole)
    moments, wanted = log.read_text(encoding="utf-8").splitlines(), facts(whole)
    chosen = case.aimed(moments) if case.aimed else range(len(moments))
    outcome = Outcome(case.name, len(chosen))
    for place in range(min(count, len(chosen))):
        number = chosen[place * len(chosen) // min(count, len(chosen))] + 1
        _kill_once(case, number, outcome, (base, scratch, wanted, moments[number - 1]))
    shutil.rmtree(whole)
    return outcome


def _kill_once(case: Case, number: int, outcome: Outcome, given: tuple[Path, Path, dict[str, str], str]) -> None:
    base, scratch, wanted, moment = given
    root = shutil.copytree(base, scratch / "killed")
    code, _ = run(case.words, root, number)
    outcome.killed += code == -signal.SIGKILL
    code, said = run(case.again or case.words, root)
    differing = [] if code else [name for name, value in facts(root).items() ^ wanted.items() if value]
    print(".", end="", file=sys.stderr, flush=True)
    if code or differing:
        last = (said.strip().splitlines() or [""])[-1]
        outcome.wrong.append(f"{moment} -> code {code}, differing {sorted(set(differing))[:5]}: {last[:200]}")
    shutil.rmtree(root)


def cases(scratch: Path, children: int) -> list[Case]:
    """Everything that is killed. The workspaces before it are made once."""
    county, ran = scratch / "county", scratch / "ran"

    def ready() -> Path:
        from demo_county import generate
        from pipelines.resources.workspace import Workspace

        if not county.exists():
            county.mkdir()
            generate(county, children, PERIODS, SEED)
            Workspace.create(county)
        return county

    def after_the_first_run() -> Path:
        from demo_county.replies import generate_replies

        if not ran.exists():
            shutil.copytree(ready(), ran)
            _must(run(("run", "--period", FIRST), ran))
            generate_replies(ran, *PERIODS, SEED)
        return ran

    def delivered() -> Path:
        path = scratch / "delivered"
        if not path.exists():
            shutil.copytree(after_the_first_run(), path)
        return path

    def empty() -> Path:
        path = scratch / "empty"
        path.mkdir(exist_ok=True)
        return path

    def older() -> Path:
        path = scratch / "older"
        if not path.exists():
            shutil.copytree(ready(), path)
            make_older(path)
        return path

    def pair() -> tuple[str, str]:
        import pandas as pd

        links = pd.read_csv(after_the_first_run() / "outbox" / FIRST / "links.csv", dtype=str, encoding="utf-8-sig")
        return links["record_id"].iloc[0], links["record_id"].iloc[-1]

    first = ("run", "--period", FIRST)
    deciding = ("decide", *pair(), "--period", FIRST, "--verdict", "different", "--note", "核对过")
    feeding = ("feed", "child_welfare_system", "--period", FIRST, "--full", "--approved-by", "审批人")
    return [
        Case("init", ("init",), 6, empty),
        Case("dagster", first, 24, ready, making_dagsters_databases),
        Case("run", first, 10, ready),
        Case("upgrade", ("status",), 6, older),
        Case("decide", deciding, 4, delivered),
        Case("replies", ("replies",), 5, after_the_first_run),
        Case("feed", feeding, 5, delivered),
    ]


def _must(ended: tuple[int, str]) -> None:
    if ended[0]:
        raise SystemExit(ended[1])


def making_dagsters_databases(moments: list[str]) -> range:
    """From the first statement in Dagster's databases to the first event of the run."""
    theirs = ("runs.db", "index.db", "schedules.db")
    ours = [place for place, what in enumerate(moments) if any(name in what for name in theirs)]
    event = next(place for place, what in enumerate(moments) if "INSERT INTO runs" in what)
    return range(ours[0], event + 1)


def make_older(root: Path) -> None:
    """A database as the first version made it, with rows of its own."""
    from alembic import command

    from pipelines.resources import audit
    from pipelines.resources.database import _alembic, connect, writing
    from pipelines.resources.workspace import Workspace

    engine = connect(Workspace.open(root).database_url)
    with engine.connect().execution_options(writing=True) as connection:
        settings = _alembic()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0001")
        connection.commit()
    with writing(engine) as connection:
        audit.append(connection, audit.Act("某人", "deliver", "x", {"rows": 1}))
    engine.dispose()


def load() -> None:
    """Import everything once, so that a fork is a command that has begun."""
    forked.load()
    import_module("pipelines.cli.commands")
    import assets.graph.raw
    from expectations.suites.engine import load_engine

    load_engine()
    assets.graph.raw.warm_up = lambda: None  # the checks are made where the run stands


def counts(shares: list[int], kills: int) -> Iterator[int]:
    """The kills of each case: by its share, at least one."""
    for share in shares:
        yield max(1, round(share * kills / sum(shares)))


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--children", type=int, default=200)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    load()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="tongbi-kills-") as folder:
        scratch = Path(folder)
        wanted = [case for case in cases(scratch, asked.children) if not asked.only or case.name in asked.only]
        print("what        moments   kills    died   wrong", flush=True)
        outcomes = []
        for case, number in zip(wanted, counts([case.share for case in wanted], asked.kills), strict=True):
            done = try_case(case, number, scratch)
            outcomes.append(done)
            died = done.killed
            print(f"{case.name:10} {done.moments:8} {number:7} {died:7} {len(done.wrong):7}", flush=True)
            for line in done.wrong:
                print(f"    {line}", flush=True)
    print(f"{time.perf_counter() - began:.0f} s", flush=True)
    sys.exit(any(outcome.wrong for outcome in outcomes))


if __name__ == "__main__":
    main()
