"""The asset child_files (一人一档): standard records and links in, one file per child out. How it is built is
`assets.childfile.build`.
"""

from collections.abc import Collection

import dagster as dg
import pandas as pd

from assets.childfile.build import ChildFiles, FileContext, build_child_files
from assets.childfile.counties import delivered_registers, own_records
from assets.county import profile_of
from assets.graph.step import COUNT, opened_of
from assets.intake.contract import state_rules
from assets.receiving.counties import CountyRows, note_counties
from pipelines.partitions import Period, period_partitions
from pipelines.resources.step_guard import station


def child_file_asset(departments: Collection[str]) -> dg.AssetsDefinition:
    """The station that puts one file per child together."""
    inputs = {f"std_{name}": dg.AssetIn(input_manager_key="frames") for name in departments}
    inputs |= {name: dg.AssetIn(input_manager_key="frames") for name in ("link_children", "link_pairs")}

    @dg.asset(
        name="child_files",
        ins=inputs,
        io_manager_key="frames",
        group_name="files",
        partitions_def=period_partitions(),
        required_resource_keys={"county"},
        description="一人一档：每个孩子一份，每个值注明来自哪个部门",
    )
    def child_files(
        context: dg.AssetExecutionContext,
        link_children: pd.DataFrame,
        link_pairs: pd.DataFrame,
        **frames: pd.DataFrame,
    ) -> dg.Output[ChildFiles]:
        """Build the child files."""
        with station("child_files"):
            period = Period.parse(context.partition_key)
            workspace = opened_of(context).workspace
            states = state_rules(workspace.contracts)
            facts = FileContext(period.label, period.last_day, profile_of(workspace), states)

            full = [frame for frame in frames.values() if len(frame)] or list(frames.values())
            records = pd.concat(full, ignore_index=True)
            registers = delivered_registers(records, link_children, facts.profile.place)
            taken = own_records(records, link_children, registers).records
            note_counties(opened_of(context), period.label, CountyRows(records, taken, registers))
            files = build_child_files(records, link_children, link_pairs, facts, registers)
        return dg.Output(files, metadata={COUNT: len(files.children), "records": len(files.records)})

    return child_files
