"""Receiving one department's files: found in the inbox, registered, kept, read; refused as a whole when one of them cannot be read.

Belongs here: the order of these steps and the sentences that go into the register. Not here: finding and keeping files (`inbox`, `store`),
reading them (`reading`), what their headings mean (`assets.intake`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from assets.corrections import compare_contents
from assets.intake.contract import Contract
from assets.intake.pieces import Source, tabulate_files
from assets.intake.tabulate import KEY_COLUMNS
from pipelines.resources import deliveries
from pipelines.resources.database import writing
from pipelines.resources.deliveries import Branch, Said, Taken
from pipelines.resources.inbox import Arrival, arrivals
from pipelines.resources.opened import Opened
from pipelines.resources.reading import Refusal, load_settings, read_file
from pipelines.resources.store import keep


@dataclass(frozen=True)
class Order:
    """What to receive: department and period, its contract, and whether a person confirmed that everything was taken back."""

    branch: Branch
    contract: Contract
    withdrawn: bool = False


@dataclass
class Basket:
    """What receiving found so far: the raw frames that were read, and everything there is to say."""

    frames: list[pd.DataFrame] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def receive(county: Opened, order: Order) -> pd.DataFrame:
    """Take the department's files of the period.

    Returns:
        The raw frame; without rows when the department delivered nothing.

    Raises:
        Refusal: a file cannot be read, is of another department, or everything vanished; each file's sentence is in the register.
    """
    found = arrivals(county.workspace.inbox, order.branch.period, order.branch.department)
    basket = Basket(said=[_of_whole(notice) for notice in found.notices])
    taken = _register(county, order, found.files)
    paths = {one.sha256: one.path for one in found.files}
    sources = _read_all(county, [(one, paths[one.sha256]) for one in taken], basket)
    for source, done in zip(sources, tabulate_files(sources, order.contract), strict=True):
        basket.said += [_line(source.file, notice) for notice in done.notices]
        if done.refusal:
            _refuse(basket, source, done.refusal)
        else:
            basket.frames.append(done.raw)
    _write_down(county, order.branch, taken, basket)
    return _together(basket.frames)


def _register(county: Opened, order: Order, files: Sequence[Arrival]) -> list[Taken]:
    arrived = [deliveries.Arrived(one.file, one.sha256, one.size) for one in files]
    with writing(county.engine) as connection:
        before = [row for row in deliveries.rows(connection, order.branch) if row["status"] == "current"]
        if before and not arrived and not order.withdrawn:
            raise _vanished(order)
        return deliveries.register(connection, order.branch, arrived, county.workspace.operator)


def _vanished(order: Order) -> Refusal:
    zh, name = order.contract.zh, order.branch.department
    message = f"{zh}以前交来并已采用的文件，现在收件箱里一个也没有了。"
    return Refusal("vanished", message, f"请放回文件；确实全部撤回时，请加 --withdraw {name} 再运行。")


def _read_all(county: Opened, taken: Sequence[tuple[Taken, Path]], basket: Basket) -> list[Source]:
    limits = load_settings().limits
    sources = []
    for one, path in taken:
        kept = keep(county.workspace.store, path, one.sha256)
        try:
            reading = read_file(kept, limits)
        except Refusal as refusal:
            _refuse(basket, Source(None, one.file, one.sha256, one.id), refusal)  # type: ignore[arg-type]
            continue
        basket.said += [_line(one.file, notice) for notice in reading.notices]
        sources.append(Source(reading, one.file, one.sha256, one.id))
    return sources


def _refuse(basket: Basket, source: Source, refusal: Any) -> None:
    basket.refused.append(source.delivery_id)
    basket.said.append(Said(source.file, refusal.code, "stop", "", 0, refusal.message, refusal.advice))


def _of_whole(notice: Any) -> Said:
    return Said(notice.file, notice.code, notice.severity, "", 0, notice.message, notice.advice)


def _line(file: str, notice: Any) -> Said:
    return Said(file, notice.code, notice.severity, notice.sheet, notice.row, notice.message, notice.advice)


def _write_down(county: Opened, branch: Branch, taken: Sequence[Taken], basket: Basket) -> None:
    """Sentences, refusals and differences go into the register before anything can stop the branch."""
    old = _frame_before(county, branch)
    with writing(county.engine) as connection:
        deliveries.say(connection, branch, basket.said)
        deliveries.set_status(connection, basket.refused, "refused")
        for one in taken:
            rows = old[old["delivery_id"] == one.supersedes] if one.supersedes and len(old) else old.iloc[:0]
            if len(rows) and one.id not in basket.refused:
                new = next(frame for frame in basket.frames if frame["delivery_id"].iloc[0] == one.id)
                deliveries.note_difference(connection, one.id, compare_contents(rows, new))
    stops = [line for line in basket.said if line.severity == "stop"]
    if stops:
        told = "；".join(f"「{line.file}」{line.message}{line.advice}" for line in stops)
        raise Refusal(stops[0].code, told, "")


def _frame_before(county: Opened, branch: Branch) -> pd.DataFrame:
    name = f"raw_{branch.department}"
    if county.frames.exists(name, branch.period):
        return county.frames.read(name, branch.period)
    return pd.DataFrame(columns=KEY_COLUMNS)


def _together(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """One frame: narrower files are filled with empty cells on the right."""
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in KEY_COLUMNS})
    together = pd.concat(filled, ignore_index=True)
    cells = [name for name in together.columns if name not in KEY_COLUMNS]
    together[cells] = together[cells].fillna("")
    return together
