"""Every asset of the graph, from the contracts: a contract in the workspace's `contracts` folder adds a department,
and nothing else must change.
"""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from assets.files import child_file_asset
from assets.findings import findings_asset
from assets.intake.contract import load_contracts
from assets.linkage import linkage_assets
from assets.places import places_asset
from assets.publish import publish_assets
from assets.raw import raw_asset
from assets.standard import standard_assets
from assets.tracking import tracking_asset


def all_assets(root: Path) -> list[dg.AssetsDefinition]:
    """The assets of a workspace, in the order of the stations.

    Args:
        root: the workspace's folder, which need not exist.
    """
    contracts = load_contracts(root / "contracts")
    return [
        *(raw_asset(contract) for contract in contracts.values()),
        places_asset(contracts),
        *(standard_assets(contract) for contract in contracts.values()),
        linkage_assets(contracts),
        child_file_asset(contracts),
        findings_asset(),
        tracking_asset(),
        publish_assets(contracts),
    ]
