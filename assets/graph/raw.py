"""The assets raw_<department>: what a department delivered, as received; every cell as text, every physical row once.

Taking the files is `assets.receiving.receive`; what a heading is, `assets.intake`.
"""

import dagster as dg
import pandas as pd

from assets.graph.step import COUNT, opened_of
from assets.intake.contract import Contract
from assets.receiving.doubts import Confirmed
from assets.receiving.inbox_account import NAME as INBOX
from assets.receiving.receive import ReceivingRequest, receive
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
        deps=[INBOX],
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
            county, branch = opened_of(context), Branch(context.partition_key, contract.department)
            # Asked of the audit, under this run's id: a run that is started from the UI cannot do without the consent.
            consent = (context.run_id, branch.period, branch.department)
            with county.engine.connect() as connection:
                withdrawn = consents.given(connection, *consent, action=consents.WITHDRAWAL)
                confirmed = Confirmed(
                    period=consents.period_given(connection, *consent), size=consents.given(connection, *consent)
                )
            frame = receive(county, ReceivingRequest(branch, contract, withdrawn, confirmed))
        if frame.empty:
            context.log.info(f"{contract.zh}本期没有交来文件，跳过。")
        return dg.Output(frame, metadata={COUNT: len(frame), "files": int(frame["file"].nunique())})

    return raw
