"""`tongbi check`: read a delivery as a run would, say what was understood and what is wrong, and store nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
from rich.table import Table

from assets.intake.contract import Contract, all_contracts, load_contracts
from assets.intake.notices import Tabulated
from assets.intake.tabulate import tabulate
from assets.intake.understanding import Understanding, understanding
from assets.standardising import Order, Result, try_delivery
from expectations.suites.beside import warm_up
from pipelines.cli.shell import err, out, refuse, show
from pipelines.cli.texts import say
from pipelines.cli.unlocking import read_asking
from pipelines.partitions import Period
from pipelines.resources.deliveries import Branch
from pipelines.resources.inbox import sha256_of
from pipelines.resources.reading import Reading
from pipelines.resources.workspace import SETTINGS_NAME, Workspace, default_root

SHOWN = 30


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
    workspace = _workspace(root)
    contracts = load_contracts(workspace.contracts if workspace else None)
    if department not in contracts:
        # A further source is named by the person; its headings are too few to be told from a department's.
        contracts |= all_contracts(workspace.contracts if workspace else None) if department else {}
    tried = _understood(read_asking(path), path, _candidates(contracts, department))
    out.print(say("check.detected", department=tried.contract.zh), markup=False)
    if tried.tabulated.refusal:
        _print_sheets(understanding(tried.tabulated, None, path.name))
        refuse(f"{tried.tabulated.refusal.message}{tried.tabulated.refusal.advice}{say('check.bad')}")
    chosen = Period.parse(period) if period else Period.containing(date.today())
    order = Order(Branch(chosen.label, tried.contract.department), tried.contract)
    result = try_delivery(workspace, order, tried.tabulated.raw)
    _print_sheets(understanding(tried.tabulated, result.standardised, path.name))
    _print_result(tried, result)


def _workspace(root: Path | None) -> Workspace | None:
    """The workspace where there is one: trying a file needs none."""
    folder = root or default_root()
    return Workspace.open(folder) if (folder / SETTINGS_NAME).is_file() else None


def _candidates(contracts: Mapping[str, Contract], department: str) -> list[Contract]:
    if not department:
        return list(contracts.values())
    if department not in contracts:
        refuse(say("check.unknown", departments="、".join(contracts)))
    return [contracts[department]]


def _understood(reading: Reading, path: Path, candidates: list[Contract]) -> Tried:
    sha256, _ = sha256_of(path)
    tries = [Tried(contract, tabulate(reading, contract, path.name, sha256, "check")) for contract in candidates]
    good = [one for one in tries if one.tabulated.refusal is None]
    if not good and len(tries) > 1:
        refuse(say("check.unknown", departments="、".join(contract.department for contract in candidates)))
    return max(good or tries, key=_likeness)


def _likeness(tried: Tried) -> tuple[int, int]:
    """How many fields typical of the department, then how many at all: most headings are everybody's."""
    known = [target for sheet in tried.tabulated.sheets for _, target in sheet.columns.values()]
    typical = sum(1 for target in known if target in tried.contract.marks)
    return typical, sum(1 for target in known if target not in ("", "ignore"))


def _print_sheets(sheets: list[Understanding]) -> None:
    for sheet in sheets:
        known = [f"{heading}→{field}" for heading, field in sheet.mapping if field and not field.startswith("（")]
        title = "·".join(part for part in (sheet.file, sheet.sheet, sheet.layout) if part)
        out.print(title, markup=False, style="bold")
        out.print("  " + say("check.fields", fields="、".join(known) or "—"), markup=False)
        if sheet.unknown:
            out.print("  " + say("check.ignored", fields="、".join(sheet.unknown)), markup=False)
        for sentence in sheet.warnings:
            out.print(f"  {sentence}", markup=False, style="yellow")
        for name, count in sheet.issues:
            out.print(f"  {name}：{count}", markup=False)


def _print_result(tried: Tried, result: Result) -> None:
    rows = len(tried.tabulated.raw[tried.tabulated.raw["row"] > 0])
    accepted, quarantined = len(result.accepted), len(result.quarantine)
    counts = {"rows_in": rows, "accepted": accepted, "quarantined": quarantined}
    out.print(say("check.accounts", set_aside=rows - accepted - quarantined, **counts), markup=False)
    if quarantined:
        show(_table(result.quarantine))
    for sentence in result.warnings:
        err.print(sentence, markup=False, style="yellow")
    if result.stopped:
        refuse(f"{result.stopped}{say('check.bad')}")
    out.print(say("check.good"), style="green")


def _table(quarantine: pd.DataFrame) -> Table:
    table = Table(*(say(f"table.{name}") for name in ("sheet", "row", "problem", "advice")))
    for line in quarantine[["sheet", "row", "message", "advice"]].head(SHOWN).astype(str).itertuples(index=False):
        table.add_row(*line)
    return table
