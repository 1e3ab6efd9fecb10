from __future__ import annotations

from pathlib import Path

import pytest

from assets.intake import contract as contracts
from assets.intake.contract import (
    FIELDS,
    ContractError,
    all_contracts,
    load_contracts,
    load_dictionary,
    load_fields,
)
from assets.intake.headings import compile_aliases
from expectations.suites.suite import FOLDER
from matching.reading.codes import load_tables

FIFTH = """
department: health
code: HE
zh: 卫健
headings: {name: [筛查儿童], disability_type: [筛查结果], report_date: [筛查日期]}
ignore: [筛查机构]
mandatory: [[name], [id_no, birth_cert_no]]
marks: [birth_cert_no]
layouts: [{name: screening, zh: 新生儿筛查名册}]
"""


def test_the_four_departments_are_there_with_their_codes() -> None:
    found = {key: contract.code for key, contract in load_contracts().items()}
    assert found == {"civil_affairs": "CA", "education": "ED", "public_security": "PS", "disability": "DI"}


def test_every_alias_of_the_dictionary_names_a_known_field() -> None:
    assert set(load_dictionary().headings) <= set(load_fields())


def test_no_alias_of_the_dictionary_stands_for_two_fields() -> None:
    seen: dict[str, str] = {}
    for field, aliases in load_dictionary().headings.items():
        for alias in aliases:
            assert seen.setdefault(alias, field) == field, alias
            assert alias not in load_dictionary().ambiguous


def test_a_fifth_department_is_one_yaml_file(tmp_path: Path) -> None:
    (tmp_path / "health.yaml").write_text(FIFTH, encoding="utf-8")
    loaded = load_contracts(tmp_path)
    assert set(loaded) == {"civil_affairs", "education", "public_security", "disability", "health"}
    assert loaded["health"].code == "HE"


def test_a_workspace_contract_replaces_the_built_in_one(tmp_path: Path) -> None:
    own = FIFTH.replace("department: health", "department: disability").replace("code: HE", "code: DI")
    (tmp_path / "own.yaml").write_text(own, encoding="utf-8")
    assert load_contracts(tmp_path)["disability"].zh == "卫健"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("mandatory: [[name], [id_no, birth_cert_no]]", "mandatory: [[nmae]]", "nmae"),
        ("zh: 卫健\n", "zh: 卫健\nheading: {}\n", "heading"),
        ("code: HE", "code: health", "code"),
        ("code: HE", "code: CA", "CA"),
        ("layouts: [", "layouts: [[", "health.yaml"),
    ],
)
def test_a_mistake_names_file_and_key(tmp_path: Path, old: str, new: str, told: str) -> None:
    (tmp_path / "health.yaml").write_text(FIFTH.replace(old, new), encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        load_contracts(tmp_path)
    assert told in str(caught.value)


def test_every_heading_of_the_71_column_template_is_understood() -> None:
    education = load_contracts()["education"]
    headings = education.positional[0].headings
    aliases = compile_aliases(education)
    assert len(headings) == 71
    assert [heading for heading in headings if not aliases.find(heading).known] == []


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('{zh: 是否接种, kind: "code:flag"}', ("sens", "缺少")),
        ('{zh: 是否接种, kind: "code:flag", sens: Q}', ("sens",)),
        ("{zh: 是否接种, kind: txt, sens: P}", ("kind",)),
        ("{zh: 是否接种, kind: text, sens: P, mask: id}", ("mask",)),
    ],
)
def test_a_field_that_says_not_how_it_is_read_or_how_it_may_harm_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, told: tuple[str, ...]
) -> None:
    """A class that nobody knows would be none of those that stay inside."""
    path = tmp_path / "fields.yaml"
    path.write_text(f"{FIELDS.read_text(encoding='utf-8')}invented: {written}\n", encoding="utf-8")
    monkeypatch.setattr(contracts, "FIELDS", path)
    with pytest.raises(ContractError, match=r"fields\.yaml 的字段 invented") as caught:
        load_fields.__wrapped__()
    assert [part for part in told if part not in str(caught.value)] == []


def test_every_coded_field_has_its_table() -> None:
    kinds = {name: field.kind.partition(":") for name, field in load_fields().items()}
    asked = {name: table for name, (_, coded, table) in kinds.items() if coded}
    assert len(asked) > 20
    assert {name: table for name, table in asked.items() if table not in load_tables().words} == {}


def test_every_source_has_its_suite_and_no_suite_is_of_nobody() -> None:
    """A source without one is checked by the rules for departments, which stop a list that grows and shrinks with the work."""
    named = {path.stem.removeprefix("std_") for path in FOLDER.glob("*.yaml")}
    assert named - {"common", "further"} == set(all_contracts())
