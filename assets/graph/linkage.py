"""The assets link_pairs, link_children and link_register: standard records in, pairs and children out. How records are
linked is `matching`.
"""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import dagster as dg
import pandas as pd

from assets.graph.step import COUNT, opened_of
from assets.intake.contract import Contract
from assets.intake.linkable import fold, linkable, unfold
from assets.receiving.plausibility import Look, looked_at
from matching.comparing.resources import Engine, engine_name
from matching.explaining.report import read_report, report_frame
from matching.linked import KnownChildren, Linkage, Memory
from matching.linking import link_records
from matching.measuring.groups import link_rates
from matching.model import default_model
from matching.periods.changes import link_period
from pipelines.partitions import Period, period_partitions
from pipelines.resources import decisions
from pipelines.resources.frames import FrameStore
from pipelines.resources.session import Session
from pipelines.resources.step_guard import station
from pipelines.resources.workspace import ENGINE_TAG

REGISTER = "link_register"
MANY = 100_000
"""Records from which on `auto` compares only changes: below it a whole comparison takes seconds, and needs no explanation."""
POLICE = "public_security"
_OUTPUTS = {
    "link_pairs": "相同、待判断、相近但不同的记录对，各有一句理由",
    "link_children": "每条记录属于哪个孩子",
    REGISTER: "到本期为止认识的孩子：凭什么认得，合并和拆开过哪些",
}


@dataclass(frozen=True)
class Register:
    """The child register after a period: what children are known by, merged numbers, this period's merges and splits, and
    what the linkage says of itself (`name`, `value` as JSON; no personal value) and the link rate of every group.

    `memory_rows` and `memory_facts` are what the next period needs to compare only changes (`matching.periods.memory`); without rows where
    every period is compared as a whole.
    """

    identifiers: pd.DataFrame
    aliases: pd.DataFrame
    events: pd.DataFrame
    report: pd.DataFrame
    rates: pd.DataFrame
    memory_rows: pd.DataFrame
    memory_facts: pd.DataFrame


def linkage_assets(contracts: Mapping[str, Contract]) -> dg.AssetsDefinition:
    """The linking station over the standard frames of all departments."""
    version = default_model().fingerprint

    @dg.multi_asset(
        name="link",
        ins={f"std_{name}": dg.AssetIn(input_manager_key="frames") for name in contracts},
        outs={
            name: dg.AssetOut(io_manager_key="frames", code_version=version, description=text)
            for name, text in _OUTPUTS.items()
        },
        group_name="linkage",
        partitions_def=period_partitions(),
        required_resource_keys={"county"},
    )
    def link(context: dg.AssetExecutionContext, **frames: pd.DataFrame) -> Iterator[dg.Output[Any]]:
        """Link the records of all departments into children."""
        with station("link"):
            period = Period.parse(context.partition_key)
            records = linkable(list(frames.values()), contracts, period.last_day)
            _stop_when_cut(context, contracts, records)
            engine = _engine(opened_of(context), context.run.tags.get(ENGINE_TAG, ""))
            found = _link(opened_of(context), context.partition_key, records, engine)
            rates = link_rates(records, found.clusters, found.pairs, period.last_day, _reference(records))
        yield dg.Output(found.pairs, "link_pairs", metadata=_pair_counts(found.pairs))
        yield dg.Output(found.clusters, "link_children", metadata=_child_counts(found.clusters))
        yield dg.Output(_register(found, rates), REGISTER)

    return link


def _reference(records: pd.DataFrame) -> str:
    """The police register, which should know every child, where it came: the largest roll may be the schools'."""
    return POLICE if (records["department"] == POLICE).any() else ""


def _stop_when_cut(context: dg.AssetExecutionContext, contracts: Mapping[str, Contract], records: pd.DataFrame) -> None:
    """Stop when a department's first delivery cannot be whole.

    Raises:
        dg.Failure: with the sentences; nothing is linked or published.
    """
    look = Look(context.partition_key, context.run_id, {name: contract.zh for name, contract in contracts.items()})
    stops = [said for said in looked_at(opened_of(context), look, records) if said.severity == "stop"]
    if stops:
        raise dg.Failure("；".join(f"{said.message}{said.advice}" for said in stops), allow_retries=False)


def _engine(county: Session, asked: str) -> Engine:
    """The engine of this run: the one a person named, else the workspace's; what it spills lies inside the workspace.

    Raises:
        ValueError: there is no such engine.
    """
    folder = county.workspace.root / "spill"
    shutil.rmtree(folder, ignore_errors=True)  # a killed run left it: the workspace is held by one run at a time
    return Engine(engine_name(asked or county.workspace.settings.engine), folder)


def _link(county: Session, period: str, records: pd.DataFrame, engine: Engine) -> Linkage:
    """Link what says something different, then give every repeated row the child of its like."""
    folded = fold(records, default_model().decide.cluster_limit)
    known, decided = known_before(county.frames, period), judgements(county)
    run = link_period if _by_changes(county, len(folded.kept)) else link_records
    found = run(folded.kept, default_model(), known, decided, engine)
    return replace(found, clusters=unfold(found.clusters, folded))


def _by_changes(county: Session, records: int) -> bool:
    """Whether only changes are compared: where the workspace says so, or so many records that it is worth it."""
    asked = county.workspace.settings.compare
    return asked == "changes" or (asked == "auto" and records >= MANY)


def _register(found: Linkage, rates: pd.DataFrame) -> Register:
    known, memory = found.known, found.known.memory
    rows, facts = (memory.rows, memory.facts) if memory else (pd.DataFrame(), {})
    return Register(
        known.identifiers, known.aliases, found.events, report_frame(found.report), rates, rows, report_frame(facts)
    )


def known_before(frames: FrameStore, period: str) -> KnownChildren | None:
    """The register of the nearest earlier period of the same kind, None when this is the first."""
    earlier = [
        one for one in frames.periods(f"{REGISTER}.identifiers") if one < period and ("Q" in one) == ("Q" in period)
    ]
    if not earlier:
        return None
    identifiers, aliases = (frames.read(f"{REGISTER}.{part}", earlier[-1]) for part in ("identifiers", "aliases"))
    return KnownChildren(identifiers, aliases, _memory(frames, earlier[-1]))


def _memory(frames: FrameStore, period: str) -> Memory | None:
    """What the period left to be compared with, if it left anything."""
    if not frames.exists(f"{REGISTER}.memory_rows", period):
        return None
    rows, facts = (frames.read(f"{REGISTER}.{part}", period) for part in ("memory_rows", "memory_facts"))
    return Memory(rows, frames.read("link_pairs", period), read_report(facts)) if len(rows) else None


def judgements(county: Session) -> pd.DataFrame | None:
    """People's decisions with author and time; None when there are none. What they say together is `matching.decisions.judged`."""
    with county.engine.connect() as connection:
        frame = decisions.read(connection)
    return frame if len(frame) else None


def _pair_counts(pairs: pd.DataFrame) -> dict[str, int]:
    grades = pairs["grade"].value_counts()
    return {COUNT: len(pairs), **{str(grade): int(number) for grade, number in grades.items()}}


def _child_counts(children: pd.DataFrame) -> dict[str, int]:
    return {COUNT: len(children), "children": int(children["child_id"].nunique())}
