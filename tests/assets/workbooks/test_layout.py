"""The layout refuses what must not go out, and says where the file is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from assets.workbooks.layout import default_layout, field_terms, fields_of_class, read_layout
from expectations.jurisdictions.sections import ALWAYS_MASKED
from expectations.lists.catalogue import load_catalogue
from expectations.rulebook import RuleFileError

SHIPPED = Path(__file__).parents[3] / "assets" / "workbooks" / "layout.yaml"


def changed(tmp_path: Path, change: Any) -> Path:
    content = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    change(content)
    path = tmp_path / "layout.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda y: y["columns"].update(harm={"zh": "困境类型", "width": 9, "value": "child.dilemma_type"}),
            "dilemma_type",
        ),
        (lambda y: y["columns"].update(odd={"zh": "x", "width": 9, "value": "nowhere.name"}), "nowhere.name"),
        (lambda y: y["columns"].update(odd={"zh": "x", "width": 9, "value": "made.nothing"}), "made.nothing"),
        (lambda y: y["difference_fields"].append("father_status"), "father_status"),
        (lambda y: y["township"]["lists"]["L01"].update(columns=["head", "secret"]), "secret"),
        (lambda y: y["township"]["lists"]["L01"].update(columns=["head", "name"]), "township.lists.L01"),
        (lambda y: y["township"]["lists"]["L01"].update(columns=["name", "why"]), "第一列"),
        (lambda y: y["township"]["lists"]["L01"].update(full={"card_no": "always"}), "card_no"),
        (lambda y: y.update(masking={"id_tail": 2}), "masking"),
        (lambda y: y.update(unheard_of=1), "unheard_of"),
        (lambda y: y["township"]["lists"].update(L99=y["township"]["lists"]["L01"]), "township.lists.L99"),
        (lambda y: y["departments"].update(police=y["departments"]["education"]), "departments.police"),
    ],
)
def test_a_wrong_layout_is_refused_with_its_place(tmp_path: Path, change: Any, says: str) -> None:
    with pytest.raises(RuleFileError, match=says) as error:
        read_layout(changed(tmp_path, change))
    assert "layout.yaml" in str(error.value)


def test_every_list_of_the_catalogue_reaches_somebody() -> None:
    layout = default_layout()
    reached = set(layout.township.lists).union(*(who.lists for who in layout.departments.values()))
    assert set(load_catalogue().lists) <= reached


def test_every_list_carries_the_key_groups_and_the_reason() -> None:
    layout = default_layout()
    for recipient in (layout.township, *layout.departments.values()):
        for shown in recipient.lists.values():
            assert {"finding_id", "grade", "groups", "reason", "records", "near", "clause"} <= set(
                layout.expand(shown.columns)
            )


def test_no_column_shows_a_field_that_may_harm() -> None:
    fields = {column.item for column in default_layout().columns.values()}
    assert not fields & fields_of_class("X")
    assert fields_of_class("X") >= {"dilemma_type", "father_status", "guardianship"}


def test_every_citizen_s_number_is_one_that_no_place_may_show_whole() -> None:
    numbers = {name for name, field in field_terms().items() if field["kind"] == "id"}
    assert "guardian_id" in numbers
    assert numbers <= ALWAYS_MASKED


def test_child_columns_are_fields_of_the_dictionary() -> None:
    for column in default_layout().columns.values():
        if column.source in ("child", "record"):
            assert column.item in field_terms()
