"""The assets std_<department> and quarantine_<department>: our fields and codes, checked, and the rows that nobody can
use.

How a row is read is `assets.intake`; what must hold is `expectations.suites`, run here as Dagster's asset checks.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pandas as pd

from assets.graph.step import COUNT, opened_of
from assets.intake.contract import Contract
from assets.intake.department import StandardisedDelivery, StandardisingRequest, standardise_delivery, suite_of
from assets.receiving.receive import stop_when_refused
from expectations.suites.run import CheckResult
from pipelines.partitions import Period, period_partitions
from pipelines.resources import consents
from pipelines.resources.deliveries import SUITE_CODE, Branch
from pipelines.resources.frames import FrameStore
from pipelines.resources.step_guard import StoppedError, station


def standard_assets(contract: Contract) -> dg.AssetsDefinition:
    """The standardising station of one department, with its suite as asset checks."""
    name = contract.department
    std, quarantine = f"std_{name}", f"quarantine_{name}"

    @dg.multi_asset(
        name=f"standardise_{name}",
        ins={frame: dg.AssetIn(input_manager_key="frames") for frame in (f"raw_{name}", "county_places")},
        outs={
            # Not required: behind a broken stop rule nothing is written, and the last good frame stays what everybody reads.
            std: dg.AssetOut(
                io_manager_key="frames", is_required=False, description=f"{contract.zh}：统一的字段和代码"
            ),
            quarantine: dg.AssetOut(io_manager_key="frames", description=f"{contract.zh}：没有接收的行，各有原因"),
        },
        check_specs=[
            dg.AssetCheckSpec(rule.id, asset=std, blocking=rule.severity == "stop", description=rule.message)
            for rule in suite_of(name).rules
        ],
        group_name="standard",
        partitions_def=period_partitions(),
        required_resource_keys={"county"},
    )
    def standardise(context: dg.AssetExecutionContext, **frames: pd.DataFrame) -> Iterator[Any]:
        """Standardise, quarantine, check; a broken stop rule ends the branch and the last good frame stays."""
        with station(f"standardise_{name}"):
            county, raw = opened_of(context), frames[f"raw_{name}"]
            # Here and not where the files were received: places are learned from all departments, and those need their raw rows.
            stop_when_refused(county, Branch(context.partition_key, name))
            result = standardise_delivery(county, _order(context, contract), raw, frames["county_places"])
            if raw.empty:
                context.log.info(f"{contract.zh}本期没有数据，跳过。")
            yield dg.Output(result.quarantine, quarantine, metadata={COUNT: len(result.quarantine)})
            yield from _check_results(name, result)
            if result.stopped:
                raise StoppedError(SUITE_CODE, result.stopped, {"rows": len(raw)})
            yield dg.Output(result.accepted, std, metadata={COUNT: len(result.accepted)})

    return standardise


def _order(context: dg.AssetExecutionContext, contract: Contract) -> StandardisingRequest:
    period, name = context.partition_key, contract.department
    county = opened_of(context)
    with county.engine.connect() as connection:
        confirmed = consents.given(connection, context.run_id, period, name)
    asset = f"std_{name}"
    previous = rows_of(county.frames, asset, Period.parse(period).previous.label)
    return StandardisingRequest(
        Branch(period, name), contract, previous, confirmed, rows_of(county.frames, asset, period)
    )


def rows_of(frames: FrameStore, asset: str, period: str) -> int | None:
    """How many rows the asset has for a period, None when it was never made: a branch that stopped left the edition before."""
    return len(frames.read(asset, period, ["record_id"])) if frames.exists(asset, period) else None


def _check_results(department: str, result: StandardisedDelivery) -> Iterator[dg.AssetCheckResult]:
    """Dagster's view of the suite: passed or not, how many rows; never a value. A rule that did not apply passes."""
    checks = {check.name: check for check in result.checks}
    for rule in suite_of(department).rules:
        # Dagster wants an answer for every check that it was told of, also where the suite left the rule out.
        check = checks.get(rule.id) or CheckResult(rule.id, rule.severity, True, 0, rule.expect, "")
        yield dg.AssetCheckResult(
            passed=check.passed,
            asset_key=f"std_{department}",
            check_name=rule.id,
            severity=dg.AssetCheckSeverity.ERROR if rule.severity == "stop" else dg.AssetCheckSeverity.WARN,
            metadata={"rows": check.failed_count, "applied": rule.id in checks},
        )
