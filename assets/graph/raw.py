"""The assets raw_<department>: what a department delivered, as received; every cell as text, every physical row once.

Taking the files is `assets.receiving.receive`; what a heading is, `assets.intake`.
"""

import dagster as dg
import pandas as pd

from assets.graph.step import COUNT, opened_of
from assets.intake.contract import Contract
from assets.receiving.doubts import Confirmed
from assets.receiving.receive import Order, receive
from expectations.suites.beside import warm_up
from pipelines.partitions import period_partitions
from pipelines.resources import consents
from pipelines.resources.deliveries import Branch
from pipelines.resources.step_guard import station


def raw_asset(contract: Contract) -> dg.AssetsDefinition:
    """The receiving station of one department."""
    name = f"raw_{contract.department}"

    @dg.asset(
        name=name,
        io_manager_key="frames",
        group_name="raw",
        partitions_def=period_partitions(),
        required_resource_keys={"county"},
        description=f"{contract.zh}交来的文件，原样：文件、表、行，每个格子都是文字",
        tags={"department": contract.department},
    )
    def raw(context: dg.AssetExecutionContext) -> dg.Output[pd.DataFrame]:
        """Take, keep and read the files of the period."""
        # The checks come after all files are read: their engine loads meanwhile.
        warm_up()
        with station(name):
            branch = Branch(context.partition_key, contract.department)
            order = Order(branch, contract, _withdrawn(context, contract), _confirmed(context, branch))
            frame = receive(opened_of(context), order)
        if frame.empty:
            context.log.info(f"{contract.zh}本期没有交来文件，跳过。")
        return dg.Output(frame, metadata={COUNT: len(frame), "files": int(frame["file"].nunique())})

    return raw


def _withdrawn(context: dg.AssetExecutionContext, contract: Contract) -> bool:
    """Whether a person confirmed for this run that the department took everything back."""
    with opened_of(context).engine.connect() as connection:
        asked = (context.run_id, context.partition_key, contract.department)
        return consents.given(connection, *asked, action=consents.WITHDRAWAL)


def _confirmed(context: dg.AssetExecutionContext, branch: Branch) -> Confirmed:
    """What people confirmed for this run, as the audit says."""
    asked = (context.run_id, branch.period, branch.department)
    with opened_of(context).engine.connect() as connection:
        return Confirmed(consents.period_given(connection, *asked), consents.given(connection, *asked))
