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


def gather(records: pd.DataFrame, findings: pd.DataFrame, scope: EvidenceScope) -> dict[str, Parts]:
    """The evidence of findings in these child files.

    Args:
        records: `ChildFiles.records`: `child_id, department, active` and the fields.
        findings: `finding_id, code, child_id, field`.
        scope: which fields and departments count.

    Returns:
        finding_id -> parts: `<department>` = how many records still count there and how many do not,
        `<department>.<field>` = digest of its values. Children without a record have no parts.
    """
    own = records[records["child_id"].isin(findings["child_id"])]
    rows = own.groupby("child_id", sort=False).indices
    columns = _Columns(own)
    evidence: dict[str, Parts] = {}
    # Several findings of a child often rest on the same records and fields.
    known: dict[tuple[str, str, tuple[str, ...]], Parts] = {}
    names = ("finding_id", "code", "child_id", "field")
    for finding, code, child, about in zip(*(findings[name] for name in names), strict=True):
        if code in scope.rules.of_places:
            # A village's line is hung on whichever child comes first: that child's records say nothing about it.
            evidence[finding] = {}
            continue
        fields = scope.rules.fields(code, about)
        key = (child, code, fields)
        if key not in known:
            known[key] = columns.parts(rows.get(child, np.zeros(0, np.int64)), code, fields, scope)
        evidence[finding] = known[key]
    return evidence


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

    def parts(self, rows: Iterable[int], code: str, fields: tuple[str, ...], scope: EvidenceScope) -> Parts:
        looked, values = scope.concerned.get(code), dict[str, list[str]]()
        departments, active = self._list("department"), self._list("active")
        for row in rows:
            department = departments[row]
            if looked and department not in looked:
                continue
            # Lists about values leave out who else has a record: that another department has the child settles no difference.
            if code not in scope.rules.values_only:
                values.setdefault(department, []).append("on" if active[row] else "off")
            for name in fields:
                if value := self._list(name)[row]:
                    values.setdefault(f"{department}.{name}", []).append(value)
        parts = {}
        for key, states in sorted(values.items()):
            if "." not in key:
                parts[key] = ";".join(sorted(states))
            else:
                # A digest: a change can be named without keeping a child's value a second time.
                parts[key] = hashlib.sha256("\x1f".join(sorted(set(states))).encode()).hexdigest()[:8]
        return parts


def differences(before: Parts, now: Parts, say: Mapping[str, str], rules: LifeRules) -> str:
    """What changed, in one Chinese phrase: 教育新增记录；公安的身份证号有变化. Empty when nothing did.

    Args:
        before: the parts then.
        now: the parts now.
        say: departments and further fields in Chinese.
        rules: the words of the telling fields.
    """
    owners = [key for key in sorted(before.keys() | now.keys()) if "." not in key]
    phrases = [text for owner in owners if (text := _of_owner(owner, before, now, say))]
    # Of a department that came or went as a whole, each of its fields would be one more change.
    whole = {owner for owner in owners if (owner in before) != (owner in now)}
    for key in sorted(before.keys() | now.keys()):
        owner, _, about = key.partition(".")
        if about and owner not in whole and before.get(key) != now.get(key):
            how = "新填了" if key not in before else "不再填写" if key not in now else ""
            word = rules.word(about, say)
            phrases.append(f"{say.get(owner, owner)}{how}{word}" if how else f"{say.get(owner, owner)}的{word}有变化")
    return "；".join(phrases[:MOST_SAID]) + ("等" if len(phrases) > MOST_SAID else "")


def _of_owner(owner: str, before: Parts, now: Parts, say: Mapping[str, str]) -> str:
    name = say.get(owner, owner)
    if owner not in before:
        return f"{name}新增记录"
    if owner not in now:
        return f"{name}不再有记录"
    if before[owner] == now[owner]:
        return ""
    same_number = before[owner].count(";") == now[owner].count(";")
    return f"{name}的在册状态有变化" if same_number else f"{name}的记录条数有变化"
