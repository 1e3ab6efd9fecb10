"""The assets std_<department> and quarantine_<department>: our fields and codes, checked, and the rows that nobody can use.

How a row is read is `assets.intake`; what must hold is `expectations.suites`, run here as Dagster's asset checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg
import pandas as pd

from assets.county import COUNT, opened_of
from assets.intake.contract import Contract
from assets.standardising import Result, standardise_delivery
from expectations.suites.run import Outcome, checks_of
from pipelines.partitions import period_partitions
from pipelines.resources.deliveries import Branch
from pipelines.resources.stations import station


def standard_assets(contract: Contract) -> dg.AssetsDefinition:
    """The standardising station of one department, with its suite as asset checks."""
    name = contract.department
    std, quarantine = f"std_{name}", f"quarantine_{name}"

    @dg.multi_asset(
        name=f"standardise_{name}",
        ins={f"raw_{name}": dg.AssetIn(input_manager_key="frames")},
        outs={
            std: dg.AssetOut(io_manager_key="frames", is_required=False, description=f"{contract.zh}：统一的字段和代码"),
            quarantine: dg.AssetOut(io_manager_key="frames", description=f"{contract.zh}：没有接收的行，各有原因"),
        },
        check_specs=[
            dg.AssetCheckSpec(check.name, asset=std, blocking=check.severity == "stop", description=check.title)
            for check in checks_of(name)
        ],
        group_name="standard",
        partitions_def=period_partitions(),
        required_resource_keys={"county"},
    )
    def standardise(context: dg.AssetExecutionContext, **frames: pd.DataFrame) -> Iterator[Any]:
        """Standardise, quarantine, check; a broken stop rule ends the branch and the last good frame stays."""
        with station(f"standardise_{name}"):
            branch = Branch(context.partition_key, name)
            result = standardise_delivery(opened_of(context), contract, branch, frames[f"raw_{name}"])
            yield dg.Output(result.quarantine, quarantine, metadata={COUNT: len(result.quarantine)})
            yield from _check_results(result.outcomes, std)
            if result.stopped:
                raise dg.Failure(result.stopped, allow_retries=False)
            yield dg.Output(result.accepted, std, metadata={COUNT: len(result.accepted)})

    return standardise


def _check_results(outcomes: Sequence[Outcome], asset: str) -> Iterator[dg.AssetCheckResult]:
    """Dagster's view of the suite: passed or not, how many rows; never a value."""
    for outcome in outcomes:
        yield dg.AssetCheckResult(
            passed=outcome.passed,
            asset_key=asset,
            check_name=outcome.name,
            severity=dg.AssetCheckSeverity.ERROR if outcome.severity == "stop" else dg.AssetCheckSeverity.WARN,
            metadata={"rows": outcome.rows},
        )


__all__ = ["Result", "standard_assets"]
