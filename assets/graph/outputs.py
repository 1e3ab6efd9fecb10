"""The assets out_*: the exports, the workbooks and the published register, shown together or not at all.

The folder is built aside, the database takes the edition in one transaction, then the folder is shown by renaming. A
run killed anywhere is put
right at the next start (`pipelines.resources.outbox`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import dagster as dg
import pandas as pd
import sqlalchemy as sa

from assets.county import profile_of
from assets.graph.step import COUNT, opened_of
from assets.intake.contract import Contract
from assets.protected import protected_in
from assets.publishing import exports
from assets.publishing.edition_lines import COLUMNS as LINE_COLUMNS
from assets.publishing.edition_lines import NAME as LINES
from assets.publishing.edition_lines import edition_lines, lines_of, period_before, urgent_lists
from assets.publishing.editions import Ingredients, asked_now, write_exports, write_review_workbooks, write_workbooks
from assets.publishing.locking import lock_folder
from assets.publishing.marking import CopyOrder, marking
from assets.publishing.reaching import CODE, sentences, unreached
from assets.publishing.verdicts import PeriodVerdicts, record
from assets.receiving.filenames import file_names
from assets.workbooks.context import Published
from expectations.jurisdictions.profile import ListRule
from expectations.lists.catalogue import load_catalogue
from pipelines.partitions import period_partitions
from pipelines.resources import deliveries, faults, protection_marks
from pipelines.resources.database import writing
from pipelines.resources.finding_events import Issued
from pipelines.resources.passwords import read_passwords
from pipelines.resources.publication import Edition, announce
from pipelines.resources.publication import publish as put_into_database
from pipelines.resources.session import Session
from pipelines.resources.step_guard import station

NUMBERS = ("id_no", "student_no", "disability_no", "birth_cert_no")
_OUTPUTS = {
    "out_exports": "links.csv 和 findings.csv：给其他系统读的",
    "out_departments": "每个部门一份核查清单",
    "out_townships": "每个乡镇一份核查清单",
    "out_summary": "全县汇总",
    "out_errors": "各部门原表的副本，标出没有接收的行",
}
_KINDS = {
    "department": "out_departments",
    "township": "out_townships",
    "summary": "out_summary",
    "person": "out_departments",
}
_FRAMES = ("findings", "finding_life", "link_children", "link_pairs")
_DELIVERED = {"columns": ["delivery_id"]}
_PARTS = {"child_files": ["children", "records"], "link_register": ["events", "rates"]}


def publish_assets(contracts: Mapping[str, Contract]) -> dg.AssetsDefinition:
    """The publishing station; one at a time."""
    inputs = {name: dg.AssetIn(input_manager_key="frames") for name in _FRAMES}
    for name, parts in _PARTS.items():
        inputs[name] = dg.AssetIn(input_manager_key="frames", metadata={"parts": parts})
    for name in contracts:
        inputs[f"raw_{name}"] = dg.AssetIn(input_manager_key="frames", metadata=_DELIVERED)

    @dg.multi_asset(
        name="publish",
        ins=inputs,
        deps=[f"quarantine_{name}" for name in contracts],
        outs={name: dg.AssetOut(io_manager_key="frames", description=text) for name, text in _OUTPUTS.items()},
        group_name="publish",
        partitions_def=period_partitions(),
        required_resource_keys={"county"},
        pool="publish",
    )
    def publish(context: dg.AssetExecutionContext, **frames: Any) -> Iterator[dg.Output[None]]:
        """Publish the period."""
        with station("publish"):
            counts = _publish(opened_of(context), _Run(context.partition_key, context.run_id, contracts), frames)
        for name in _OUTPUTS:
            yield dg.Output(None, name, metadata={COUNT: counts.get(name, 0)})

    return publish


class _Run:
    def __init__(self, period: str, run_id: str, contracts: Mapping[str, Contract]) -> None:
        self.period, self.run_id, self.contracts = period, run_id, contracts


def _publish(county: Session, run: _Run, frames: Mapping[str, Any]) -> dict[str, int]:
    folder = county.outbox.aside(run.period)
    with marking(CopyOrder(county.workspace.frames, run.period, folder, run.contracts)) as copies:
        made, veil = _ingredients(county, run, frames), protected_in(county, run.period)
        seen = made.through(veil.without)
        digest = write_exports(seen, file_names(county.workspace, run.period), folder)
        found = replace(made, audit_head=_announced(county, run, digest))
        county.frames.write(LINES, run.period, found.lines)
        written = write_workbooks(found, county.workspace, folder, veil)
        write_review_workbooks(found, county.workspace, folder, veil)
        counts = {"out_exports": len(seen.links) + len(seen.findings), **_workbook_counts(written)}
        counts["out_errors"] = copies.finished()
    root, passwords = county.workspace.root, read_passwords(county.workspace.root)
    exports.take_out(folder, exports.place(root, run.period, digest), passwords)
    lock_folder(folder, passwords)
    faults.reach("publish:built")
    county.outbox.seal(run.period, digest)
    faults.reach("publish:sealed")
    with writing(county.engine) as connection:
        put_into_database(connection, _edition(county, run, found, (digest, frames)))
        protection_marks.append(connection, veil.fresh, county.workspace.operator)
        record(connection, _chapter(county, run, found, (digest, written)))
        _say_unreached(connection, found, written)
        faults.reach("publish:uncommitted")
    faults.reach("publish:committed")
    county.outbox.show(run.period)
    exports.forget_others(root, run.period, digest if passwords else "")
    return counts


def _say_unreached(connection: sa.Connection, found: Ingredients, written: list[Published]) -> None:
    """With civil affairs, whose office leads the comparison and decides whom else to ask."""
    names = {code: info.name for code, info in load_catalogue().lists.items()}
    said = sentences(unreached(asked_now(found), written), names)
    deliveries.replace_notices_of(connection, deliveries.Branch(found.period, "civil_affairs"), CODE, said)


def _announced(county: Session, run: _Run, digest: str) -> str:
    """The audit's head that the summary prints: it must be known before the workbooks are written, and so before they are published."""
    with writing(county.engine) as connection:
        return announce(connection, run.period, digest, county.workspace.operator).printed


def _chapter(county: Session, run: _Run, found: Ingredients, made: tuple[str, list[Published]]) -> PeriodVerdicts:
    digest, written = made
    published, rules = date.today(), profile_of(county.workspace).lists
    issued = {
        (one.recipient, name): Issued(one.recipient, name, one.kind, code, _due(rules.get(code), published))
        for one in written
        for name, code in one.lines
    }
    return PeriodVerdicts(
        run.period, found.life, list(issued.values()), county.workspace.operator, f"edition:{digest[:16]}"
    )


def _due(rule: ListRule | None, published: date) -> str:
    """By when an answer is due: the place's days after the day the workbooks went out."""
    days = rule.due_days if rule else None
    return (published + timedelta(days=days)).isoformat() if days is not None else ""


def _workbook_counts(written: list[Published]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in written:
        counts[_KINDS[one.kind]] = counts.get(_KINDS[one.kind], 0) + one.rows
    return counts


def _ingredients(county: Session, run: _Run, frames: Mapping[str, Any]) -> Ingredients:
    last, urgent = period_before(county, run.period), urgent_lists(profile_of(county.workspace))
    return Ingredients(
        period=run.period,
        findings=frames["findings"],
        links=frames["link_children"],
        pairs=frames["link_pairs"],
        children=frames["child_files"]["children"],
        records=frames["child_files"]["records"],
        accounting=_accounting(county, run, frames),
        department_names={name: contract.zh for name, contract in run.contracts.items()},
        life=frames["finding_life"],
        rates=frames["link_register"]["rates"],
        lines=lines_of(frames["findings"], frames["finding_life"], urgent),
        before=edition_lines(county, last).frame if last else pd.DataFrame(columns=LINE_COLUMNS),
    )


def _used(run: _Run, frames: Mapping[str, Any]) -> dict[str, list[str]]:
    return {name: sorted(set(frames[f"raw_{name}"]["delivery_id"])) for name in run.contracts}


def _accounting(county: Session, run: _Run, frames: Mapping[str, Any]) -> pd.DataFrame:
    columns, names = (
        ["department", "file", "rows_in", "accepted", "quarantined", "set_aside"],
        file_names(county.workspace),
    )
    used = {identity for ids in _used(run, frames).values() for identity in ids}
    with county.engine.connect() as connection:
        lines = deliveries.of_period(connection, run.period, deliveries.STATES)
    return pd.DataFrame(
        [
            {**{name: line[name] for name in columns}, "number": names.number(line)}
            for line in lines
            if line["id"] in used
        ],
        columns=[*columns, "number"],
    )


def _edition(county: Session, run: _Run, found: Ingredients, made: tuple[str, Mapping[str, Any]]) -> Edition:
    digest, frames = made
    return Edition(
        period=run.period,
        digest=digest,
        run_id=run.run_id,
        who=county.workspace.operator,
        links=found.links,
        findings=found.findings,
        identifiers=identifiers_of(found.records),
        events=frames["link_register"]["events"],
        used=_used(run, frames),
        counts={"children": len(found.children), "findings": len(found.findings), "records": len(found.links)},
    )


def identifiers_of(records: pd.DataFrame) -> pd.DataFrame:
    """The numbers by which children are known now: `child_id, kind, value, department`, each once, in a fixed order."""
    columns = ["child_id", "kind", "value", "department"]
    parts = [
        records.loc[records[kind] != "", ["child_id", kind, "department"]]
        .rename(columns={kind: "value"})
        .assign(kind=kind)
        for kind in NUMBERS
    ]
    together = pd.concat(parts, ignore_index=True)[columns]
    return together.drop_duplicates().sort_values(columns, ignore_index=True)
