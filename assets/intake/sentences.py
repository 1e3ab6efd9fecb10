"""Chinese sentences for issue codes: what is wrong, what to do, where it stands.

Belongs here: `issues.yaml` and the sentences made from it. Does not belong here: deciding.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from assets.intake.contract import StrictModel, load_dictionary, load_fields
from assets.intake.notices import column_at, where
from matching.tables import parse_yaml
from pipelines.resources.naming import naming, number_in

ISSUES = Path(__file__).with_name("issues.yaml")


class RowIssue(StrictModel):
    """One code: `zh` what is wrong, `advice` what to do, `field` where it stands."""

    zh: str
    advice: str = "请核对"
    field: str = ""
    quarantine: bool = False
    set_aside: bool = False


@lru_cache(maxsize=1)
def load_issues() -> dict[str, RowIssue]:
    """The codes of `assets/intake/issues.yaml`."""
    data: dict[str, Any] = parse_yaml(ISSUES.read_text(encoding="utf-8"))
    return {code: RowIssue.model_validate(spec) for code, spec in data.items()}


def is_issue(code: str) -> bool:
    """Whether intake knows the code; rules of the suites bring their own sentences."""
    return code.partition(":")[0] in load_issues()


@lru_cache(maxsize=512)
def issue(code: str) -> RowIssue:
    """The sentence of a code, also of `code:field`; raises KeyError for a code that has none."""
    name, _, field = code.partition(":")
    spec = load_issues()[name]
    if not field:
        return spec
    return spec.model_copy(update={"zh": f"{load_fields()[field].zh}：{spec.zh}", "field": field})


def field_name(target: str) -> str:
    """The Chinese term of a field or role: 「姓名」, 「家庭成员1」, 「（序号）」, 「（不使用）」, 「（不认识）」."""
    fields = load_fields()
    if target in fields:
        return fields[target].zh
    if target.startswith("member"):
        return f"家庭成员{target.removeprefix('member')}"
    people = load_dictionary().people
    if target in people:
        return people[target].prefixes[0]
    return {"sequence": "（序号）", "ignore": "（不使用）", "": "（不认识）"}.get(target, "（不使用）")


def place_sentence(row: pd.Series, field: str, position: int | None, zh: str) -> str:
    """「文件…工作表…第N行“身份证号”列（B）：…。」 without any cell value.

    Args:
        row: a raw row; its `record_id` gives the file's number.
        field: the field that the sentence is about; the column is named by it, never by what its heading says.
        position: the field's column (0-based), None when it has none.
        zh: what is wrong.
    """
    file = naming().file(number_in(str(row["record_id"])), str(row["file"]))
    column = f"“{field_name(field)}”列（{column_at(position)}）" if position is not None else ""
    return f"文件「{file}」{where(str(row['sheet']), int(row['sheet_no']))}第{row['row']}行{column}：{zh}。"
