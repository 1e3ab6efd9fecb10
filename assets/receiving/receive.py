"""Receiving one department's files: found in the inbox, registered, kept, read; refused as a whole when one of them
cannot be read.

Belongs here: the order of these steps and the sentences that go into the register. Not here: finding and keeping files
(`inbox`, `store`),
reading them (`reading`), what their headings mean (`assets.intake`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import cast

import pandas as pd
import sqlalchemy as sa

from assets.intake.contract import Contract, all_contracts
from assets.intake.notices import Tabulated
from assets.intake.pieces import Source, tabulate_files
from assets.intake.tabulate import KEY_COLUMNS
from assets.receiving.corrections import compare_contents
from assets.receiving.doubts import OF_PERIOD, Confirmed, Question, day_zh, doubts
from assets.receiving.file_accounts import Speaker
from assets.receiving.filenames import Arriving, arriving
from assets.receiving.kept_readings import keep_readings
from pipelines.partitions import Period
from pipelines.resources import audit, deliveries
from pipelines.resources.database import writing
from pipelines.resources.deliveries import SUITE_CODE, Branch, DeliveryNotice, RegisteredDelivery
from pipelines.resources.inbox import Arrival, arrivals
from pipelines.resources.keyring import password_of
from pipelines.resources.reading import Reading, Refusal, load_settings, read_file
from pipelines.resources.session import Session
from pipelines.resources.step_guard import StoppedError
from pipelines.resources.store import keep, kept

READERS = 2


@dataclass(frozen=True)
class Order:
    """What to receive; `withdrawn`: a person confirmed that everything was taken back; `confirmed`: what else people confirmed."""

    branch: Branch
    contract: Contract
    withdrawn: bool = False
    confirmed: Confirmed = field(default_factory=Confirmed)

    @property
    def as_of(self) -> date:
        """The last day of the period: files are read as of it."""
        return Period.parse(self.branch.period).last_day


@dataclass
class Basket:
    """What receiving found so far: the files that were read, everything there is to say, with `names` for the files, and what is
    asked by delivery.
    """

    names: Arriving
    read: list[Tabulated] = field(default_factory=list)
    said: list[DeliveryNotice] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    asked: dict[str, list[DeliveryNotice]] = field(default_factory=dict)

    def speaker(self, file: str, sha256: str = "") -> Speaker:
        """Who says things about a file of the folder."""
        return Speaker(self.names.label(file, sha256), self.names.naming)


def receive(county: Session, order: Order) -> pd.DataFrame:
    """Take the department's files of the period.

    Returns:
        The raw frame of what could be read; without rows when nothing was delivered. A file that is refused only leaves its
        sentence in the register: other departments go on, and this one's next station stops (`refuse_when_told`).
    """
    found = arrivals(county.workspace.inbox, order.branch.period, order.branch.department)
    basket = Basket(arriving(county.workspace, order.branch.period, order.branch.department))
    basket.said += [basket.speaker(notice.file).left_alone(notice) for notice in found.notices]
    taken = _register(county, order, found.files, basket)
    basket.said += _copies(basket.names, found.files, taken, order.branch.period)
    if not found.files and not basket.said:
        basket.said.append(
            DeliveryNotice("", "nothing", "warn", "", 0, f"{order.contract.zh}本期没有交来文件，跳过。", "")
        )
    paths = {one.sha256: keep(county.workspace.store, one.path, one.sha256) for one in found.files}
    sources: list[Source] = []
    reading = _read_all([(one, paths[one.sha256]) for one in taken], basket, sources)
    for source, done in zip(sources, tabulate_files(reading, order.contract, order.as_of), strict=True):
        basket.said += basket.speaker(source.file, source.sha256).of_file(cast(Reading, source.reading), done)
        if done.refusal:
            basket.refused.append(source.delivery_id)
        else:
            basket.read.append(done)
    _ask(county, order, taken, basket)
    _write_down(county, order, taken, basket)
    readings = [reading for done in basket.read for reading in done.readings]
    keep_readings(county.frames, order.contract, Period.parse(order.branch.period), readings)
    return _together([done.raw for done in basket.read])


def _register(county: Session, order: Order, files: Sequence[Arrival], basket: Basket) -> list[RegisteredDelivery]:
    arrived = [deliveries.ArrivedFile(one.file, one.sha256, one.size) for one in files]
    with writing(county.engine) as connection:
        before = [row for row in deliveries.rows(connection, order.branch) if row["status"] == "current"]
        if before and not arrived and not order.withdrawn:
            basket.said.append(_vanished(order))
        if not arrived and order.withdrawn:
            deliveries.set_status(connection, [row["id"] for row in before], "withdrawn")
        return deliveries.register(connection, order.branch, arrived, county.workspace.operator)


def _copies(
    names: Arriving, files: Sequence[Arrival], taken: Sequence[RegisteredDelivery], period: str
) -> list[DeliveryNotice]:
    """The same content under another name, now or since it was taken, is read once, and said (rules/bad-inputs.md#input-18)."""
    ours = {one.sha256: one for one in taken}
    advice = "不影响结果；如果本应是另一份文件，请重新放入。"
    said = []
    for arrival in files:
        first = ours.get(arrival.sha256)
        if first is None or arrival.file == (first.file if first.new else first.first_file):
            continue
        since = "" if first.new else f"已于{day_zh(first.since)}导入（{Period.parse(period).zh}），"
        message = f"与「{names.label(first.first_file, first.sha256)}」内容完全相同，{since}只采用一份。"
        label = names.label(arrival.file, arrival.sha256)
        said.append(DeliveryNotice(label, "same_content", "warn", "", 0, message, advice))
    return said


def _ask(county: Session, order: Order, taken: Sequence[RegisteredDelivery], basket: Basket) -> None:
    """Look whether the files are the period's, and whole."""
    with county.engine.connect() as connection:
        earlier = deliveries.elsewhere(connection, order.branch, taken)
    names = {name: contract.zh for name, contract in all_contracts(county.workspace.contracts).items()}
    period = Period.parse(order.branch.period)
    question = Question(period, order.contract, taken, earlier, names, order.confirmed)
    files = {str(done.raw["delivery_id"].iloc[0]): done for done in basket.read if len(done.raw)}
    speakers = {delivered.id: basket.speaker(delivered.file, delivered.sha256) for delivered in taken}
    basket.asked = {
        delivery_id: [speakers[delivery_id].asked(line) for line in lines]
        for delivery_id, lines in doubts(question, files).items()
    }
    basket.said += [line for lines in basket.asked.values() for line in lines]


def _vanished(order: Order) -> DeliveryNotice:
    zh, name = order.contract.zh, order.branch.department
    message = f"{zh}以前交来并已采用的文件，现在收件箱里一个也没有了。"
    return DeliveryNotice(
        "", "vanished", "stop", "", 0, message, f"请放回文件；确实全部撤回时，请加 --withdraw {name} 再运行。"
    )


def _read_all(
    taken: Sequence[tuple[RegisteredDelivery, Path]], basket: Basket, sources: list[Source]
) -> Iterator[Source]:
    """Read the files, two at a time, each spreadsheet in a process of its own; `sources` grows by what is handed out.

    The next files are read while the caller looks at one.
    """
    with ThreadPoolExecutor(READERS) as pool:
        for (one, _), result in zip(
            taken, pool.map(_read, [path for _, path in taken], [one.sha256 for one, _ in taken]), strict=True
        ):
            if isinstance(result, Refusal):
                basket.refused.append(one.id)
                basket.said += basket.speaker(one.file, one.sha256).of_file(result)
                continue
            sources.append(Source(result, one.file, one.sha256, one.id))
            yield sources[-1]


def _read(path: Path, sha256: str) -> Reading | Refusal:
    try:
        return read_file(path, load_settings().limits, password_of(sha256))
    except Refusal as refusal:
        return refusal


def _write_down(county: Session, order: Order, taken: Sequence[RegisteredDelivery], basket: Basket) -> None:
    """Sentences, refusals and differences go into the register before anything can stop the branch."""
    new = {str(done.raw["delivery_id"].iloc[0]): done.raw for done in basket.read if len(done.raw)}
    corrected = [one for one in taken if one.new and one.supersedes and one.id in new]
    changes = {one.id: compare_contents(_earlier(county, order, one.supersedes), new[one.id]) for one in corrected}
    with writing(county.engine) as connection:
        deliveries.replace_notices(connection, order.branch, basket.said)
        deliveries.set_status(connection, basket.refused, "refused")
        _write_answers(connection, county, order, basket)
        for identity, change in changes.items():
            deliveries.note_difference(connection, identity, change)


def _write_answers(connection: sa.Connection, county: Session, order: Order, basket: Basket) -> None:
    """What is asked about is not taken; what was taken although it was asked about stands in the audit."""
    deliveries.refuse_new(connection, [name for name, lines in basket.asked.items() if _stops(lines)])
    for name, lines in basket.asked.items():
        codes = sorted({line.code for line in lines if line.code in OF_PERIOD and line.severity == "warn"})
        if codes and order.confirmed.period:
            audit.append(connection, audit.Act(county.workspace.operator, "period_override", name, {"because": codes}))


def _stops(lines: Sequence[DeliveryNotice]) -> bool:
    return any(line.severity == "stop" for line in lines)


def _earlier(county: Session, order: Order, identity: str) -> pd.DataFrame:
    """The raw rows of the delivery that is corrected, read again from the store."""
    with county.engine.connect() as connection:
        row = next(row for row in deliveries.rows(connection, order.branch) if row["id"] == identity)
    result = _read(kept(county.workspace.store, row["file"], row["sha256"]), row["sha256"])
    if isinstance(result, Refusal):
        return _together([])
    return tabulate_files([Source(result, row["file"], row["sha256"], identity)], order.contract, order.as_of)[0].raw


def refuse_when_told(county: Session, branch: Branch) -> None:
    """Stop the department's branch when receiving refused a file.

    Raises:
        StoppedError: with the sentences of all refused files, and their number.
    """
    with county.engine.connect() as connection:
        said = deliveries.notices_of_period(connection, branch.period)
    stops = [line for line in said if line["department"] == branch.department and line["severity"] == "stop"]
    stops = [line for line in stops if line["code"] != SUITE_CODE]
    if stops:
        told = "；".join(f"「{line['file']}」{line['message']}{line['advice']}" for line in stops)
        raise StoppedError(stops[0]["code"], told, {"files": len({line["file"] for line in stops})})


def _together(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """One frame: narrower files are filled with empty cells on the right."""
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in KEY_COLUMNS})
    together = pd.concat(filled, ignore_index=True)
    narrow = [name for name in together.columns if not all(name in frame.columns for frame in filled)]
    together[narrow] = together[narrow].fillna("")
    return together
