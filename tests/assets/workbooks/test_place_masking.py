"""What a place's profile says about masking is what its workbooks and child files show; nothing else decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assets.childfile.document.content import ChildSources, paper_of
from assets.workbooks.layout import layout_for
from assets.workbooks.masking import MaskRule, default_rule, mask_text, rule_of
from expectations.jurisdictions.profile import Profile, load_profile
from expectations.rulebook import RuleFileError

SHEET, NUMBER, CARD = "L01无户籍", "990722201503101238", "99072220150310123841"
Place = Callable[[str], Profile]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    def made(masking: str) -> Profile:
        path = tmp_path / "somewhere.yaml"
        path.write_text(f"extends: default\nmasking: {masking}\n", encoding="utf-8")
        return load_profile(path)

    return made


def shown(town: Any, heading: str) -> str:
    rows = [[cell.value for cell in row] for row in town.book("乡镇/顺化镇_2026Q3_核查清单.xlsx")[SHEET].iter_rows()]
    heads = next(row for row in rows if heading in row)
    return str(rows[rows.index(heads) + 1][heads.index(heading)])


def test_a_place_shows_as_much_of_a_number_as_it_says(town: Any, place: Place) -> None:
    town.publish(layout=layout_for(place("{number_head: {value: 3}, number_tail: {value: 0}}")))
    assert shown(town, "身份证号") == "990***************"
    town.publish(layout=layout_for(load_profile("default")))
    assert shown(town, "身份证号") == "9907************38"


def test_a_place_covers_a_further_field(town: Any, place: Place) -> None:
    """The guardian's name is no number in the product's layout; a place that lists the field has it covered."""
    fields = sorted({*default_rule().fields, "guardian_name"})
    town.publish(layout=layout_for(place(f"{{masked_fields: {{value: [{', '.join(fields)}]}}}}")))
    assert shown(town, "监护人") == "***"
    town.publish(layout=layout_for(load_profile("default")))
    assert shown(town, "监护人") == "张大山"


def paper(rule: MaskRule) -> str:
    where = {"file": "a.xlsx", "sheet": "S", "row": 2, "method": "number", "active": True, "department": "disability"}
    records = pd.DataFrame([{**where, "id_no": NUMBER, "disability_no": CARD, "visit_date": "", "child_worker": ""}])
    child = {"child_id": "T2026Q3-000001", "town": "某镇", "village": ""}
    findings = pd.DataFrame(columns=["finding_id", "code", "field", "grade", "reason", "clause"])
    return repr(paper_of(ChildSources(child, records, findings, {}, [], [], {"disability": "残联"}, masking=rule)))


def test_a_child_s_file_covers_the_same_as_the_workbooks(place: Place) -> None:
    said = paper(default_rule())
    assert "9907************38" in said
    assert CARD not in said
    fields = sorted(default_rule().fields - {"disability_no"})
    said = paper(rule_of(place(f"{{number_tail: {{value: 1}}, masked_fields: {{value: [{', '.join(fields)}]}}}}")))
    assert "9907*************8" in said
    assert CARD in said
    assert NUMBER not in said.replace(CARD, "")


def test_what_explain_shows_follows_the_same_rule() -> None:
    rule = replace(default_rule(), id_head=2, id_tail=1, fields=default_rule().fields - {"student_no"})
    assert mask_text(NUMBER, rule.of_field("id_no", "id"), rule) == "99***************8"
    assert mask_text("G" + NUMBER, rule.of_field("student_no", "id"), rule) == "G" + NUMBER


@pytest.mark.parametrize(
    ("masking", "says"),
    [
        ("{number_head: {value: 6}}", None),
        ("{number_tail: {value: 5}}", "8位"),
        ("{phone_head: {value: -1}}", "8位"),
        ("{masked_fields: {value: [id_no]}}", "father_id"),
    ],
)
def test_a_place_cannot_show_nearly_all_of_a_number(place: Place, masking: str, says: str | None) -> None:
    if says is None:
        assert place(masking).masking.number_head.value == 6
        return
    with pytest.raises(RuleFileError, match=says):
        place(masking)
