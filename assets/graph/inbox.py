"""The asset inbox_files: every file in the period's folder of the inbox, and whose it is or what is asked about it.

Which file is whose is `assets.receiving.sorting`; reading the files is each department's own station.
"""

import dagster as dg
import pandas as pd

from assets.graph.step import COUNT, opened_of
from assets.receiving.inbox_account import NAME
from assets.receiving.take_stock import take_stock
from pipelines.partitions import period_partitions
from pipelines.resources.step_guard import station


def inbox_asset() -> dg.AssetsDefinition:
    """The station that looks at the whole inbox before any department's files are read."""

    @dg.asset(
        name=NAME,
        io_manager_key="frames",
        group_name="raw",
        partitions_def=period_partitions(),
        required_resource_keys={"county"},
        description="收件箱里的每一个文件：是哪个部门的，或者为什么没有读取",
    )
    def inbox_files(context: dg.AssetExecutionContext) -> dg.Output[pd.DataFrame]:
        """Look at the inbox; ask about what is nobody's."""
        with station(NAME):
            frame = take_stock(opened_of(context), context.partition_key)
        fates = {str(name): int(count) for name, count in frame["fate"].value_counts().items()}
        return dg.Output(frame, metadata={COUNT: len(frame)} | fates)

    return inbox_files
