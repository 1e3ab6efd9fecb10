"""What the coverage of a period is worked out from: the period before, the edition that is replaced, the columns that came, what people confirmed.

Belongs here: reading these out of a workspace. Does not belong here: the judgement (`expectations.coverage`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from assets.county import profile_of
from assets.intake.contract import Contract, all_contracts
from assets.receiving.delivered import kept_delivered
from assets.receiving.filenames import file_names
from assets.workbooks.layout import field_terms
from expectations.coverage.build import Deliveries, build_coverage
from expectations.coverage.fields import FieldQuestion
from expectations.coverage.rules import coverage_rules
from expectations.coverage.shapes import COVERAGE_PARTS, KNOWN_ELSEWHERE, WHOLE, Coverage, Past
from expectations.coverage.units import CoverageContext, Earlier
from expectations.lists.catalogue import LOOKED, NOT_KNOWN, load_catalogue
from expectations.lists.files import ChildFiles
from pipelines.resources import consents, finding_events
from pipelines.resources.frames import FrameStore
from pipelines.resources.released import ReleasedFrames, is_aside
from pipelines.resources.session import Session

NAME = "coverage"
# Of a period of a larger place nothing is compared but what it is made of.
_RECORDS, _BESIDE = "child_files.records", "child_files.beside"
_DERIVED = ("child", "probability")


@dataclass(frozen=True)
class CoverageRequest:
    """Whose coverage: the period, the run that works it out, what it was delivered (departments, kinds of files, columns)."""

    period: str
    run_id: str
    delivered: list[str]


def coverage_of(county: Session, request: CoverageRequest, files: ChildFiles) -> Coverage:
    """The coverage of a period that is being made."""
    contracts = all_contracts(county.workspace.contracts)
    past = past_of(county, request.period)
    with county.engine.connect() as connection:
        confirmed = {name for name in contracts if consents.whole_given(connection, request.period, name)}
    profile = profile_of(county.workspace)
    context = CoverageContext(profile, _earlier_shares(past), frozenset(confirmed), source_names(contracts))
    now = frozenset(source for source in request.delivered if not source.startswith((LOOKED, NOT_KNOWN)))
    words = {name: term["zh"] for name, term in field_terms().items()}
    question = FieldQuestion(
        load_catalogue().fields_rested_on, words, _headings(county.latest, contracts, request.period)
    )
    # Sentences about files are told to everybody, and people name files after children: the names that may be said stand in for them.
    names = file_names(county.workspace, request.period)
    labelled = replace(files, records=names.on(files.records))
    came = Deliveries(now, question, frozenset(profile.gate.expected.value or []))
    return build_coverage(labelled, replace(past, records=names.on(past.records)), came, context)


def kept_coverage(frames: FrameStore, period: str, parts: Collection[str] = COVERAGE_PARTS) -> Coverage:
    """The coverage that a run kept; of a workspace of an earlier state that of complete deliveries.

    Args:
        frames: the workspace's frames.
        period: the period.
        parts: those that are asked for; the others, among them records of children, are not read and have no rows.
    """
    if not frames.exists(f"{NAME}.units", period):
        return Coverage.complete()
    return replace(Coverage.complete(), **{part: frames.read(f"{NAME}.{part}", period) for part in parts})


def source_names(contracts: Mapping[str, Contract]) -> dict[str, str]:
    """Departments, and `department.layout` of the kinds of files that have a name of their own, as people call them."""
    names = {name: contract.zh for name, contract in contracts.items()}
    for name, contract in contracts.items():
        for layout in contract.layouts:
            whole = contract.further or layout.zh.startswith(contract.zh)
            names[f"{name}.{layout.name}"] = layout.zh if whole else f"{contract.zh}的{layout.zh}"
    return names


def past_of(county: Session, period: str) -> Past:
    """The nearest earlier published period of the same kind, and of this period the edition that people have."""
    released, labels = ReleasedFrames(county.workspace.frames), _past_labels(county, period)
    if not labels:
        return Past()
    records = pd.concat([part for label in labels for part in _records(released, label)], ignore_index=True)
    records = records.drop_duplicates("record_id", keep="last", ignore_index=True)
    records["child_id"] = _todays_numbers(county.latest, period, records["child_id"])
    units = pd.concat([kept_coverage(released, label, ("units",)).units for label in labels], ignore_index=True)
    return Past(records, units, sources_before(county, period))


def sources_before(county: Session, period: str) -> frozenset[str]:
    """Departments and kinds of files of that past, without those that come once a year."""
    released = ReleasedFrames(county.workspace.frames)
    sources = {
        source
        for label in _past_labels(county, period)
        for source in kept_delivered(released, label) or ()
        if not source.startswith((LOOKED, NOT_KNOWN))
    }
    return frozenset(sources - set(coverage_rules().seasonal))


def _past_labels(county: Session, period: str) -> list[str]:
    """The nearest earlier period, then this one where an edition of it is set aside."""
    released = ReleasedFrames(county.workspace.frames)
    replaced = is_aside(county.workspace.frames, period) and released.exists(_RECORDS, period)
    return released.periods_before(_RECORDS, period)[-1:] + ([period] if replaced else [])


def _records(released: FrameStore, label: str) -> list[pd.DataFrame]:
    """The records of a period, those that it carried itself, and those about adults."""
    parts = [released.read(_RECORDS, label).fillna("")]
    carried = kept_coverage(released, label, ("carried",)).carried
    if len(carried):
        parts.append(carried.fillna(""))
    if released.exists(_BESIDE, label):
        adults = released.read(_BESIDE, label)
        if len(adults):
            adults = adults.reindex(columns=parts[0].columns, fill_value="")
            parts.append(adults.assign(child_id="", active=False, period=label))
    # Derived per run, and made anew for whatever is carried: what is kept of a record are its texts, its row and whether it counted.
    return [
        part.drop(columns=[name for name in _DERIVED if name in part]).astype({"row": "int32", "active": bool})
        for part in parts
    ]


def _todays_numbers(frames: FrameStore, period: str, numbers: pd.Series[str]) -> pd.Series[str]:
    """Numbers of children that were merged away since, as the number that they have now."""
    if not frames.exists("link_register.aliases", period):
        return numbers
    aliases = frames.read("link_register.aliases", period)
    final = finding_events.final_numbers(dict(zip(aliases["child_id"], aliases["alias_of"], strict=True)))
    return numbers.map(lambda number: final.get(number, number)) if final else numbers


def _earlier_shares(past: Past) -> Earlier:
    """What units showed when they were judged last, holes left out: a hole is nobody's usual share."""
    units = past.units
    if not len(units):
        return {}
    usual = units[(units["state"] == WHOLE) & (units["basis"] == KNOWN_ELSEWHERE)]
    keys = zip(usual["source"], usual["basis"], usual["dimension"], usual["unit"], strict=True)
    return dict(zip(keys, usual["share"].astype(float), strict=True))


def _headings(frames: FrameStore, contracts: Mapping[str, Contract], period: str) -> set[tuple[str, str, str]]:
    """(department, delivery, field) of every column that came."""
    headings = set()
    for name in contracts:
        asset = f"raw_{name}.readings"
        if not frames.exists(asset, period):
            continue
        kept = frames.read(asset, period, ["delivery_id", "columns"])
        for delivery, columns in zip(kept["delivery_id"], kept["columns"], strict=True):
            headings |= {(name, str(delivery), str(field)) for _, field, _, _ in json.loads(columns) if field}
    return headings
