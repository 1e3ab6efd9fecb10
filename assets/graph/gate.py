"""The asset gate: between the lists and the outbox; what is out of the ordinary waits here for a named person (rules/coverage.md#gate).

Its asset check blocks publishing. In the Dagster UI the job `release` asks for the name and the reason in its launchpad; the command line fills
the same fields. What is out of the ordinary is `assets.coverage.gate`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import dagster as dg
import pandas as pd
from pydantic import Field

from assets.county import profile_of
from assets.coverage.gate import COUNTY_REASON, REASONS, GateMaterial, open_keys, reasons_of, release_rule
from assets.graph.step import COUNT, opened_of
from assets.publishing.edition_lines import period_before
from assets.publishing.urgent import hand_out_urgent
from expectations.coverage.shapes import COVERAGE_PARTS, Coverage
from pipelines.partitions import period_partitions
from pipelines.resources import publication, releases
from pipelines.resources.database import writing
from pipelines.resources.io_manager import put_together
from pipelines.resources.released import ReleasedFrames, wait_unpublished
from pipelines.resources.session import Session
from pipelines.resources.step_guard import StoppedError, station

NAME, CHECK = "gate", "ordinary_or_released"


@dataclass(frozen=True)
class HeldLists:
    """Which lists stay behind, and by whose release the others go out.

    Attributes:
        lists: one row per list that is not released: `code`.
        release: at most one row: `by, reason, at`.
    """

    lists: pd.DataFrame
    release: pd.DataFrame


class ReleaseFields(dg.Config):
    """What a person fills in to release an edition that waits; empty in an ordinary run."""

    released_by: str = ""
    reason: str = ""
    lists: list[str] = Field(default_factory=list)


def gate_asset() -> dg.AssetsDefinition:
    """The station that lets an edition pass, or wait."""

    @dg.asset(
        name=NAME,
        ins={
            "child_files": dg.AssetIn(input_manager_key="frames", metadata={"parts": ["children", "records"]}),
            "coverage": dg.AssetIn(input_manager_key="frames", metadata={"parts": COVERAGE_PARTS}),
            "findings": dg.AssetIn(input_manager_key="frames"),
            "finding_life": dg.AssetIn(input_manager_key="frames"),
        },
        check_specs=[
            dg.AssetCheckSpec(CHECK, asset=NAME, blocking=True, description="没有异常，或已由具名的人说明理由放行")
        ],
        io_manager_key="frames",
        group_name="publish",
        partitions_def=period_partitions(),
        required_resource_keys={"county"},
        description="发布之前：数据没有交齐、文件可疑、清单暴增的，等待放行",
    )
    def gate(
        context: dg.AssetExecutionContext, config: ReleaseFields, **frames: Any
    ) -> Iterator[dg.Output[HeldLists] | dg.AssetCheckResult]:
        """Look whether the edition may go out."""
        with station(NAME):
            county, period = opened_of(context), context.partition_key
            material = _material(county, period, frames)
            reasons = reasons_of(county, period, material)
            if config.released_by or config.reason:
                _release(county, period, reasons, config)
                reasons = reasons_of(county, period, material)
            county.latest.write(REASONS, period, reasons)
            scope, staying = _scope(county, period, reasons), HeldLists(*_nothing())
            passes = scope.is_whole or bool(scope.lists)
            if passes:
                staying = _held(county, scope)
            else:
                # From here on people read what they were given before, or, of a first edition, nothing.
                wait_unpublished(county.workspace.frames, period)
                hand_out_urgent(county, period, _urgent_material(frames))
        counts = reasons["kind"].value_counts()
        yield dg.Output(staying, metadata={COUNT: len(reasons), **{str(kind): int(n) for kind, n in counts.items()}})
        yield dg.AssetCheckResult(
            passed=passes,
            asset_key=NAME,
            check_name=CHECK,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={"open": len(open_keys(reasons)), "reasons": len(reasons), "held_lists": len(staying.lists)},
        )

    return gate


def _material(county: Session, period: str, frames: dict[str, Any]) -> GateMaterial:
    return GateMaterial(
        put_together(Coverage, frames["coverage"]),
        frames["findings"],
        _sizes_before(county, period),
        frames["child_files"]["records"],
    )


def _urgent_material(frames: dict[str, Any]) -> dict[str, pd.DataFrame]:
    return {**frames["child_files"], "findings": frames["findings"], "life": frames["finding_life"]}


def _sizes_before(county: Session, period: str) -> dict[str, int] | None:
    """Code -> lines, of the edition that is replaced, else of the period before; None for a first one."""
    released = ReleasedFrames(county.workspace.frames)
    with county.engine.connect() as connection:
        replaced = publication.latest_digest(connection, period)
    label = period if replaced else period_before(county, period)
    if not label or not released.exists("findings", label):
        return None
    counts = released.read("findings", label, ["code"])["code"].value_counts()
    return {str(code): int(number) for code, number in counts.items()}


def _release(county: Session, period: str, reasons: pd.DataFrame, fields: ReleaseFields) -> None:
    """Write the release into the audit.

    Raises:
        StoppedError: nobody may release it so; says why.
    """
    problem = releases.objection(fields.released_by, fields.reason, release_rule(county.workspace))
    unknown = sorted(set(fields.lists) - set(profile_of(county.workspace).lists))
    if unknown:
        problem = f"没有这样的清单：{'、'.join(unknown)}。"
    asked = reasons[(reasons["kind"] == COUNTY_REASON) & (reasons["settled"] == "")]
    if len(asked):
        problem = f"{asked['sentence'].iloc[0]}{asked['advice'].iloc[0]}这一问不能放行，请先回答。"
    if problem:
        raise StoppedError("release", problem, {})
    release = releases.EditionRelease(
        period, fields.released_by, fields.reason, tuple(fields.lists), tuple(reasons["key"])
    )
    with writing(county.engine) as connection:
        releases.note(connection, release, county.workspace.operator)


def _scope(county: Session, period: str, reasons: pd.DataFrame) -> releases.ReleasedScope:
    with county.engine.connect() as connection:
        return releases.scope_of(releases.of_period(connection, period), list(reasons["key"]))


def _nothing() -> tuple[pd.DataFrame, pd.DataFrame]:
    texts = pd.Series(dtype=object)
    return pd.DataFrame({"code": texts}), pd.DataFrame({"by": texts, "reason": texts, "at": texts})


def _held(county: Session, scope: releases.ReleasedScope) -> HeldLists:
    lists, release = _nothing()
    if not scope.is_whole:
        active = [code for code, rule in profile_of(county.workspace).lists.items() if rule.active]
        lists = pd.DataFrame({"code": [code for code in active if code not in scope.lists]}, dtype=object)
    if scope.by:
        release = pd.DataFrame([{"by": scope.by.by, "reason": scope.by.reason, "at": scope.by.at}], dtype=object)
    return HeldLists(lists, release)
