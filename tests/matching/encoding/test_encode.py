"""The order of the records: by their ids' characters, whatever holds them."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.encoding.encode import checked, order_of


@given(st.lists(st.text(min_size=1, max_size=4), unique=True, min_size=1, max_size=12))
def test_records_stand_in_the_order_of_their_ids_whatever_these_are(ids: list[str]) -> None:
    records = pd.DataFrame({"record_id": ids, "department": "PS"}, index=range(5, 5 + len(ids)))
    assert checked(records)["record_id"].tolist() == sorted(ids)
    assert [ids[place] for place in order_of(records).tolist()] == sorted(ids)


@pytest.mark.parametrize("ids", [["b", "a", "b"], ["a", "a", "b"], ["b", "\ud800", "b"]])
def test_an_id_that_stands_twice_is_refused(ids: list[str]) -> None:
    with pytest.raises(ValueError, match="record_id 有重复"):
        order_of(pd.DataFrame({"record_id": ids, "department": "PS"}))
