"""A line's columns of the child's file, from a child file as it is built: a frame made by hand hid that five of them were always empty."""

from types import SimpleNamespace

import pytest
from town import CA, ED, PS, Town

from assets.workbooks.layout import default_layout
from assets.workbooks.lines import align


@pytest.mark.parametrize(
    ("code", "field", "value"),
    [
        ("L13", "category", "orphan"),
        ("L13", "aid", "minimum_living"),
        ("L13", "cancel_kind", "death"),
        ("L13", "pay_end", "2030-01"),
        ("L05", "enrolment_status", "other_leave"),
    ],
)
def test_what_a_column_shows_of_the_child_is_there(code: str, field: str, value: str) -> None:
    town = Town(place="default")
    town.add(CA, 1, category="orphan", aid="minimum_living", pay_end="2030-01")
    town.add(PS, 1, cancel_kind="death", cancel_date="2026-01-01")
    town.add(ED, 2, enrolment_status="other_leave")
    files = town.files()
    shown = align(town.findings(code), files.children, files.records, SimpleNamespace(layout=default_layout()))  # type: ignore[arg-type]
    assert shown.children[field].tolist() == [value]


def test_every_column_of_the_child_has_a_source() -> None:
    town = Town(place="default")
    town.add(CA, 1, category="orphan", death_date="2026-01-01")
    files = town.files()
    shown = align(town.findings("L13"), files.children, files.records, SimpleNamespace(layout=default_layout()))  # type: ignore[arg-type]
    values = [column.value for column in default_layout().columns.values()]
    asked = {value.removeprefix("child.") for value in values if value.startswith("child.")}
    assert asked <= set(shown.children.columns)
