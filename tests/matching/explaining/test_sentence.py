"""The one sentence of a pair: what agrees, what differs, what it probably means; whole sentences, as a clerk reads them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.encoding.encode import encode
from matching.explaining.sentence import SLIP, sentence, slip_reason
from matching.model import default_model

MODEL = default_model()
FIELDS = (*MODEL.fields, "number")


def said(grade: str, note: str = "", **levels: str) -> str:
    return sentence(dict.fromkeys(FIELDS, "missing") | levels, grade, note, MODEL)


CRADLE = {"birth": "same", "people": "one"}
WHOLE = [
    (said("same", name="same", birth="same"), "姓名相同、出生日期相同，判为同一儿童"),
    (said("same", number="same", name="same", birth="same"), "身份证号相同、姓名相同、出生日期相同，判为同一儿童"),
    (said("same", name="same", birth="lunar"), "姓名相同、出生日期为农历与公历之差，疑为农历生日，判为同一儿童"),
    (said("same", number="same", name="different"), "身份证号相同，但姓名不同，疑为小名或改名，判为同一儿童"),
    (said("same", number="same", name="nickname"), "身份证号相同、疑为小名，疑为小名或改名，判为同一儿童"),
    (
        said("same", name="surname_only", **CRADLE),
        "出生日期相同、一位监护人姓名相同，但仅姓氏相同，疑为小名或改名，没有其他孩子相符，判为同一儿童",
    ),
    (said("same", number="differ", name="same"), "姓名相同，但身份证号不同，疑为身份证号更正或登记错误，判为同一儿童"),
    (said("review", name="same"), "姓名相同，证据不足，请人工核对"),
    (said("review", "taken", name="same"), "姓名相同，但与另一条记录更相符，请人工核对"),
    (said("review", family="twins", **CRADLE), "出生日期相同、一位监护人姓名相同，可能是双胞胎，请人工核对"),
    (
        said("review", name="one_character", family="single", **CRADLE),
        "姓名仅一字不同、出生日期相同、一位监护人姓名相同，可能改过名，也可能是双胞胎中的另一个，请人工核对",
    ),
    (
        said("review", name="one_character", number="same", **CRADLE),
        "身份证号相同、姓名仅一字不同、出生日期相同、一位监护人姓名相同，证据不足，请人工核对",
    ),
    (said("different", name="same", birth="differ"), "姓名相同，但出生日期不同，疑为同名或同音的另一儿童"),
    (said("different", "taken", name="same", birth="same"), "姓名相同、出生日期相同，已有更相符的记录，疑为同名的另一儿童"),
    (said("different", name="surname_and_one", people="two", birth="year"), "父母姓名均相同，但姓相同、名中一字相同、仅出生年份相同，疑为兄弟姐妹"),
    (
        said("different", name="surname_and_one", family="twins", **CRADLE),
        "出生日期相同、一位监护人姓名相同，但姓相同、名中一字相同，疑为双胞胎",
    ),
    (said("different", name="different"), "没有一致的项目；姓名不同，判为不同儿童"),
    (said("different"), "没有一致的项目，判为不同儿童"),
    (said("same", "judged_same", name="same"), "姓名相同，人工确认为同一儿童"),
    (said("different", "judged_different", number="same"), "身份证号相同，人工确认不是同一儿童"),
    (said("review", "oversized", name="same"), "姓名相同，关联记录过多（超大簇），请人工核对"),
    (said("same", number="slip"), "身份证号仅一处不同，疑为录入错误，判为同一儿童"),
    (said("same", name="same", number="slip"), "姓名相同，身份证号仅一处不同，疑为录入错误，判为同一儿童"),
    (said("same", sex="same", place="town"), "没有一致的项目，判为同一儿童"),
    (said("same", name="same", phone="differ", household="differ", place="differ", people="apart"), "姓名相同，判为同一儿童"),
    (said("same", name="same", sex="differ"), "姓名相同，但性别不同，判为同一儿童"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), WHOLE, ids=[expected for _, expected in WHOLE])
def test_whole_sentences(text: str, expected: str) -> None:
    assert text == expected


@pytest.mark.parametrize("grade", ["review", "different"])
def test_a_borrowed_number_is_said_in_its_own_words(grade: str) -> None:
    text = said(grade, number="borrowed", name="different", birth="differ", people="one")
    assert text.startswith("一位监护人姓名相同；身份证号相同但姓名和出生日期都对不上")
    assert text.endswith("请核实号码归属" if grade == "review" else "疑为借用亲属号码，判为不同儿童")


def test_a_twin_who_borrowed_is_both() -> None:
    assert said("different", number="borrowed", name="one_character", family="twins", **CRADLE).endswith(
        "疑为双胞胎并借用号码"
    )


anything = st.fixed_dictionaries({name: st.sampled_from(MODEL.spec(name).names) for name in FIELDS})


@settings(max_examples=200, deadline=None)
@given(
    anything,
    st.sampled_from(["same", "review", "different"]),
    st.sampled_from(["", "judged_same", "judged_different", "oversized", "taken"]),
)
def test_any_pattern_has_a_sentence_that_reads_well(levels: dict[str, str], grade: str, note: str) -> None:
    text = sentence(levels, grade, note, MODEL)
    assert text.strip("，；、") == text
    assert not any(twice in text for twice in ("，，", "；；", "、、", "，；", "，、", "但但", "；但"))
    for field in ("name", "birth", "people"):
        level = MODEL.fields[field].levels[levels[field]]
        if level.group == "agree":
            assert level.say in text
        if level.group == "missing":
            assert level.say not in text
    decision = {"judged_same": "人工确认为同一儿童", "judged_different": "人工确认不是同一儿童"}.get(note)
    assert decision is None or text.endswith(decision), "a person's word ends the sentence"


def numbered(number: Any, change: Any, **more: str) -> tuple[Any, str]:
    good = number("2014-09-02", 215)
    rows = [
        {"record_id": "a", "department": "x", "id_no": good},
        {"record_id": "b", "department": "y", "id_no_raw": change(good), "id_no_status": "bad_check"},
    ]
    return encode(pd.DataFrame(rows).fillna(""), MODEL), said("same", number="slip", name="same")


@pytest.mark.parametrize("place", [0, 5, 6, 10, 13, 14, 16, 17])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_place_of_the_slip_is_named_and_no_digit(number: Any, place: int, order: tuple[int, int]) -> None:
    e, text = numbered(number, lambda good: good[:place] + ("5" if good[place] != "5" else "6") + good[place + 1 :])
    reason = slip_reason(text, {"number": "slip"}, e, order)
    assert reason == text.replace(SLIP, "身份证号末位不同" if place == 17 else f"身份证号第{place + 1}位不同")


def test_two_digits_that_changed_places_are_named(number: Any) -> None:
    e, text = numbered(number, lambda good: good[:15] + good[16] + good[15] + good[17:])
    assert "身份证号第16位与第17位颠倒" in slip_reason(text, {"number": "slip"}, e, (0, 1))


@pytest.mark.parametrize("level", ["same", "partial", "differ", "missing"])
def test_only_a_slip_has_a_place(number: Any, level: str) -> None:
    e, text = numbered(number, lambda good: good[:3] + "9" + good[4:])
    assert slip_reason(text, {"number": level}, e, (0, 1)) == text
    other = said("same", "judged_same", name="same")
    assert slip_reason(other, {"number": "slip"}, e, (0, 1)) == other


def test_a_number_that_slipped_from_none_of_the_other_s_keeps_the_sentence(number: Any) -> None:
    e, text = numbered(number, lambda good: "".join(reversed(good)))
    assert slip_reason(text, {"number": "slip"}, e, (0, 1)) == text
    assert np.array(e.numbers).any()
