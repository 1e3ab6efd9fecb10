"""The evidence of a finding: who has a record of the child in which state, and the telling values, as digests.

Belongs here: making it from child files, its fingerprint, and saying what changed between two of them, without a value.
Not here: which fields tell (`life.yaml`), what a change does (`step`).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from expectations.life.rules import LifeRules

Parts = dict[str, str]
MOST_SAID = 4


def fingerprint(parts: Parts) -> str:
    """Sixteen hexadecimal digits that are the same as long as nothing telling changes."""
    return hashlib.sha256(dumped(parts).encode()).hexdigest()[:16]


def dumped(parts: Parts) -> str:
    """The parts as JSON, sorted."""
    return json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def gather(records: pd.DataFrame, wanted: pd.DataFrame, rules: LifeRules) -> dict[str, Parts]:
    """The evidence of findings in these child files.

    Args:
        records: `ChildFiles.records`: `child_id, department, state` and the fields.
        wanted: `finding_id, code, child_id, field`.
        rules: which fields tell.

    Returns:
        finding_id -> parts: `<department>` = states of its records, `<department>.<field>` = digest of its values. Children
        without a record have no parts.
    """
    mine = records[records["child_id"].isin(wanted["child_id"])]
    rows = mine.groupby("child_id", sort=False).indices
    columns = _Columns(mine)
    found: dict[str, Parts] = {}
    known: dict[tuple[str, tuple[str, ...]], Parts] = {}
    for name, code, child, field in zip(*(wanted[c] for c in ("finding_id", "code", "child_id", "field")), strict=True):
        fields = rules.fields(code, field)
        if (child, fields) not in known:
            known[child, fields] = columns.parts(rows.get(child, np.zeros(0, np.int64)), fields)
        found[name] = known[child, fields]
    return found


class _Columns:
    """Columns of the records as plain lists: a look-up per cell is what costs."""

    def __init__(self, records: pd.DataFrame) -> None:
        self._records = records
        self._lists: dict[str, list[str]] = {}

    def _list(self, name: str) -> list[str]:
        if name not in self._lists:
            there = name in self._records.columns
            self._lists[name] = self._records[name].tolist() if there else [""] * len(self._records)
        return self._lists[name]

    def parts(self, rows: Iterable[int], fields: Sequence[str]) -> Parts:
        departments, states = self._list("department"), self._list("state")
        values: dict[str, list[str]] = {}
        for row in rows:
            department = departments[row]
            values.setdefault(department, []).append(states[row] or "-")
            for field in fields:
                if value := self._list(field)[row]:
                    values.setdefault(f"{department}.{field}", []).append(value)
        return {
            key: ";".join(sorted(said)) if "." not in key else _digest(sorted(set(said)))
            for key, said in sorted(values.items())
        }


def _digest(values: list[str]) -> str:
    return hashlib.sha256("\x1f".join(values).encode()).hexdigest()[:8]


def differences(before: Parts, now: Parts, say: Mapping[str, str], rules: LifeRules) -> str:
    """What changed, in one Chinese phrase: 教育新增记录；公安的身份证号有变化. Empty when nothing did.

    Args:
        before: the parts then.
        now: the parts now.
        say: departments and further fields in Chinese.
        rules: the words of the telling fields.
    """
    owners = [key for key in sorted(before.keys() | now.keys()) if "." not in key]
    said = [text for owner in owners if (text := _of_owner(owner, before, now, say))]
    both = set(owners) & before.keys() & now.keys()
    for key in sorted(before.keys() | now.keys()):
        owner, _, field = key.partition(".")
        if field and owner in both and before.get(key) != now.get(key):
            how = "新填了" if key not in before else "不再填写" if key not in now else ""
            word = rules.word(field, say)
            said.append(f"{say.get(owner, owner)}{how}{word}" if how else f"{say.get(owner, owner)}的{word}有变化")
    return "；".join(said[:MOST_SAID]) + ("等" if len(said) > MOST_SAID else "")


def _of_owner(owner: str, before: Parts, now: Parts, say: Mapping[str, str]) -> str:
    name = say.get(owner, owner)
    if owner not in before:
        return f"{name}新增记录"
    if owner not in now:
        return f"{name}不再有记录"
    many = before[owner].count(";"), now[owner].count(";")
    if before[owner] == now[owner]:
        return ""
    return f"{name}的记录条数有变化" if many[0] != many[1] else f"{name}的记录状态有变化"
