"""The evidence of a finding: who has a record of the child in which state, and the telling values, as digests.

Belongs here: making it from child files, its fingerprint, and saying what changed between two of them, without a value.
Not here: which fields tell (`life.yaml`), what a change does (`step`).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

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


@dataclass(frozen=True)
class EvidenceScope:
    """What evidence is looked at through: the rules, and list -> the departments it looks at (none named: all)."""

    rules: LifeRules
    concerned: Mapping[str, frozenset[str]] = field(default_factory=dict)


def gather(records: pd.DataFrame, wanted: pd.DataFrame, lens: EvidenceScope) -> dict[str, Parts]:
    """The evidence of findings in these child files.

    Args:
        records: `ChildFiles.records`: `child_id, department, active` and the fields.
        wanted: `finding_id, code, child_id, field`.
        lens: which fields and departments count.

    Returns:
        finding_id -> parts: `<department>` = how many records still count there and how many do not,
        `<department>.<field>` = digest of its values. Children without a record have no parts.
    """
    mine = records[records["child_id"].isin(wanted["child_id"])]
    rows = mine.groupby("child_id", sort=False).indices
    columns = _Columns(mine)
    found: dict[str, Parts] = {}
    known: dict[tuple[str, str, tuple[str, ...]], Parts] = {}
    for name, code, child, about in zip(*(wanted[c] for c in ("finding_id", "code", "child_id", "field")), strict=True):
        key = (child, code, lens.rules.fields(code, about))
        if code in lens.rules.of_places:
            found[name] = {}
            continue
        if key not in known:
            known[key] = columns.parts(rows.get(child, np.zeros(0, np.int64)), key, lens)
        found[name] = known[key]
    return found


class _Columns:
    """Columns of the records as plain lists: a look-up per cell is what costs."""

    def __init__(self, records: pd.DataFrame) -> None:
        self._records = records
        self._lists: dict[str, list[Any]] = {}

    def _list(self, name: str) -> list[Any]:
        if name not in self._lists:
            there = name in self._records.columns
            self._lists[name] = self._records[name].tolist() if there else [""] * len(self._records)
        return self._lists[name]

    def parts(self, rows: Iterable[int], key: tuple[str, str, tuple[str, ...]], lens: EvidenceScope) -> Parts:
        _, code, fields = key
        looked, values = lens.concerned.get(code), dict[str, list[str]]()
        departments, active = self._list("department"), self._list("active")
        for row in rows:
            department = departments[row]
            if looked and department not in looked:
                continue
            if code not in lens.rules.values_only:
                values.setdefault(department, []).append("on" if active[row] else "off")
            for name in fields:
                if value := self._list(name)[row]:
                    values.setdefault(f"{department}.{name}", []).append(value)
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
    told = {owner for owner in owners if (owner in before) != (owner in now)}
    for key in sorted(before.keys() | now.keys()):
        owner, _, about = key.partition(".")
        if about and owner not in told and before.get(key) != now.get(key):
            how = "新填了" if key not in before else "不再填写" if key not in now else ""
            word = rules.word(about, say)
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
    return f"{name}的记录条数有变化" if many[0] != many[1] else f"{name}的在册状态有变化"
