"""`tongbi check`: read a delivery as a run would, say what was understood and what is wrong, and store nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import NoReturn

import typer
from rich.table import Table

from assets.intake.contract import Contract, all_contracts, department_names_of, load_contracts
from assets.intake.department import StandardisedDelivery, StandardisingRequest, try_delivery
from assets.intake.notices import DeliveredFile, Tabulated
from assets.intake.pieces import tabulate_files
from assets.intake.recognising import Recognition, beginning, recognise_file
from assets.intake.understanding import Understanding, understanding
from assets.receiving.doubts import OF_PERIOD, Question, doubts
from assets.receiving.file_accounts import STOP, FileReporter
from assets.receiving.filenames import naming_of
from assets.receiving.loose import doubt, own_workbook
from assets.replies.lines import own_kind
from expectations.suites.beside import warm_up
from pipelines.cli.shell import REFUSED, err, out, refuse, show
from pipelines.cli.texts import say
from pipelines.cli.unlocking import read_asking
from pipelines.partitions import Period
from pipelines.resources.deliveries import Branch, DeliveryNotice, RegisteredDelivery
from pipelines.resources.inbox import left_remark, sha256_of
from pipelines.resources.naming import Naming, naming, number_of
from pipelines.resources.reading import Reading, Refusal, load_settings
from pipelines.resources.reading.archive import may_be_archive, members_of
from pipelines.resources.reading.shapes import ASK
from pipelines.resources.workspace import SETTINGS_NAME, Workspace, default_root

SHOWN = 30
TRIED = "check"


@dataclass(frozen=True)
class Tried:
    """A file as one department's contract understands it."""

    contract: Contract
    tabulated: Tabulated


def check_file(path: Path, department: str, period: str, root: Path | None) -> None:
    """Try a file.

    Raises:
        typer.Exit: with code 1 when it could not be taken.
    """
    if not path.is_file():
        refuse(say("fault.no_file", path=path))
    warm_up()  # while the file is read
    # Trying a file needs no workspace; where there is one, its contracts and words count.
    folder = root or default_root()
    workspace = Workspace.open(folder) if (folder / SETTINGS_NAME).is_file() else None
    own = workspace.contracts if workspace else None
    contracts = all_contracts(own)
    chosen = department_names_of(own).of_word(department)
    if department and chosen not in contracts:
        refuse(say("check.unknown", departments=_known(contracts)))
    speaker = FileReporter("", naming_of(workspace) if workspace else naming())
    if remark := left_remark(path, path.name):
        _refuse([speaker.left_alone(remark)])
    reading = _read(path, speaker)
    if kind := own_kind(reading):
        _refuse([speaker.left_alone(own_workbook(path.name, kind))])
    of = Period.parse(period) if period else Period.containing(date.today())
    source = DeliveredFile(reading, path.name, sha256_of(path)[0], TRIED)
    if not chosen:
        recognition = _recognised(source, reading, contracts, load_contracts(own), of)
        if not recognition.likely:
            _nobodys(source, recognition.refusal, contracts, speaker)
        chosen = recognition.likely[0].department
    tried = Tried(contracts[chosen], tabulate_files([source], contracts[chosen], of.last_day)[0])
    out.print(say("check.detected", department=tried.contract.zh), markup=False)
    out.print(say("check.number", number=number_of(tried.contract.code, sha256_of(path)[0])), markup=False)
    notices = speaker.of_file(reading, tried.tabulated)
    if tried.tabulated.refusal:
        _print_sheets(understanding(tried.tabulated, None, path.name), speaker.naming)
        _refuse(notices)
    order = StandardisingRequest(Branch(of.label, tried.contract.department), tried.contract)
    result = try_delivery(workspace, order, tried.tabulated)
    _print_sheets(understanding(tried.tabulated, result.standardised, path.name), speaker.naming)
    print_notices(notices)
    questions = [speaker.asked(line) for line in _doubts(tried, path, of if period else None)]
    if any(line.severity in (STOP, ASK) for line in questions):
        _refuse(questions)
    print_notices(questions)
    _print_result(tried, result)


def print_notices(notices: Sequence[DeliveryNotice]) -> None:
    """The sentences that a run would print and keep."""
    for line in notices:
        style = "red" if line.severity == STOP else "yellow"
        err.print(f"{line.message}{line.advice}", markup=False, style=style)


def _refuse(notices: Sequence[DeliveryNotice]) -> NoReturn:
    print_notices(notices)
    refuse(say("check.bad"))


def _doubts(tried: Tried, path: Path, period: Period | None) -> list[DeliveryNotice]:
    """What a run would ask about the file; whose period nobody named is not asked for its own."""
    zh, file = tried.contract.zh, RegisteredDelivery(TRIED, path.name, "", True, "", "", path.name)
    names = {tried.contract.department: zh}
    question = Question(period or Period.containing(date.today()), tried.contract, [file], {}, names)
    lines = doubts(question, {TRIED: tried.tabulated}).get(TRIED, [])
    return [line for line in lines if period or line.code not in OF_PERIOD]


def _recognised(
    source: DeliveredFile, reading: Reading, contracts: Mapping[str, Contract], in_use: Collection[str], of: Period
) -> Recognition:
    """Whose file it is, by its beginning; what is in doubt is said."""
    recognition = recognise_file(replace(source, reading=beginning(reading)), contracts, in_use, of.last_day)
    if recognition.likely and recognition.sure is None:
        err.print(say("check.doubt", doubt=doubt(recognition, contracts)), markup=False, style="yellow")
    return recognition


def _nobodys(source: DeliveredFile, refusal: str, contracts: Mapping[str, Contract], speaker: FileReporter) -> NoReturn:
    """Refuse a file that no department could read; a sentence that would be the same whoever reads it is said."""
    if refusal:
        contract = next(iter(contracts.values()))
        _refuse(speaker.of_file(source.reading, tabulate_files([source], contract, date.today())[0]))
    print_notices(speaker.of_file(source.reading))
    refuse(say("check.unknown", departments=_known(contracts)))


def _known(contracts: Mapping[str, Contract]) -> str:
    """Every department by its first name and its key: 教育（education）."""
    return "、".join(f"{each.names[0] if each.names else each.zh}（{key}）" for key, each in contracts.items())


def _read(path: Path, speaker: FileReporter) -> Reading:
    """The file's grids; a zip of files is looked into, and its files are named, for each of them is tried by itself."""
    try:
        if may_be_archive(path) and (members := members_of(path, load_settings().limits)) is not None:
            names = [naming().file("", member.name) for member in members[:SHOWN]]
            out.print(say("check.zip", count=len(members), files="、".join(names)), markup=False)
            raise typer.Exit(REFUSED)
        return read_asking(path)
    except Refusal as refusal:
        _refuse(speaker.of_file(refusal))


def _print_sheets(sheets: list[Understanding], naming: Naming) -> None:
    for place, sheet in enumerate(sheets, 1):
        fields = [f"{heading}→{field}" for heading, field in sheet.mapping if field and not field.startswith("（")]
        # The name of the file came from the reader; sheets are often named after children, and a screen is seen by others.
        title = "·".join(part for part in (sheet.file, naming.sheet(sheet.sheet, place), sheet.layout) if part)
        out.print(title, markup=False, style="bold")
        out.print("  " + say("check.fields", fields="、".join(fields) or "—"), markup=False)
        if sheet.unknown:
            out.print("  " + say("check.ignored", fields="、".join(sheet.unknown)), markup=False)
        for name, count in sheet.issues:
            out.print(f"  {name}：{count}", markup=False)


def _print_result(tried: Tried, result: StandardisedDelivery) -> None:
    rows = len(tried.tabulated.raw[tried.tabulated.raw["row"] > 0])
    accepted, quarantined = len(result.accepted), len(result.quarantine)
    counts = {"rows_in": rows, "accepted": accepted, "quarantined": quarantined}
    out.print(say("check.accounts", set_aside=rows - accepted - quarantined, **counts), markup=False)
    if quarantined:
        table = Table(*(say(f"table.{name}") for name in ("sheet", "row", "problem", "advice")))
        shown = result.quarantine[["sheet", "row", "message", "advice"]].head(SHOWN).astype(str)
        for line in shown.itertuples(index=False):
            table.add_row(*line)
        show(table)
    for sentence in result.warnings:
        err.print(sentence, markup=False, style="yellow")
    if result.stopped:
        refuse(f"{result.stopped}{say('check.bad')}")
    out.print(say("check.good"), style="green")
