"""L20 无委托照护协议: who must have an agreement, and the states of one (rules/lists.md#agreements)."""

import numpy as np
import pytest
from town import CA, Town

from expectations.lists.agreements import Agreements
from expectations.lists.catalogue import load_catalogue
from expectations.lists.view import View

BOTH = {"category": "left_behind", "care_reason": "父母双方同时外出"}
ONE = {"category": "left_behind", "care_reason": "父母一方外出另一方无监护能力"}
UNABLE = {"category": "left_behind", "care_reason": "父母双方无监护能力"}
SILENT = {"category": "left_behind"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (BOTH | {"agreement": "no"}, {1: "很可能"}),
        (ONE | {"agreement": "no"}, {1: "很可能"}),
        (SILENT | {"agreement": "no", "father_status": "away", "mother_status": "away"}, {1: "很可能"}),
        (BOTH | {"has_carer": "no"}, {1: "很可能"}),
        (BOTH | {"agreement": "yes", "guardianship": "无人照料"}, {1: "很可能"}),
        (UNABLE | {"agreement": "no"}, {1: "待核"}),
        (SILENT | {"agreement": "no"}, {1: "待核"}),
        (SILENT | {"agreement": "no", "care_reason": "其他"}, {1: "待核"}),
        (BOTH | {"agreement": "no", "guardian_rel": "mother"}, {1: "待核"}),
        (BOTH | {"agreement": "yes"}, {}),
        (BOTH | {"agreement": "no", "hukou_class": "institution"}, {}),
        (BOTH | {"agreement": "no", "birth_date": "2010-01-01"}, {}),
        (BOTH | {"agreement": "no", "category": "dilemma"}, {}),
        (BOTH | {"agreement": "no", "roll_status": "exited"}, {}),
    ],
)
def test_who_is_listed_and_how_surely(town: Town, fields: dict[str, str], expected: dict[int, str]) -> None:
    town.add(CA, 1, **fields)
    assert town.listed("L20") == expected


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (SILENT | {"agreement": "no"}, "委托照料原因没有登记"),
        (UNABLE | {"agreement": "no"}, "变更监护人"),
        (BOTH | {"agreement": "no", "guardian_rel": "father"}, "是否仍属留守"),
        (BOTH | {"has_carer": "no"}, "没有被委托人"),
    ],
)
def test_the_sentence_says_what_to_look_at_first(town: Town, fields: dict[str, str], words: str) -> None:
    town.add(CA, 1, **fields)
    assert words in town.reason("L20")


def test_an_empty_cell_is_a_question_only_where_the_column_is_used(town: Town) -> None:
    town.add(CA, 1, **BOTH)
    assert town.listed("L20") == {}
    town.add(CA, 2, **BOTH, agreement="yes")
    assert town.listed("L20") == {1: "待核"}


def test_unsigned_unfilled_and_not_delivered_are_three_figures(town: Town) -> None:
    town.add(CA, 1, **BOTH, agreement="yes", file="a.xlsx")
    town.add(CA, 2, **BOTH, agreement="no", file="a.xlsx")
    town.add(CA, 3, **BOTH, file="a.xlsx")
    town.add(CA, 4, **BOTH, file="b.xlsx")
    town.add(CA, 5, category="dilemma", agreement="no", file="a.xlsx")
    view = View(town.files(), town.profile, load_catalogue())
    state = dict(zip(view.text("child_id"), Agreements(view).state, strict=True))
    assert list(state.values()) == ["fulfilled", "unsigned", "unfilled", "not_delivered", ""]
    assert int(np.sum(Agreements(view).must)) == 4
    assert set(town.listed("L20")) == {2, 3}
