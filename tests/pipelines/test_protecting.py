"""Rows that may be a protected child's: known by what stands in their cells."""

import pandas as pd

from assets.protected import Protected
from pipelines.cli.protecting import rows_naming

VEIL = Protected({"T2026Q3-000001": "钱某"}, {"PS-1": "T2026Q3-000001"})
RECORDS = pd.DataFrame({"record_id": ["PS-1", "PS-2"], "name": ["澹台若曦", "宇文知许"]})


def test_a_row_with_the_name_in_a_cell_may_be_the_child_s():
    frame = pd.DataFrame({"cells": ['["澹台若曦"]', '["宇文知许"]']})
    assert rows_naming(VEIL, RECORDS, frame["cells"]).tolist() == [True, False]


def test_of_no_rows_none_is_left_out_and_the_columns_stay():
    frame = pd.DataFrame({"cells": pd.Series(dtype=object), "code": pd.Series(dtype=object)})
    assert list(frame[~rows_naming(VEIL, RECORDS, frame["cells"])].columns) == ["cells", "code"]
