"""Chinese sentences for issue codes: what is wrong, what to do, where it stands.

Belongs here: `issues.yaml` and the sentences made from it. Does not belong here: deciding.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from assets.intake.contract import Model, load_fields
from assets.intake.notices import where
from matching.tables import parse_yaml

ISSUES = Path(__file__).with_name("issues.yaml")


class Issue(Model):
    """One code: `zh` what is wrong, `advice` what to do, `field` where it stands."""

    zh: str
    advice: str = "请核对"
    field: str = ""
    quarantine: bool = False
    set_aside: bool = False


@lru_cache(maxsize=1)
def load_issues() -> dict[str, Issue]:
    """The codes of `assets/intake/issues.yaml`."""
    data: dict[str, Any] = parse_yaml(ISSUES.read_text(encoding="utf-8"))
    return {code: Issue.model_validate(spec) for code, spec in data.items()}


def is_issue(code: str) -> bool:
    """Whether intake knows the code; rules of the suites bring their own sentences."""
    return code.partition(":")[0] in load_issues()


@lru_cache(maxsize=512)
def issue(code: str) -> Issue:
    """The sentence of a code, also of `code:field`; raises KeyError for a code that has none."""
    name, _, field = code.partition(":")
    spec = load_issues()[name]
    if not field:
        return spec
    return spec.model_copy(update={"zh": f"{load_fields()[field].zh}：{spec.zh}", "field": field})


def place_sentence(row: pd.Series, heading: str, zh: str) -> str:
    """「文件…工作表…第N行“列名”列：…。」 without any cell value."""
    column = f"“{heading}”列" if heading else ""
    return f"文件「{row['file']}」{where(str(row['sheet']), int(row['sheet_no']))}第{row['row']}行{column}：{zh}。"
