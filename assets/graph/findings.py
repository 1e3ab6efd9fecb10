"""The asset findings: child files in, the discrepancy lists out. What is on a list is `expectations.lists`."""

import dagster as dg
import numpy as np
import pandas as pd

from assets.childfile.build import ChildFiles
from assets.county import profile_of
from assets.coverage.listing import ListMaterial, listed_lines
from assets.graph.step import COUNT, opened_of
from assets.protected import protected_in
from assets.receiving.delivered import COUNTY_CODE, county_doubt
from expectations.coverage.shapes import COVERAGE_PARTS, Coverage
from expectations.lists.files import VEILED
from pipelines.partitions import period_partitions
from pipelines.resources import deliveries
from pipelines.resources.database import writing
from pipelines.resources.io_manager import FACTS, put_together
from pipelines.resources.step_guard import station

PARTS = ["children", "records", "near", "beside", FACTS]


def findings_asset() -> dg.AssetsDefinition:
    """The station that computes every list of the place."""

    @dg.asset(
        name="findings",
        ins={
            "child_files": dg.AssetIn(input_manager_key="frames", metadata={"parts": PARTS}),
            "coverage": dg.AssetIn(input_manager_key="frames", metadata={"parts": COVERAGE_PARTS}),
            "link_pairs": dg.AssetIn(input_manager_key="frames"),
        },
        io_manager_key="frames",
        group_name="findings",
        partitions_def=period_partitions(),
        required_resource_keys={"county"},
        description="各清单：每行一个孩子的一个问题，写明理由和依据",
    )
    def findings(
        context: dg.AssetExecutionContext,
        child_files: dict[str, pd.DataFrame],
        coverage: dict[str, pd.DataFrame],
        link_pairs: pd.DataFrame,
    ) -> dg.Output[pd.DataFrame]:
        """Compute the lists."""
        with station("findings"):
            county, files = opened_of(context), put_together(ChildFiles, child_files)
            profile = profile_of(county.workspace)
            known = put_together(Coverage, coverage)
            veil = protected_in(county, context.partition_key)
            files.children[VEILED] = np.where(veil.hides(files.children), "yes", "")
            period, doubts = context.partition_key, county_doubt(files.records, profile.place)
            with writing(county.engine) as connection:
                # With the police: it is their register whose county differs.
                deliveries.replace_notices_of(
                    connection, deliveries.Branch(period, "public_security"), COUNTY_CODE, doubts
                )
            lines = listed_lines(county, period, files, ListMaterial(known, link_pairs)).findings
        codes = lines["code"].value_counts()
        counts = {COUNT: len(lines), **{str(code): int(number) for code, number in codes.items()}}
        return dg.Output(lines, metadata=counts)

    return findings
