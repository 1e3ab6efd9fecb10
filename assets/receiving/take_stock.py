"""One look at a period's whole inbox: what is asked about goes into the register's notices, every file into the account.

Belongs here: that order. Does not belong here: whose a file is (`sorting`), receiving a department's files (`receive`).
"""

from __future__ import annotations

import pandas as pd

from assets.receiving.file_accounts import FileReporter
from assets.receiving.filenames import arriving, file_names
from assets.receiving.inbox_account import entries_frame
from assets.receiving.sorting import sort_inbox
from pipelines.resources import deliveries
from pipelines.resources.database import writing
from pipelines.resources.deliveries import Branch, DeliveryNotice
from pipelines.resources.session import Session

NOBODY = ""
"""The department of notices that are no department's."""


def take_stock(county: Session, period: str) -> pd.DataFrame:
    """Look at the inbox of a period.

    Returns:
        The account (`inbox_account`), one row a file; what is said of files that are no department's replaced what was said before.
    """
    names = file_names(county.workspace)
    seen = sort_inbox(county.workspace, period, names.naming)
    loose = arriving(names, NOBODY, seen.places[NOBODY])
    notices: list[DeliveryNotice] = []
    for remark in [*seen.folders, *seen.remarks]:
        notices.append(FileReporter(loose.label(remark.file), names.naming).left_alone(remark))
    with writing(county.engine) as connection:
        deliveries.replace_notices(connection, Branch(period, NOBODY), notices)
    return entries_frame(seen.entries)
