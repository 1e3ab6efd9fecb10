"""The records that belong to no child: child workers, heads of households, parents whom justice or the funeral home named.

Belongs here: which columns of them are kept (no more than lists need). Not here: which rows are about adults
(`assets.intake.linkable`), what follows from them (`expectations.lists`). Source: rules/departments.md#subsistence, #worker-roster, rules/definitions.md#orphans.
"""

import pandas as pd

COLUMNS = [
    *("record_id", "department", "layout", "file", "sheet", "row", "name", "id_no", "person_status", "death_date"),
    *("term_from", "term_to", "aid", "post", "live_town", "live_village", "town", "village", "household_no"),
]  # fmt: skip
_ORDER = ["department", "file", "sheet", "row", "record_id"]


def beside_records(records: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """The records without a child, in a fixed order: `COLUMNS`, text, `row` a number; a column no source has is empty."""
    found = records[~records["record_id"].isin(links["record_id"])]
    kept = found.reindex(columns=COLUMNS).fillna("")
    kept["row"] = found["row"].astype("int32")
    return kept.sort_values(_ORDER, kind="stable", ignore_index=True)
