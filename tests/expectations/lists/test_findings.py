"""The frame of findings as a whole: shape, order, lasting numbers, deactivated lists."""

from pathlib import Path

import pandas as pd
import pytest
from town import CA, DI, ED, PS, Town

from expectations.lists.catalogue import load_catalogue
from expectations.lists.findings import COLUMNS, LISTS, compute_findings, finding_id, not_computed


def busy(town: Town) -> Town:
    for child in range(1, 9):
        town.add(PS, child, hukou_town="甲镇" if child % 2 else "乙镇", hukou_village=f"{child}村")
        town.add(DI, child, sex="1", live_town="")
    town.add(CA, 9, id_no="", hukou_class="none", live_town="丙镇")
    return town


def test_order_of_the_input_does_not_matter(town: Town) -> None:
    first = busy(town).findings()
    town.records.reverse()
    town.links.reverse()
    pd.testing.assert_frame_equal(first, town.findings())
    order = list(zip(first["code"], first["town"], first["village"], first["child_id"], first["field"], strict=True))
    assert order == sorted(order)
    assert list(first.columns) == COLUMNS


def test_every_finding_has_its_evidence_and_number(town: Town) -> None:
    found = busy(town).findings()
    assert found["finding_id"].is_unique
    assert found["finding_id"].str.fullmatch(r"L\d\d[CE]?-[A-Z2-7]{8}").all()
    assert found["row"].dtype == "int32"
    assert found["reason"].str.endswith("。").all()
    assert not (found[["grade", "clause", "records", "town"]] == "").any().any()


def test_reasons_carry_no_personal_value(town: Town) -> None:
    found = busy(town).findings()
    sentences = "".join(found["reason"])
    for record in town.records:
        assert record["name"] not in sentences
        assert not record["id_no"] or record["id_no"] not in sentences


def test_finding_id_lasts() -> None:
    assert finding_id("L03", "T2026Q2-000001", "") == "L03-STDOAS2D"
    assert finding_id("L15", "T2026Q2-000001", "name") != finding_id("L15", "T2026Q2-000001", "sex")


def test_a_place_may_switch_a_list_off(town: Town) -> None:
    busy(town)
    rule = town.profile.lists["L03"].model_copy(update={"active": False})
    town.profile = town.profile.model_copy(update={"lists": town.profile.lists | {"L03": rule}})
    assert "L03" not in set(town.findings()["code"])
    assert "L03" not in set(not_computed(town.profile, (PS, ED, CA, DI))["code"])


def test_an_undecided_parameter_is_reported(town: Town) -> None:
    busy(town).change("school.cutoff", None)
    sentence = not_computed(town.profile, (PS, ED, CA, DI)).set_index("code")["sentence"]["L03"]
    assert "没有规定入学年龄截止日" in sentence


def test_catalogue_and_registry_name_the_same_lists(town: Town) -> None:
    assert set(load_catalogue().lists) == set(LISTS) == set(town.profile.lists)
    for info in load_catalogue().lists.values():
        for parameter in info.parameters:
            assert town.profile.setting(parameter) is not None


def test_a_list_without_a_case_is_nobody_s_word() -> None:
    """Every list is named by a test of this folder (its town, must and must not)."""
    cases = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [code for code in LISTS if f'"{code}"' not in cases] == []


def test_nothing_in_gives_an_empty_frame_of_the_same_shape(town: Town) -> None:
    town.add(PS, 1)
    town.records, town.links = town.records[:1], town.links[:0]
    town.links = [{"record_id": "none", "child_id": "T2026Q3-000001", "method": "single", "probability": 1.0}]
    assert compute_findings(town.files(), town.profile, (PS,)).columns.tolist() == COLUMNS


@pytest.mark.parametrize(
    ("code", "tokens"),
    [
        ("L10", ("#living_allowance", "#care_allowance", "#aid=care_allowance")),
        ("L11", ("#rehab", "disability.rehabilitation")),
        ("L22", ("#visit_date", "visits")),
    ],
)
def test_a_list_whose_column_nobody_fills_is_not_computed(town: Town, code: str, tokens: tuple[str, ...]) -> None:
    came = (PS, ED, CA, DI, "disability.register", "#")

    def said(*tokens: str) -> str:
        sentences = not_computed(town.profile, (*came, *tokens)).set_index("code")["sentence"]
        return str(sentences.get(code, ""))

    assert "本期没有收到" in said()
    assert "未计算，不表示没有这类情况" in said()
    assert [token for token in tokens if "没有收到" in said(token)] == []
