"""Every asset of the graph, from the contracts: a contract in the workspace's `contracts` folder adds a department,
and nothing else must change.
"""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from assets.graph.child_files import child_file_asset
from assets.graph.county_places import places_asset
from assets.graph.coverage import coverage_asset
from assets.graph.finding_life import tracking_asset
from assets.graph.findings import findings_asset
from assets.graph.gate import gate_asset
from assets.graph.inbox import inbox_asset
from assets.graph.linkage import linkage_assets
from assets.graph.outputs import publish_assets
from assets.graph.raw import raw_asset
from assets.graph.standard import standard_assets
from assets.intake.contract import load_contracts


def all_assets(root: Path) -> list[dg.AssetsDefinition]:
    """The assets of a workspace, in the order of the stations.

    Args:
        root: the workspace's folder, which need not exist.
    """
    # Also without a workspace: Dagster's own checks load the definitions before anybody created one.
    contracts = load_contracts(root / "contracts")
    return [
        inbox_asset(),
        *(raw_asset(contract) for contract in contracts.values()),
        places_asset(contracts),
        *(standard_assets(contract) for contract in contracts.values()),
        linkage_assets(contracts),
        child_file_asset(contracts),
        coverage_asset(),
        findings_asset(),
        tracking_asset(),
        gate_asset(),
        publish_assets(contracts),
    ]
