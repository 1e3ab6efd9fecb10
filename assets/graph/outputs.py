"""The assets out_*: the exports, the workbooks and the published register, shown together or not at all.

The folder is built aside, the database takes the edition in one transaction, then the folder is shown by renaming. A
run killed anywhere is put
right at the next start (`pipelines.resources.outbox`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import dagster as dg
import pandas as pd

from assets.county import profile_of, sources_delivered
from assets.coverage.gate import kept_reasons
from assets.coverage.spoken import list_knowledge, owed_of, release_of, uncompared_in_words
from assets.graph.step import COUNT, opened_of
from assets.intake.contract import Contract
from assets.protected import protected_in
from assets.publishing import exports
from assets.publishing.edition_lines import COLUMNS as LINE_COLUMNS
from assets.publishing.edition_lines import NAME as LINES
from assets.publishing.edition_lines import edition_lines, lines_of, period_before, urgent_lists
from assets.publishing.editions import (
    EditionCoverage,
    Ingredients,
    asked_now,
    write_exports,
    write_review_workbooks,
    write_workbooks,
)
from assets.publishing.locking import lock_folder
from assets.publishing.marking import CopyOrder, marking
from assets.publishing.reaching import CODE, sentences, unreached
from assets.publishing.urgent import forget_urgent
from assets.publishing.verdicts import PeriodVerdicts, record
from assets.receiving.filenames import file_names
from assets.workbooks.context import Published
from expectations.lists.catalogue import load_catalogue
from pipelines.partitions import period_partitions
from pipelines.resources import deliveries, faults, protection_marks
from pipelines.resources.database import writing
from pipelines.resources.finding_events import Issued
from pipelines.resources.passwords import read_passwords
from pipelines.resources.publication import Edition, announce
from pipelines.resources.publication import publish as put_into_database
from pipelines.resources.released import forget_aside, keep_part
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
_WITH_LISTS = ("findings", "finding_life")
_FRAMES = ("findings", "finding_life", "link_children", "link_pairs")
# The raw frames are the widest of all, and all that publishing asks of them is which deliveries went in.
_DELIVERED = {"columns": ["delivery_id"]}
_PARTS = {"child_files": ["children", "records"], "link_register": ["events", "rates"], "gate": ["lists", "release"]}


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
            run = _Run(context.partition_key, context.run_id, contracts, frozenset(frames["gate"]["lists"]["code"]))
            counts = _publish(opened_of(context), run, _without_held(frames, run.held))
        for name in _OUTPUTS:
            yield dg.Output(None, name, metadata={COUNT: counts.get(name, 0)})

    return publish


def _without_held(frames: dict[str, Any], codes: frozenset[str]) -> dict[str, Any]:
    """The frames without the lists that a release left behind: of those nothing is sent, opened, closed or counted."""
    if not codes:
        return frames
    return {
        **frames,
        **{name: frames[name][~frames[name]["code"].isin(codes)].reset_index(drop=True) for name in _WITH_LISTS},
    }


@dataclass(frozen=True)
class _Run:
    """The run that publishes: its period, Dagster's id of it, the departments' contracts, the lists that are not released."""

    period: str
    run_id: str
    contracts: Mapping[str, Contract]
    held: frozenset[str] = frozenset()


def _publish(county: Session, run: _Run, frames: Mapping[str, Any]) -> dict[str, int]:
    folder = county.outbox.aside(run.period)
    with marking(CopyOrder(county.workspace.frames, run.period, folder, run.contracts)) as copies:
        ingredients, veil = _ingredients(county, run, frames), protected_in(county, run.period)
        seen = ingredients.through(veil.without)
        digest = write_exports(seen, file_names(county.workspace, run.period), folder)
        # The audit's head is printed in the summary: it must be known before the workbooks are written, and so before they are published.
        with writing(county.engine) as connection:
            head = announce(connection, run.period, digest, county.workspace.operator).printed
        ingredients = replace(ingredients, audit_head=head)
        county.frames.write(LINES, run.period, ingredients.lines)
        written = write_workbooks(ingredients, county.workspace, folder, veil)
        write_review_workbooks(ingredients, county.workspace, folder, veil)
        counts = {"out_exports": len(seen.links) + len(seen.findings)}
        for workbook in written:
            output = _KINDS[workbook.kind]
            counts[output] = counts.get(output, 0) + workbook.rows
        counts["out_errors"] = copies.finished()
    root, passwords = county.workspace.root, read_passwords(county.workspace.root)
    # Before anything is locked: a CSV file takes no password, and where there are some it must not lie beside the workbooks.
    exports.take_out(folder, exports.place(root, run.period, digest), passwords)
    lock_folder(folder, passwords)
    # At each `faults.reach` a test kills the run; the next start must put right what it left (docs/decisions/how-a-run-works.md).
    faults.reach("publish:built")
    county.outbox.seal(run.period, digest)
    faults.reach("publish:sealed")
    # Sealed before the database says so, shown after: a run killed between the two is put right by comparing the digests.
    with writing(county.engine) as connection:
        put_into_database(connection, _edition(county, run, ingredients, digest, frames))
        protection_marks.append(connection, veil.fresh, county.workspace.operator)
        record(connection, _verdicts(county, run, ingredients, digest, written))
        # With civil affairs, whose office leads the comparison and decides whom else to ask.
        names = {code: info.name for code, info in load_catalogue().lists.items()}
        unsent = sentences(unreached(asked_now(ingredients), written), names)
        deliveries.replace_notices_of(connection, deliveries.Branch(run.period, "civil_affairs"), CODE, unsent)
        faults.reach("publish:uncommitted")
    faults.reach("publish:committed")
    county.outbox.show(run.period)
    exports.forget_others(root, run.period, digest if passwords else "")
    # What people have now is what the last run made: nothing waits beside it, and its urgent lines went out with it.
    forget_urgent(county, run.period)
    if run.held:
        keep_part(county.workspace.frames, run.period, {name: frames[name] for name in _WITH_LISTS})
    else:
        forget_aside(county.workspace.frames, run.period)
    return counts


def _verdicts(
    county: Session, run: _Run, ingredients: Ingredients, digest: str, written: Sequence[Published]
) -> PeriodVerdicts:
    published, rules = date.today(), profile_of(county.workspace).lists

    def due(code: str) -> str:
        """By when an answer is due: the place's days after the day the workbooks went out."""
        days = rules[code].due_days if code in rules else None
        return (published + timedelta(days=days)).isoformat() if days is not None else ""

    issued = {
        (workbook.recipient, name): Issued(workbook.recipient, name, workbook.kind, code, due(code))
        for workbook in written
        for name, code in workbook.lines
    }
    reason = f"edition:{digest[:16]}"
    return PeriodVerdicts(
        run.period, ingredients.life, list(issued.values()), county.workspace.operator, reason, run.held
    )


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
        delivered=sources_delivered(county, run.period),
        coverage=EditionCoverage(
            list_knowledge(county, run.period),
            uncompared_in_words(county.frames, run.period),
            owed_of(county, run.period),
            release_of(county.frames, run.period),
            tuple(kept_reasons(county.latest, run.period)["sentence"]),
        ),
    )


def _used(run: _Run, frames: Mapping[str, Any]) -> dict[str, list[str]]:
    return {name: sorted(set(frames[f"raw_{name}"]["delivery_id"])) for name in run.contracts}


def _accounting(county: Session, run: _Run, frames: Mapping[str, Any]) -> pd.DataFrame:
    columns = ["department", "file", "rows_in", "accepted", "quarantined", "set_aside"]
    names = file_names(county.workspace)
    # Of what this edition was made from, not of what the register calls current: a file may have come while the run went on.
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


def _edition(county: Session, run: _Run, ingredients: Ingredients, digest: str, frames: Mapping[str, Any]) -> Edition:
    return Edition(
        period=run.period,
        digest=digest,
        run_id=run.run_id,
        who=county.workspace.operator,
        links=ingredients.links,
        findings=ingredients.findings,
        identifiers=identifiers_of(ingredients.records),
        events=frames["link_register"]["events"],
        held=run.held,
        used=_used(run, frames),
        counts={
            "children": len(ingredients.children),
            "findings": len(ingredients.findings),
            "records": len(ingredients.links),
        },
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
    # Sorted, so that shuffled files give the same register: the order of records is that of the files.
    return together.drop_duplicates().sort_values(columns, ignore_index=True)
