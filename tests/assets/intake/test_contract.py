from __future__ import annotations

from pathlib import Path

import pytest

from assets.intake.contract import ContractError, load_contracts, load_dictionary, load_fields
from assets.intake.headings import compile_aliases

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
    contracts = load_contracts(tmp_path)
    assert set(contracts) == {"civil_affairs", "education", "public_security", "disability", "health"}
    assert contracts["health"].code == "HE"


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
