"""The asset coverage: child files in, what the deliveries could have shown out. How it is judged is `expectations.coverage`."""

import dagster as dg
import pandas as pd

from assets.childfile.build import ChildFiles
from assets.coverage.gather import NAME, CoverageRequest, coverage_of
from assets.graph.step import COUNT, opened_of
from assets.receiving.delivered import keep_delivered
from expectations.coverage.shapes import Coverage
from pipelines.partitions import period_partitions
from pipelines.resources import deliveries
from pipelines.resources.io_manager import FACTS, put_together
from pipelines.resources.step_guard import station

_PARTS = ["children", "records", "near", "beside", FACTS]


def coverage_asset() -> dg.AssetsDefinition:
    """The station that knows what this period's deliveries could have shown."""

    @dg.asset(
        name=NAME,
        ins={
            "child_files": dg.AssetIn(input_manager_key="frames", metadata={"parts": _PARTS}),
            # Read by name, not handed in: numbers of children that were merged are put together with what was known before.
            "link_register": dg.AssetIn(input_manager_key="frames", metadata={"parts": ["aliases"]}),
        },
        io_manager_key="frames",
        group_name="findings",
        partitions_def=period_partitions(),
        required_resource_keys={"county"},
        description="本期各部门交来的数据能看到什么：哪些学校、乡镇、年级、栏目没有交齐",
    )
    def coverage(
        context: dg.AssetExecutionContext, child_files: dict[str, pd.DataFrame], link_register: dict[str, pd.DataFrame]
    ) -> dg.Output[Coverage]:
        """Judge the deliveries."""
        with station(NAME):
            del link_register
            county, files, period = opened_of(context), put_together(ChildFiles, child_files), context.partition_key
            with county.engine.connect() as connection:
                accounts = deliveries.of_period(connection, period, deliveries.LIVE)
            delivered = keep_delivered(accounts, county.latest, period)
            judged = coverage_of(county, CoverageRequest(period, context.run_id, delivered), files)
        states = {f"units_{state}": int(number) for state, number in judged.units["state"].value_counts().items()}
        counts = {"fields_missing": len(judged.lost_fields()), "children_unseen": judged.unseen["child_id"].nunique()}
        return dg.Output(judged, metadata={COUNT: len(judged.units), **states, **counts})

    return coverage
