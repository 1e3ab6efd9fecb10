"""Births taken from a row's own number: they join what they should, and are no second witness beside the number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from matching.comparing.compare import compare
from matching.encoding.encode import encode
from matching.linking import link_records
from matching.model import default_model
from matching.scoring.screening import drop_frequent_numbers
from matching.shapes import Pairs

MODEL = default_model()
HOME = {"live_town": "豫龙镇", "live_village": "槐林村"}


def birth_level(records: pd.DataFrame) -> str:
    e = encode(records, MODEL)
    pair = Pairs(np.array([0], np.int32), np.array([1], np.int32), np.zeros(1, np.uint32))
    return MODEL.spec("birth").names[int(compare(e, pair, MODEL)["birth"][0])]


def together(records: pd.DataFrame) -> bool:
    return link_records(records).clusters["child_id"].nunique() == 1


def test_a_ledger_without_births_meets_a_row_without_a_number(frame: Any, number: Any) -> None:
    records = frame(
        {"d": "CA", "name": "李欣怡", "id_no": number("2015-03-10", 21), "guardian_name": "李大山", **HOME},
        {"d": "ED", "name": "李欣宜", "birth_date": "2015-03-10", "father_name": "李大山", **HOME},
    )
    assert birth_level(records) == "same"
    assert together(records)


def test_the_number_of_both_is_not_counted_twice(frame: Any, number: Any) -> None:
    records = frame(
        {"d": "CA", "name": "李欣怡", "id_no": number("2015-03-10", 21)},
        {"d": "ED", "name": "王浩", "birth_date": "2015-03-10", "id_no": number("2015-03-10", 21)},
    )
    assert birth_level(records) == "missing"
    assert not together(records)


def test_a_siblings_number_gives_no_birth(frame: Any, number: Any) -> None:
    elder = {"name": "王梓涵", "birth_date": "2012-05-20", "id_no": number("2012-05-20", 33), "sex": "2"}
    family = {"father_name": "王大伟", "mother_name": "李秀英", "phone": "13800001111", **HOME}
    records = frame(
        {"d": "PS", **elder, **family},
        {
            "d": "PS",
            "name": "王浩宇",
            "birth_date": "2016-08-01",
            "id_no": number("2016-08-01", 31),
            "sex": "1",
            **family,
        },
        {"d": "CA", "name": "王浩宇", "id_no": elder["id_no"], "sex": "1", **family},
    )
    child = link_records(records).clusters.set_index("record_id")["child_id"]
    assert child["CA-002"] != child["PS-000"]


def test_a_parents_number_is_no_childs_birth(frame: Any, number: Any) -> None:
    mother = number("1988-05-20", 22)
    records = frame(
        {"d": "CA", "name": "王浩宇", "id_no": mother},
        {"d": "PS", "name": "王浩宇", "birth_date": "2016-08-01", "mother_id": mother, "mother_name": "李秀英"},
    )
    e, dropped = drop_frequent_numbers(encode(records, MODEL), MODEL.blocking.number_limit)
    assert dropped == 1
    assert not e.own.any()
    assert e.birth.tolist() == [0, 20160801]
