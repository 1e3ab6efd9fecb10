"""`tongbi check`: read a delivery as a run would, say what was understood and what is wrong, and store nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NoReturn

from rich.table import Table

from assets.intake.contract import Contract, all_contracts, load_contracts
from assets.intake.department import StandardisedDelivery, StandardisingRequest, try_delivery
from assets.intake.notices import DeliveredFile, Tabulated
from assets.intake.pieces import tabulate_files
from assets.intake.tabulate import FORM
from assets.intake.understanding import Understanding, understanding
from assets.receiving.doubts import OF_PERIOD, Question, doubts
from assets.receiving.file_accounts import STOP, FileReporter
from assets.receiving.filenames import naming_of
from expectations.suites.beside import warm_up
from pipelines.cli.shell import err, out, refuse, show
from pipelines.cli.texts import say
from pipelines.cli.unlocking import read_asking
from pipelines.partitions import Period
from pipelines.resources.deliveries import ASK, Branch, DeliveryNotice, RegisteredDelivery
from pipelines.resources.inbox import left_remark, sha256_of
from pipelines.resources.naming import Naming, naming, number_of
from pipelines.resources.reading import Reading, Refusal
from pipelines.resources.workspace import SETTINGS_NAME, Workspace, default_root

SHOWN = 30
TRIED = "check"
# Refusals that would be said whatever department the file is for.
EVERYBODYS = {FORM, "no_rows", "no_heading"}


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
    contracts = load_contracts(workspace.contracts if workspace else None)
    if department not in contracts:
        # A further source is named by the person; its headings are too few to be told from a department's.
        contracts |= all_contracts(workspace.contracts if workspace else None) if department else {}
    speaker = FileReporter("", naming_of(workspace) if workspace else naming())
    if remark := left_remark(path, path.name):
        _refuse([speaker.left_alone(remark)])
    try:
        reading = read_asking(path)
    except Refusal as refusal:
        _refuse(speaker.of_file(refusal))
    chosen = Period.parse(period) if period else Period.containing(date.today())
    if department and department not in contracts:
        refuse(say("check.unknown", departments="、".join(contracts)))
    candidates = [contracts[department]] if department else list(contracts.values())
    source = DeliveredFile(reading, path.name, sha256_of(path)[0], TRIED)
    tries = [Tried(contract, tabulate_files([source], contract, chosen.last_day)[0]) for contract in candidates]
    tried = _most_likely(reading, tries, speaker)
    out.print(say("check.detected", department=tried.contract.zh), markup=False)
    out.print(say("check.number", number=number_of(tried.contract.code, sha256_of(path)[0])), markup=False)
    notices = speaker.of_file(reading, tried.tabulated)
    if tried.tabulated.refusal:
        _print_sheets(understanding(tried.tabulated, None, path.name), speaker.naming)
        _refuse(notices)
    order = StandardisingRequest(Branch(chosen.label, tried.contract.department), tried.contract)
    result = try_delivery(workspace, order, tried.tabulated)
    _print_sheets(understanding(tried.tabulated, result.standardised, path.name), speaker.naming)
    print_notices(notices)
    questions = [speaker.asked(line) for line in _doubts(tried, path, chosen if period else None)]
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


def _most_likely(reading: Reading, tries: list[Tried], speaker: FileReporter) -> Tried:
    """The file as the department understands it whose file it most likely is; refused when it is nobody's."""
    good = [tried for tried in tries if tried.tabulated.refusal is None]
    if not good and len(tries) > 1:
        refusals = {tried.tabulated.refusal.code for tried in tries if tried.tabulated.refusal}
        if len(refusals) == 1 and refusals <= EVERYBODYS:
            _refuse(speaker.of_file(reading, tries[0].tabulated))
        print_notices(speaker.of_file(reading))
        refuse(say("check.unknown", departments="、".join(tried.contract.department for tried in tries)))

    def likeness(tried: Tried) -> tuple[int, int]:
        # Fields typical of the department, then how many at all: most headings are everybody's.
        fields = [target for sheet in tried.tabulated.sheets for _, target in sheet.columns.values()]
        typical = sum(1 for target in fields if target in tried.contract.marks)
        return typical, sum(1 for target in fields if target not in ("", "ignore"))

    return max(good or tries, key=likeness)


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
