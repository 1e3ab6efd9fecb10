"""What every step of the graph asks of Dagster: the opened workspace; and the one number that its metadata may hold.

Belongs here: what two assets need of Dagster alike. Does not belong here: what the stations need to know of the county (`assets.county`).
"""

from typing import cast

import dagster as dg

from pipelines.resources.session import Session

# Dagster's own name for the number of rows of a partition; counts are all that metadata may hold.
COUNT = "dagster/partition_row_count"


def opened_of(context: dg.AssetExecutionContext) -> Session:
    """The opened workspace of a running station."""
    return cast(Session, context.resources.county)
