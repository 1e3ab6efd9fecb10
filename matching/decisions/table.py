"""A table of people's decisions, as clerks keep it, to the columns that linking knows.

Belongs here: headings, words and times of such a table, and what is wrong with a row. Does not belong here: opening files, finding the
records (`clerical`), contradictions (`conflicts`).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from matching.distinct import as_text
from matching.tables import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS = ("record_a", "record_b", "verdict", "author", "decided_at", "note")
NEEDED = ("record_a", "record_b", "verdict")


class DecisionTableError(ValueError):
    """A table of decisions cannot be read; the text names columns and rows, never a value."""


@cache
def _words() -> tuple[dict[str, str], dict[str, str]]:
    """Heading to column, and word to verdict."""
    forms = parse_yaml(Path(__file__).with_name("table.yaml").read_text(encoding="utf-8"))

    def turned(forms_of: Mapping[str, list[str]]) -> dict[str, str]:
        return {_bare(form): str(name) for name, forms in forms_of.items() for form in (name, *forms)}

    return turned(forms["headings"]), turned(forms["verdicts"])


def _bare(text: object) -> str:
    # Clerks space headings out (「结 论」), and spreadsheets break them over lines.
    return "".join(str(text).split()).casefold()


def read_decisions(table: pd.DataFrame, first_row: int = 2) -> pd.DataFrame:
    """Read a table of decisions: Chinese or English headings, words of clerks.

    Args:
        table: any frame; other columns are passed over, wholly empty rows too.
        first_row: the number that people see beside the first row of `table`.

    Returns:
        `record_a, record_b, verdict` (`same`, `different`, `unsure`), `author, decided_at, note` (text, "" where not given).

    Raises:
        DecisionTableError: a needed column is missing, or rows lack a record, name one record twice, or have an unknown verdict.
    """
    headings, verdicts = _words()
    named: dict[str, object] = {}
    for heading in table.columns:
        named.setdefault(headings.get(_bare(heading), ""), heading)
    absent = [name for name in NEEDED if name not in named]
    if absent:
        titles = {"record_a": "记录甲", "record_b": "记录乙", "verdict": "结论"}
        raise DecisionTableError(f"人工结论表缺少列：{'、'.join(titles[name] for name in absent)}。请补上后重新交来。")
    cells = {name: as_text(table[named[name]]).str.strip().to_list() if name in named else "" for name in COLUMNS}
    # Numbered as people see the rows before any is dropped, so that a refusal names the row they must look at.
    out = pd.DataFrame(cells, index=range(first_row, first_row + len(table)), dtype=object)
    out = out[(out[list(NEEDED)] != "").any(axis=1)]
    out["verdict"] = out["verdict"].map(lambda word: verdicts.get(_bare(word), "?" if word else ""))
    _refuse(out, (out["record_a"] == "") | (out["record_b"] == ""), "缺少记录编号，请从 links 导出的表里复制")
    _refuse(out, out["record_a"] == out["record_b"], "两个记录编号相同，请核对")
    _refuse(out, ~out["verdict"].isin(["same", "different", "unsure"]), "结论须写：同一儿童、不是同一儿童、不确定")
    return out.reset_index(drop=True)


def _refuse(out: pd.DataFrame, wrong: pd.Series, advice: str) -> None:
    rows = [str(row) for row in out.index[wrong.to_numpy(dtype=bool)]]
    if rows:
        more = f" 等 {len(rows)} 行" if len(rows) > 10 else ""
        raise DecisionTableError(f"人工结论表第 {'、'.join(rows[:10])} 行{more}：{advice}。")
