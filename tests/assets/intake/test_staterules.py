"""In what state a record is, by the lines of its department's contract: the first that fits decides."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from assets.intake.contract import ContractError, all_contracts, state_rules
from assets.intake.staterules import StateRule, states_by

OWN = """
department: womens_federation
code: WF
zh: 妇联
mandatory: [[name]]
states: [{RULE}]
layouts: [{name: care, zh: 台账}]
"""


def rules(*lines: dict[str, object]) -> list[StateRule]:
    return [StateRule.model_validate(line) for line in lines]


@pytest.mark.parametrize(
    ("lines", "row", "state"),
    [
        ([], {"exit_reason": "dead"}, "active"),
        ([{"state": "exited", "when": {"exit_date": ["*"]}}], {"exit_date": "2026-01-01"}, "exited"),
        ([{"state": "exited", "when": {"exit_date": ["*"]}}], {"exit_date": ""}, "active"),
        ([{"state": "exited", "when": {"exit_date": ["*"]}}], {}, "active"),
        ([{"state": "exited", "when": {"roll_status": [""]}}], {"roll_status": ""}, "exited"),
        ([{"take": "exit_reason"}, {"state": "exited"}], {"exit_reason": "dead"}, "dead"),
        ([{"take": "exit_reason"}, {"state": "exited"}], {"exit_reason": ""}, "exited"),
        ([{"take": "exit_reason", "when": {"exit_reason": ["dead"]}}], {"exit_reason": "adult"}, "active"),
        ([{"state": "dead", "words": {"remark": ["死亡", "去世"]}}], {"remark": "已于去年去世"}, "dead"),
        ([{"state": "dead", "when": {"a": ["x"]}, "words": {"b": ["y"]}}], {"a": "x", "b": "n"}, "active"),
        ([{"state": "a", "when": {"x": ["1"]}}, {"state": "b", "when": {"x": ["1"]}}], {"x": "1"}, "a"),
    ],
)
def test_the_first_line_that_fits_decides(lines: list[dict[str, object]], row: dict[str, str], state: str) -> None:
    frame = pd.DataFrame([row | {"name": "张某"}], index=[7])
    assert states_by(rules(*lines), frame).to_dict() == {7: state}


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("{state: exited, take: exit_reason}", "须写且只写一个"),
        ("{when: {exit_date: ['*']}}", "须写且只写一个"),
        ("{state: exited, when: {exit_dat: ['*']}}", "exit_dat"),
        ("{take: reason}", "reason"),
        ("{state: dead, words: {remrk: [死亡]}}", "remrk"),
    ],
)
def test_a_line_that_could_never_fit_is_refused_with_file_and_key(tmp_path: Path, rule: str, told: str) -> None:
    (tmp_path / "wf.yaml").write_text(OWN.replace("{RULE}", rule), encoding="utf-8")
    with pytest.raises(ContractError, match=f"(?s)wf.yaml.*{told}"):
        all_contracts(tmp_path)


def test_every_department_of_every_county_says_how_its_records_end() -> None:
    assert set(state_rules()) == {"public_security", "civil_affairs", "education", "disability", "cremation"}
