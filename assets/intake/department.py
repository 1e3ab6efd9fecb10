"""Standardising one department's delivery: rows into our fields, what cannot be used into quarantine, the suite over
the rest.

Belongs here: the order of these steps and what of it goes into the register of deliveries. Not here: how a row is read
(`assets.intake`), what
must hold (`expectations.suites`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import pandas as pd

from assets.county import profile_of
from assets.graph.county_places import find_places, places_of
from assets.intake.accounting import account
from assets.intake.context import Context
from assets.intake.contract import Contract
from assets.intake.gather import cell_columns, sheets
from assets.intake.notices import Tabulated
from assets.intake.standard import Standardised, standardise
from assets.receiving.kept_readings import kept_readings
from expectations.suites.run import CheckResult, DeliveryFacts, SuiteResult, validate
from expectations.suites.suite import FOLDER, Suite, load_suite
from pipelines.partitions import Period
from pipelines.resources import deliveries
from pipelines.resources.database import writing
from pipelines.resources.deliveries import SUITE_CODE, Branch, DeliveryNotice, RowCounts
from pipelines.resources.reading.shapes import ASK
from pipelines.resources.session import Session
from pipelines.resources.workspace import Workspace


@dataclass(frozen=True)
class StandardisingRequest:
    """What to standardise.

    Attributes:
        branch: department and period.
        contract: the department's.
        previous_rows: accepted rows of the period before, None when there was none.
        size_confirmed: a person confirmed that the number of rows did change that much (rules/bad-inputs.md#input-21).
        edition_rows: accepted rows of this period's last edition, None when there was none.
    """

    branch: Branch
    contract: Contract
    previous_rows: int | None = None
    size_confirmed: bool = False
    edition_rows: int | None = None


@dataclass(frozen=True)
class StandardisedDelivery:
    """What became of a delivery.

    Attributes:
        standardised: as intake left it, before the suite.
        accepted: records that hold.
        quarantine: rows that cannot be used, with those that broke a row rule of the suite.
        accounting: per file, rows_in = accepted + quarantined + set_aside.
        checks: every rule of the suite with how many rows broke it.
        warnings: sentences of the rules that warn.
        stopped: the sentence of the stop rules that are broken, empty when none is.
        asked: sentence and advice of the rules that a person has to look at.
    """

    standardised: Standardised
    accepted: pd.DataFrame
    quarantine: pd.DataFrame
    accounting: pd.DataFrame
    checks: Sequence[CheckResult]
    warnings: Sequence[str]
    stopped: str
    asked: Sequence[tuple[str, str]] = ()


def standardise_delivery(
    county: Session, order: StandardisingRequest, raw: pd.DataFrame, places: pd.DataFrame
) -> StandardisedDelivery:
    """Standardise, check, and write counts and sentences into the register."""
    readings = kept_readings(county.frames, order.contract, Period.parse(order.branch.period), raw)
    result = _standardised(order, Tabulated(raw, readings=readings), _context(county.workspace, order, places))
    deliveries_of = dict(zip(raw["file"], raw["delivery_id"], strict=True))
    columns = ["rows_in", "accepted", "quarantined", "set_aside"]
    lines = result.accounting[["file", *columns]].itertuples(index=False, name=None)
    counted = {deliveries_of[file]: RowCounts(*map(int, numbers)) for file, *numbers in lines}
    sentences = [DeliveryNotice("", SUITE_CODE, "warn", "", 0, sentence, "") for sentence in result.warnings]
    asked = [
        DeliveryNotice("", SUITE_CODE, ASK, "", 0, f"{sentence}。", f"{advice}。") for sentence, advice in result.asked
    ]
    sentences = asked + sentences
    if result.stopped:
        sentences.insert(0, DeliveryNotice("", SUITE_CODE, "stop", "", 0, result.stopped, ""))
    # In one transaction: a run that is killed here has said either all of it or nothing.
    with writing(county.engine) as connection:
        deliveries.count(connection, counted)
        deliveries.add_notices(connection, order.branch, sentences)
        if result.stopped:
            deliveries.set_status(connection, sorted(set(raw["delivery_id"])), "refused")
    return result


def try_delivery(
    workspace: Workspace | None, order: StandardisingRequest, tabulated: Tabulated
) -> StandardisedDelivery:
    """The same for one file alone, without storing anything; its places are learned from itself."""
    places = find_places(workspace, list(sheets(tabulated.raw, tabulated.readings)))
    return _standardised(order, tabulated, _context(workspace, order, places))


def _context(workspace: Workspace | None, order: StandardisingRequest, places: pd.DataFrame) -> Context:
    """What the rows are read with; a file that is tried without a workspace has no place, and so the national school year, as
    one whose place leaves it open.
    """
    period, county_places = Period.parse(order.branch.period), places_of(places)
    context = Context(period.label, period.last_day, county_places, county_places.county)
    year_start = profile_of(workspace).school.year_start.value if workspace else None
    return replace(context, year_start=year_start) if year_start else context


def _standardised(order: StandardisingRequest, tabulated: Tabulated, context: Context) -> StandardisedDelivery:
    """Read the rows and ask the suite; rows that break a row rule leave the accepted for the quarantine."""
    raw = tabulated.raw
    done = standardise(raw, tabulated.readings, order.contract, context)
    # A department that delivered nothing broke no rule: it is skipped with a sentence of its own.
    checked = SuiteResult([], pd.DataFrame())
    if len(raw):
        occasion = DeliveryFacts(context.as_of, order.previous_rows, order.size_confirmed, order.edition_rows)
        checked = validate(done.accepted, suite_of(order.branch.department), occasion)

    accepted, quarantine = done.accepted, done.quarantine
    broken = checked.quarantined if len(checked.failures) else checked.failures
    if len(broken):
        gone = accepted.loc[broken["index"]]
        accepted = accepted.drop(index=gone.index).reset_index(drop=True)
        quarantine = pd.concat([quarantine, _refused_rows(gone, broken, raw)], ignore_index=True)
    divided = replace(done, accepted=accepted, quarantine=quarantine)

    stopped = "".join(f"{check.sentence}。{check.advice}。" for check in checked.stopped)
    asked = [(check.sentence, check.advice) for check in checked.asked]
    warnings = [
        f"{check.sentence}。{check.advice}。"
        for check in checked.checks
        if not check.passed and check.severity != "ask"
    ]
    # What stops is said once, as what stops.
    warnings = [text for text in warnings if text not in stopped]
    accounting = account(raw, divided)
    return StandardisedDelivery(divided, accepted, quarantine, accounting, checked.checks, warnings, stopped, asked)


@cache
def suite_of(department: str) -> Suite:
    """The department's suite; a department that has none of its own is checked by the rules for all."""
    own = FOLDER / f"std_{department}.yaml"
    if own.is_file():
        return load_suite(own)
    return load_suite(FOLDER / "common.yaml")


def _refused_rows(gone: pd.DataFrame, broken: pd.DataFrame, raw: pd.DataFrame) -> pd.DataFrame:
    """Quarantine rows (docs/data-shapes.md section 3) of accepted rows that a rule refuses, with the raw cells kept."""
    columns = cell_columns(raw)
    cells = raw.set_index("record_id").loc[gone["record_id"], columns].to_numpy(dtype=object)
    base = gone[["record_id", "delivery_id", "file", "sheet", "row"]].reset_index(drop=True)
    return base.assign(
        code=[f"rule_{rule}" for rule in broken["rule"]],
        field=broken["field"].to_numpy(),
        heading="",
        column=0,
        message=broken["message"].to_numpy(),
        advice=broken["advice"].to_numpy(),
        cells=[json.dumps(list(line), ensure_ascii=False) for line in cells],
    )
