"""Receiving one department's files: found in the inbox, registered, kept, read; refused as a whole when one of them
cannot be read.

Belongs here: the order of these steps and the sentences that go into the register. Not here: finding and keeping files
(`sorting`, `inbox`, `store`),
reading them (`reading`), what their headings mean (`assets.intake`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath

import pandas as pd

from assets.intake.contract import Contract, all_contracts
from assets.intake.notices import DeliveredFile, Tabulated
from assets.intake.pieces import tabulate_files
from assets.intake.tabulate import KEY_COLUMNS
from assets.receiving.corrections import compare_contents
from assets.receiving.doubts import OF_PERIOD, Confirmed, Question, day_zh, doubts
from assets.receiving.file_accounts import FileReporter
from assets.receiving.filenames import Arriving, arriving, file_names
from assets.receiving.kept_readings import keep_readings
from assets.receiving.loose import own_workbook
from assets.receiving.sorting import sort_inbox
from assets.replies.lines import own_kind
from expectations.lists.columns import no_rows
from pipelines.partitions import Period
from pipelines.resources import audit, deliveries
from pipelines.resources.database import writing
from pipelines.resources.deliveries import SUITE_CODE, Branch, DeliveryNotice, RegisteredDelivery
from pipelines.resources.inbox import Arrival
from pipelines.resources.keyring import password_of
from pipelines.resources.reading import Reading, Refusal, load_settings, read_file
from pipelines.resources.session import Session
from pipelines.resources.step_guard import StoppedError
from pipelines.resources.store import keep, kept

READERS = 2


@dataclass(frozen=True)
class ReceivingRequest:
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
class ReceivedFiles:
    """What receiving found so far: the files that were read, everything there is to say, with `names` for the files, and what is
    asked by delivery.
    """

    names: Arriving
    read: list[Tabulated] = field(default_factory=list)
    messages: list[DeliveryNotice] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    questions: dict[str, list[DeliveryNotice]] = field(default_factory=dict)

    def reporter(self, file: str, sha256: str = "") -> FileReporter:
        """Who says things about a file of the folder."""
        return FileReporter(self.names.label(file, sha256), self.names.naming)


def receive(county: Session, order: ReceivingRequest) -> pd.DataFrame:
    """Take the department's files of the period.

    Returns:
        The raw frame of what could be read; without rows when nothing was delivered. A file that is refused only leaves its
        sentence in the register: other departments go on, and this one's next station stops (`stop_when_refused`).
    """
    names, department = file_names(county.workspace), order.branch.department
    everything = sort_inbox(county.workspace, order.branch.period, names.naming, only=department)
    inbox = everything.of_department(department)
    received = ReceivedFiles(arriving(names, department, everything.places.get(department, {})))
    received.messages += [received.reporter(notice.file).left_alone(notice) for notice in inbox.notices]
    taken = _register(county, order, inbox.files, received)
    received.messages += _copies(received.names, inbox.files, taken, order.branch.period)
    if not inbox.files and not received.messages:
        received.messages.append(
            DeliveryNotice("", "nothing", "warn", "", 0, f"{order.contract.zh}本期没有交来文件，跳过。", "")
        )
    # Kept before they are read: what was registered can be read again, also after the clerk took it away.
    paths = {file.sha256: _keep(county.workspace.store, file) for file in inbox.files}
    sources: list[DeliveredFile] = []
    reading = _read_all([(delivery, paths[delivery.sha256]) for delivery in taken], received, sources)
    for source, tabulated in zip(sources, tabulate_files(reading, order.contract, order.as_of), strict=True):
        reporter = received.reporter(source.file, source.sha256)
        received.messages += reporter.of_file(source.reading, tabulated)
        if tabulated.refusal:
            received.refused.append(source.delivery_id)
        else:
            received.read.append(tabulated)
    _ask(county, order, taken, received)
    _write_down(county, order, taken, received)
    readings = [reading for file in received.read for reading in file.readings]
    keep_readings(county.frames, order.contract, Period.parse(order.branch.period), readings)
    return _together([file.raw for file in received.read])


def _keep(store: Path, file: Arrival) -> Path:
    """The store's copy of a file; what came out of a zip lies there already."""
    return file.path if store in file.path.parents else keep(store, file.path, file.sha256)


def _register(
    county: Session, order: ReceivingRequest, files: Sequence[Arrival], received: ReceivedFiles
) -> list[RegisteredDelivery]:
    arrived = [deliveries.ArrivedFile(file.file, file.sha256, file.size) for file in files]
    with writing(county.engine) as connection:
        before = [row for row in deliveries.rows(connection, order.branch) if row["status"] == "current"]
        # One file taken away is withdrawn; all of them at once are more often a tidied inbox than a withdrawal.
        if before and not arrived and not order.withdrawn:
            message = f"{order.contract.zh}以前交来并已采用的文件，现在收件箱里一个也没有了。"
            advice = f"请放回文件；确实全部撤回时，请加 --withdraw {order.branch.department} 再运行。"
            received.messages.append(DeliveryNotice("", "vanished", "stop", "", 0, message, advice))
        if not arrived and order.withdrawn:
            deliveries.set_status(connection, [row["id"] for row in before], "withdrawn")
        return deliveries.register(connection, order.branch, arrived, county.workspace.operator)


def _copies(
    names: Arriving, files: Sequence[Arrival], taken: Sequence[RegisteredDelivery], period: str
) -> list[DeliveryNotice]:
    """The same content under another name, now or since it was taken, is read once, and said (rules/bad-inputs.md#input-18)."""
    by_content = {delivery.sha256: delivery for delivery in taken}
    contents = Counter(arrival.sha256 for arrival in files)
    advice = "不影响结果；如果本应是另一份文件，请重新放入。"
    messages = []
    for arrival in files:
        first = by_content.get(arrival.sha256)
        known = first.file if first and first.new else first.first_file if first else ""
        if first is None or arrival.file == known:
            continue
        # Moved into its department's folder, or out of a zip: the same file under its name.
        if contents[arrival.sha256] == 1 and PurePosixPath(arrival.file).name == PurePosixPath(known).name:
            continue
        since = "" if first.new else f"已于{day_zh(first.since)}导入（{Period.parse(period).zh}），"
        message = f"与「{names.label(first.first_file, first.sha256)}」内容完全相同，{since}只采用一份。"
        label = names.label(arrival.file, arrival.sha256)
        messages.append(DeliveryNotice(label, "same_content", "warn", "", 0, message, advice))
    return messages


def _ask(
    county: Session, order: ReceivingRequest, taken: Sequence[RegisteredDelivery], received: ReceivedFiles
) -> None:
    """Look whether the files are the period's, and whole."""
    with county.engine.connect() as connection:
        earlier = deliveries.elsewhere(connection, order.branch, taken)
    names = {name: contract.zh for name, contract in all_contracts(county.workspace.contracts).items()}
    period = Period.parse(order.branch.period)
    question = Question(period, order.contract, taken, earlier, names, order.confirmed)
    files = {str(file.raw["delivery_id"].iloc[0]): file for file in received.read if len(file.raw)}
    reporters = {delivery.id: received.reporter(delivery.file, delivery.sha256) for delivery in taken}
    received.questions = {
        delivery_id: [reporters[delivery_id].asked(message) for message in messages]
        for delivery_id, messages in doubts(question, files).items()
    }
    received.messages += [message for messages in received.questions.values() for message in messages]


def _read_all(
    taken: Sequence[tuple[RegisteredDelivery, Path]], received: ReceivedFiles, sources: list[DeliveredFile]
) -> Iterator[DeliveredFile]:
    """Read the files, two at a time, each spreadsheet in a process of its own; `sources` grows by what is handed out.

    The next files are read while the caller looks at one.
    """
    # Threads are enough: each waits for a process that reads, and that process a damaged file may kill.
    with ThreadPoolExecutor(READERS) as pool:
        results = pool.map(_read, [path for _, path in taken], [delivery.sha256 for delivery, _ in taken])
        for (delivery, _), result in zip(taken, results, strict=True):
            if isinstance(result, Refusal):
                received.refused.append(delivery.id)
                received.messages += received.reporter(delivery.file, delivery.sha256).of_file(result)
                continue
            if kind := own_kind(result):
                # It has names and numbers, and would be read for a roster; nothing of the department's is wrong, so nothing stops.
                received.refused.append(delivery.id)
                reporter = received.reporter(delivery.file, delivery.sha256)
                received.messages.append(reporter.left_alone(own_workbook(delivery.file, kind)))
                continue
            sources.append(DeliveredFile(result, delivery.file, delivery.sha256, delivery.id))
            yield sources[-1]


def _read(path: Path, sha256: str) -> Reading | Refusal:
    try:
        return read_file(path, load_settings().limits, password_of(sha256))
    except Refusal as refusal:
        return refusal


def _write_down(
    county: Session, order: ReceivingRequest, taken: Sequence[RegisteredDelivery], received: ReceivedFiles
) -> None:
    """Sentences, refusals and differences go into the register before anything can stop the branch."""
    raw_of = {str(file.raw["delivery_id"].iloc[0]): file.raw for file in received.read if len(file.raw)}
    corrected = [delivery for delivery in taken if delivery.new and delivery.supersedes and delivery.id in raw_of]
    # Outside the transaction: an earlier file may have to be read from the store, which takes its time.
    changes = {
        delivery.id: compare_contents(_earlier(county, order, delivery.supersedes), raw_of[delivery.id])
        for delivery in corrected
    }
    stopping = [
        delivery_id
        for delivery_id, messages in received.questions.items()
        if any(message.severity == "stop" for message in messages)
    ]
    with writing(county.engine) as connection:
        deliveries.replace_notices(connection, order.branch, received.messages)
        deliveries.set_status(connection, received.refused, "refused")
        deliveries.refuse_new(connection, stopping)
        # What was taken although it was asked about stands in the audit.
        for delivery_id, messages in received.questions.items():
            codes = {message.code for message in messages if message.code in OF_PERIOD and message.severity == "warn"}
            if codes and order.confirmed.period:
                operator = county.workspace.operator
                audit.append(
                    connection, audit.Act(operator, "period_override", delivery_id, {"because": sorted(codes)})
                )
        for delivery_id, change in changes.items():
            deliveries.note_difference(connection, delivery_id, change)


def _earlier(county: Session, order: ReceivingRequest, identity: str) -> pd.DataFrame:
    """The raw rows of the delivery that is corrected, read again from the store."""

    with county.engine.connect() as connection:
        row = next(row for row in deliveries.rows(connection, order.branch) if row["id"] == identity)
    result = _read(kept(county.workspace.store, row["file"], row["sha256"]), row["sha256"])
    if isinstance(result, Refusal):
        return _together([])
    return tabulate_files([DeliveredFile(result, row["file"], row["sha256"], identity)], order.contract, order.as_of)[
        0
    ].raw


def stop_when_refused(county: Session, branch: Branch) -> None:
    """Stop the department's branch when receiving refused a file.

    Raises:
        StoppedError: with the sentences of all refused files, and their number.
    """
    with county.engine.connect() as connection:
        lines = deliveries.notices_of_period(connection, branch.period)
    stops = [line for line in lines if line["department"] == branch.department and line["severity"] == "stop"]
    # The suite's own stop is of the run before, and its rules are about to be asked again.
    stops = [line for line in stops if line["code"] != SUITE_CODE]
    if stops:
        sentences = "；".join(f"「{line['file']}」{line['message']}{line['advice']}" for line in stops)
        raise StoppedError(stops[0]["code"], sentences, {"files": len({line["file"] for line in stops})})


def _together(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """One frame: narrower files are filled with empty cells on the right."""
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return no_rows(KEY_COLUMNS)
    together = pd.concat(filled, ignore_index=True)
    # pandas fills with NaN, and every cell of a raw frame is text.
    narrow = [name for name in together.columns if not all(name in frame.columns for frame in filled)]
    together[narrow] = together[narrow].fillna("")
    return together
