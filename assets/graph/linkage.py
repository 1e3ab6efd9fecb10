"""The assets link_pairs, link_children and link_register: standard records in, pairs and children out. How records are
linked is `matching`.
"""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import dagster as dg
import pandas as pd

from assets.graph.step import COUNT, opened_of
from assets.intake.contract import Contract
from assets.intake.linkable import fold, linkable, unfold
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
class ChildRegister:
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

    @classmethod
    def after(cls, linkage: Linkage, rates: pd.DataFrame) -> Self:
        """The register as a linkage leaves it; `rates` are the link rates of its groups."""
        known, memory, report = linkage.known, linkage.known.memory, report_frame(linkage.report)
        rows, facts = (memory.rows, memory.facts) if memory else (pd.DataFrame(), {})
        return cls(known.identifiers, known.aliases, linkage.events, report, rates, rows, report_frame(facts))


def linkage_assets(contracts: Mapping[str, Contract]) -> dg.AssetsDefinition:
    """The linking station over the standard frames of all departments."""
    # Another model is other code: Dagster then shows what was linked by the old one as stale.
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
            # Named by a person for this run, else by the workspace; what it spills lies inside the workspace, with all other rows of children.
            county = opened_of(context)
            name = engine_name(context.run.tags.get(ENGINE_TAG, "") or county.workspace.settings.engine)
            spill = county.workspace.root / "spill"
            shutil.rmtree(spill, ignore_errors=True)  # a killed run left it: the workspace is held by one run at a time
            engine = Engine(name, spill)
            linkage = _link(opened_of(context), context.partition_key, records, engine)
            pairs, clusters = linkage.pairs, linkage.clusters
            # The police register, which should know every child, where it came: the largest roll may be the schools'.
            reference = POLICE if (records["department"] == POLICE).any() else ""
            rates = link_rates(records, clusters, pairs, period.last_day, reference)
        grades = {str(grade): int(number) for grade, number in pairs["grade"].value_counts().items()}
        children = int(clusters["child_id"].nunique())
        yield dg.Output(pairs, "link_pairs", metadata={COUNT: len(pairs), **grades})
        yield dg.Output(clusters, "link_children", metadata={COUNT: len(clusters), "children": children})
        yield dg.Output(ChildRegister.after(linkage, rates), REGISTER)

    return link


def _link(county: Session, period: str, records: pd.DataFrame, engine: Engine) -> Linkage:
    """Link what says something different, then give every repeated row the child of its like."""
    folded = fold(records, default_model().decide.cluster_limit)
    known, decided = known_before(county.frames, period), judgements(county)
    link = link_period if compares_changes(county, len(folded.kept)) else link_records
    linkage = link(folded.kept, default_model(), known, decided, engine)
    return replace(linkage, clusters=unfold(linkage.clusters, folded))


def compares_changes(county: Session, records: int) -> bool:
    """Whether only changes are compared: where the workspace says so, or so many records that it is worth it."""
    setting = county.workspace.settings.compare
    return setting == "changes" or (setting == "auto" and records >= MANY)


def known_before(frames: FrameStore, period: str) -> KnownChildren | None:
    """The register of the nearest earlier period of the same kind, None when this is the first."""
    # Not the newest one: an earlier period that is run again must not know what came after it.
    earlier = frames.periods_before(f"{REGISTER}.identifiers", period)
    if not earlier:
        return None
    last = earlier[-1]
    identifiers, aliases = (frames.read(f"{REGISTER}.{part}", last) for part in ("identifiers", "aliases"))
    memory = None
    # A workspace of an earlier state has none; without rows it is where the period was compared as a whole.
    if frames.exists(f"{REGISTER}.memory_rows", last):
        rows, facts = (frames.read(f"{REGISTER}.{part}", last) for part in ("memory_rows", "memory_facts"))
        memory = Memory(rows, frames.read("link_pairs", last), read_report(facts)) if len(rows) else None
    return KnownChildren(identifiers, aliases, memory)


def judgements(county: Session) -> pd.DataFrame | None:
    """People's decisions with author and time; None when there are none. What they say together is `matching.decisions.clerical`."""
    with county.engine.connect() as connection:
        frame = decisions.read(connection)
    return frame if len(frame) else None
