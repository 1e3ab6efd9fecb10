"""Explanations: the waterfall adds up to the weight, sentences say why and hold no value."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from benchmarks.county import Habits, make_county
from matching.explaining.explain import explain_kept, explain_pair
from matching.explaining.report import read_report, report_frame
from matching.explaining.sentence import sentence
from matching.linked import Linkage
from matching.linking import link_records
from matching.model import default_model


def levels(**changed: str) -> dict[str, str]:
    model = default_model()
    return dict.fromkeys([*model.fields, "number"], "missing") | changed


@pytest.mark.parametrize("grade", ["same", "review", "different"])
def test_the_waterfall_adds_up_to_the_pairs_weight(county: pd.DataFrame, county_linkage: Linkage, grade: str) -> None:
    pairs = county_linkage.pairs
    plain = pairs[
        (pairs["grade"] == grade) & ~pairs["levels"].str.contains("number=(?:same|derived|document|borrowed)")
    ]
    row = plain.iloc[0]
    found = explain_pair(county, row, county_linkage)
    assert found.grade == grade
    assert found.reason == row["reason"]
    assert sum(step.bits for step in found.steps) == pytest.approx(found.weight)
    assert found.weight == pytest.approx(row["weight"], abs=2.0)  # long texts of undecided pairs may add to the levels
    assert (
        ";".join(f"{name}={level}" for name, level in found.levels.items() if name != "family") in row["levels"]
        or found.levels["name"] in row["levels"]
    )


def test_two_record_ids_without_a_linkage(frame: Any, number: Any) -> None:
    same = {"name": "张梓轩", "birth_date": "2015-03-10", "id_no": number("2015-03-10")}
    found = explain_pair(frame({"d": "PS", **same}, {"d": "ED", **same}), ("PS-000", "ED-001"))
    assert found.grade == "same"
    assert (found.record_a, found.record_b) == ("ED-001", "PS-000")
    assert {"prior", "name", "birth", "number"} <= {step.field for step in found.steps}
    assert all("张" not in line and "2015" not in line for line in found.lines())


def test_an_unknown_record_is_refused(frame: Any) -> None:
    with pytest.raises(ValueError, match="都在比对的数据中"):
        explain_pair(frame({"name": "张伟"}, {"name": "李军"}), ("PS-000", "PS-999"))


def test_a_kept_pair_is_explained_without_its_records(county_linkage: Linkage) -> None:
    kept = read_report(report_frame(county_linkage.report))["weights"]
    pairs = county_linkage.pairs
    for row in pd.concat([part.head(20) for _, part in pairs.groupby("grade")]).to_dict("records"):
        found = explain_kept({str(name): value for name, value in row.items()}, kept)
        assert sum(step.bits for step in found.steps) == pytest.approx(row["weight"], abs=0.01)
        assert (found.grade, found.reason) == (row["grade"], row["reason"])
        assert found.steps[0].field == "prior"
        assert all(step.say for step in found.steps if abs(step.bits) > 0.01)


def test_a_persons_decision_is_a_bar_of_its_own(frame: Any) -> None:
    records = frame({"d": "PS", "name": "张伟", "birth_date": "2015-03-10"}, {"d": "ED", "name": "李军"})
    judged = pd.DataFrame({"record_a": ["ED-001"], "record_b": ["PS-000"], "verdict": ["same"]})
    found = link_records(records, judgements=judged)
    last = explain_kept(found.pairs.iloc[0].to_dict(), found.report["weights"]).steps[-1]
    assert (last.zh, last.level) == ("人工结论", "decision")
    assert last.bits > 50


def test_weights_of_another_model_are_refused(county_linkage: Linkage) -> None:
    kept = county_linkage.report["weights"]
    fewer = {**kept, "bits": dict(list(kept["bits"].items())[1:])}
    with pytest.raises(ValueError, match="另一版比对模型"):
        explain_kept(county_linkage.pairs.iloc[0].to_dict(), fewer)


@pytest.mark.parametrize(
    ("given", "grade", "expected"),
    [
        (
            levels(name="same_sound", birth="same", people="one", number="slip"),
            "same",
            ["姓名读音相同", "出生日期相同", "疑为录入错误"],
        ),
        (
            levels(name="surname_only", birth="same", people="number", number="differ", family="twins"),
            "different",
            ["监护人身份证号相同", "身份证号不同", "疑为双胞胎"],
        ),
        (levels(name="one_character", birth="differ", people="two", number="differ"), "different", ["疑为兄弟姐妹"]),
        (levels(name="same", birth="differ", number="differ"), "different", ["姓名相同", "同名"]),
        (levels(name="different", birth="differ", number="borrowed"), "review", ["借用他人号码", "核实"]),
        (levels(name="same", birth="lunar", people="one"), "same", ["农历"]),
    ],
)
def test_sentences(given: dict[str, str], grade: str, expected: list[str]) -> None:
    text = sentence(given, grade, "", default_model())
    assert all(part in text for part in expected)
    assert not any(character.isdigit() for character in text)


def test_a_sentence_reads_well() -> None:
    slip = levels(name="same_sound", birth="same", people="one", number="slip")
    said = sentence(slip, "same", "", default_model())
    assert said == "姓名读音相同、出生日期相同、一位监护人姓名相同，身份证号仅一处不同，疑为录入错误，判为同一儿童"
    borrowed = levels(people="one", name="surname_only", birth="differ", number="borrowed")
    assert "但" not in sentence(borrowed, "review", "", default_model()).split("；")[0]
    assert sentence(levels(number="slip"), "review", "", default_model()).startswith(
        "身份证号仅一处不同，疑为录入错误，"
    )
    assert sentence(levels(), "different", "", default_model()).startswith("没有一致的项目")


def test_every_kept_pair_has_a_sentence(county_linkage: Linkage) -> None:
    assert (county_linkage.pairs["reason"].str.len() > 6).all()


def test_kept_apart_pairs_say_what_they_are() -> None:
    county = make_county(Habits(children=600, seed=3, twins=0.15))
    reasons = link_records(county).pairs.query("grade == 'different'")["reason"]
    assert reasons.str.contains("双胞胎").sum() >= 20
